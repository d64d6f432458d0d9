"""What became of grids: the changes, newest first, and the line of one grid. Rule: TE-13, TE-14."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import shapely

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.territory import queries
from wangge.territory.change_plan import Done
from wangge.territory.change_schemas import (
    AncestorOut,
    ChangeOut,
    ChangePage,
    ChangeRow,
    HandedOut,
    LineageOut,
)
from wangge.territory.models import DivisionLineage, Grid, GridChange, GridLineage
from wangge.territory.rules import UNDO_WITHIN, UNDOABLE
from wangge.territory.schemas import FeatureCollection

DEEPEST = 20  # generations that a line is followed


def list_changes(actor: Actor, *, layer: str, cursor: str, limit: int, at: datetime) -> ChangePage:
    """Return a page of the changes inside the caller's scope, newest first."""
    actor.check_can(queries.READ)
    changes = GridChange.objects.filter(path__startswith=actor.scope)
    if layer:
        changes = changes.filter(layer__in=[layer, ""])
    if cursor:
        changes = changes.filter(pk__lt=_read_id(cursor))
    rows = list(changes.order_by("-pk")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    next_cursor = queries.make_cursor(str(rows[-1].pk)) if more else None
    return ChangePage(items=_shown(rows, at), next_cursor=next_cursor)


def _read_id(cursor: str) -> UUID:
    try:
        return UUID(queries.read_cursor(cursor))
    except ValueError:
        raise Unreadable(
            field="cursor", why_zh="翻页标记无效，请从第一页重新开始", why_en="no cursor of ours"
        ) from None


def _shown(changes: Sequence[GridChange], at: datetime) -> list[ChangeRow]:
    before: dict[UUID, set[str]] = defaultdict(set)
    after: dict[UUID, set[str]] = defaultdict(set)
    ids = [change.pk for change in changes]
    for lines in (
        GridLineage.objects.filter(change__in=ids, change__layer__gt=""),
        DivisionLineage.objects.filter(change__in=ids),
    ):
        columns = ("change_id", "before__name", "before__code", "after__name", "after__code")
        for key, old, old_code, new, new_code in lines.values_list(*columns):
            before[key].add(f"{old} {old_code}")
            after[key].add(f"{new} {new_code}")
    undone = set(GridChange.objects.filter(undoes__in=ids).values_list("undoes_id", flat=True))
    return [
        ChangeRow(
            id=one.pk, kind=one.kind, layer=one.layer, path=one.path, at=one.at, actor_name=one.actor_name,
            reason=one.reason, moved=_counts(one), before=sorted(before[one.pk]), after=sorted(after[one.pk]),
            can_undo=one.kind in UNDOABLE and one.pk not in undone and at - one.at <= UNDO_WITHIN,
        )
        for one in changes
    ]  # fmt: skip


def _counts(change: GridChange) -> dict[str, int]:
    return {kind: n for kind, n in change.moved.items() if isinstance(n, int)}


def tell(done: Done, *, at: datetime, dry_run: bool) -> ChangeOut:
    """Return what a change did as the faces show it."""
    change = done.change
    begun = done.begun
    shapes = shapely.to_geojson(queries.read_shapes(grid.shape_wkb for grid in begun)) if begun else []
    names = accounts.names_of([int(one["user"]) for one in done.handed.members])
    ended = Grid.objects.filter(successors__change=change).distinct() if not dry_run else Grid.objects.none()
    return ChangeOut(
        id=change.pk, kind=change.kind, layer=change.layer, path=change.path, at=change.at,
        actor_name=change.actor_name, reason=change.reason, is_done=not dry_run,
        can_undo=not dry_run and change.kind in UNDOABLE and at - change.at <= UNDO_WITHIN,
        ended=[f"{grid.name} {grid.code}" for grid in ended],
        shapes=FeatureCollection(features=[
            {"type": "Feature", "id": str(grid.pk), "geometry": json.loads(shape),
             "properties": {"path": grid.path, "code": grid.code, "name": grid.name, "m2": grid.area_m2}}
            for grid, shape in zip(begun, shapes, strict=True)
        ]),
        moved=done.moved,
        members=[
            HandedOut(
                user_name=names.get(one["user"], ""), before=one["from"], after=one["to"], duty=one["duty"]
            )
            for one in done.handed.members
        ],
    )  # fmt: skip


def lineage_of(actor: Actor, grid_id: UUID) -> LineageOut:
    """Return what a grid came from and what became of it, each with the change, nearest first.

    Raises: NotVisible outside the caller's scope.
    """
    actor.check_can(queries.READ)
    if not Grid.objects.visible_to(actor).filter(pk=grid_id).exists():
        raise NotVisible
    return LineageOut(before=_follow(grid_id, "after", "before"), after=_follow(grid_id, "before", "after"))


def _follow(grid_id: UUID, here: str, there: str) -> list[AncestorOut]:
    found: list[AncestorOut] = []
    level, seen = {grid_id}, {grid_id}
    for _ in range(DEEPEST):
        lines = GridLineage.objects.filter(**{f"{here}__in": level}).select_related(there, "change")
        level = set()
        for line in lines.order_by("-change__at", f"{there}__path"):
            grid: Grid = getattr(line, there)
            if grid.pk in seen:
                continue
            seen.add(grid.pk)
            level.add(grid.pk)
            found.append(
                AncestorOut(
                    id=grid.pk, path=grid.path, name=grid.name, valid_from=grid.valid_from,
                    valid_to=grid.valid_to, shared_m2=line.shared_m2, change_id=line.change_id,
                    kind=line.change.kind, at=line.change.at,
                )
            )  # fmt: skip
        if not level:
            break
    return found
