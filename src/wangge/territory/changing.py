"""Split, merge and redraw: grids end, others begin, and what goes on in them moves, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import transaction

from wangge.kernel import audit, staging
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.ids import new_id
from wangge.kernel.paths import ancestors
from wangge.kernel.paths import parent as parent_of
from wangge.territory import queries
from wangge.territory.change_plan import (
    CARRIED_LAYER,
    Done,
    GridsChanged,
    Ground,
    NotFinest,
    NotOneParent,
    OverlapsOthers,
    Plan,
    UndoPlan,
)
from wangge.territory.codes import next_paths
from wangge.territory.coverage import overlaps
from wangge.territory.cutting import NODE, check_same_ground, shared_m2, with_corners
from wangge.territory.geometry import areas_m2
from wangge.territory.handing import Handed, hand_back, hand_over, heirs_of
from wangge.territory.layer_index import LayerIndex
from wangge.territory.models import Grid, GridChange, GridLineage, RetiredCode
from wangge.territory.movers import Carriage, Mover, carry, place_in
from wangge.territory.rules import Change


class DryRun(Exception):
    """Leaves the transaction without a trace."""


def lock_grids(ids: Sequence[UUID], actor: Actor) -> list[Grid]:
    """Return the standing grids, locked with their layer, in the order asked.

    Raises: NotVisible outside the caller's scope; GridsChanged if one stands no longer.
    """
    layers = set(Grid.objects.filter(pk__in=ids).values_list("layer", flat=True))
    for layer in sorted(layers):
        staging.lock_name(f"territory.grids:{layer}")
    found = {grid.pk: grid for grid in Grid.objects.select_for_update().filter(pk__in=ids)}
    if any(one not in found or not actor.covers(found[one].path) for one in ids):
        raise NotVisible
    if any(grid.valid_to is not None for grid in found.values()) or len(layers) != 1:
        raise GridsChanged
    return [found[one] for one in dict.fromkeys(ids)]


def change_grids(
    identifier: UUID,
    plan_of: Callable[[], Plan],
    *,
    movers: Sequence[Mover],
    actor: Actor,
    at: datetime,
    dry_run: bool = False,
) -> Done:
    """Carry out a plan once; with `dry_run` say what it would do and leave no trace.

    Raises: NotYourRole, and what the plan raises.
    Rule:   TE-12 to TE-14, KE-17 (a retry is harmless).
    """
    actor.check_can("territory.write")
    try:
        with transaction.atomic():
            staging.lock_name(f"territory.change:{identifier}")
            if (before := _done_before(identifier, actor)) is not None:
                return before
            done = _carry_out(plan_of(), movers, actor, at)
            if dry_run:
                raise DryRun
    except DryRun:
        pass
    return done


def _done_before(identifier: UUID, actor: Actor) -> Done | None:
    change = GridChange.objects.filter(pk=identifier).first()
    if change is None:
        return None
    if not actor.covers(change.path):
        raise NotVisible
    begun = list(Grid.objects.filter(predecessors__change=change).distinct().order_by("path"))
    moved = {kind: int(n) for kind, n in change.moved.items() if isinstance(n, int)}
    handed = Handed(list(change.moved.get("members", [])), list(change.moved.get("posts", [])))
    return Done(change, begun, moved, handed, was_done=True)


def _carry_out(plan: Plan, movers: Sequence[Mover], actor: Actor, at: datetime) -> Done:
    ground = plan.ground or _check(plan, at)
    layer, parent = ground.layer, ground.parent
    before = queries.read_shapes(grid.shape_wkb for grid in plan.ended)
    after = np.array([piece.shape for piece in plan.pieces], dtype=object)
    if plan.ended and plan.kind is not Change.REDRAW:
        check_same_ground(before, after)
    after = _fit(plan, layer, after)
    change = GridChange.objects.create(
        id=plan.id, kind=plan.kind.value, layer=layer, path=parent, at=at, actor_id=actor.user_id,
        actor_name=actor.name, reason=plan.reason, undoes=_undone(plan),
    )  # fmt: skip
    begun = _begin(plan, ground, after, change, at)
    shared = shared_m2(before, after)
    GridLineage.objects.bulk_create(
        GridLineage(change=change, before=plan.ended[i], after=begun[j], shared_m2=m2) for i, j, m2 in shared
    )
    done = Done(change, begun)
    if not plan.ended:
        return _noted(plan, done, actor, at)
    done.handed = _hand(plan, change, begun, shared, actor, at)
    if layer == CARRIED_LAYER:
        paths = [grid.path for grid in begun]
        order = sorted(range(len(paths)), key=lambda n: paths[n])
        index = LayerIndex([paths[n] for n in order], after[order])
        carriage = Carriage(change.pk, actor, at, queries.members_of(paths, layer))
        old = [grid.path for grid in plan.ended]
        done.moved = carry(movers, old, place_in(index), change, carriage, looked_at=at)
    return _noted(plan, done, actor, at)


def _noted(plan: Plan, done: Done, actor: Actor, at: datetime) -> Done:
    change, begun = done.change, done.begun
    change.moved = done.moved | asdict(done.handed)
    change.save(update_fields=["moved"])
    detail = {"layer": change.layer, "ended": [g.path for g in plan.ended], "begun": [g.path for g in begun]}
    entry = (f"territory.{plan.kind}", "grid_change", str(change.pk), detail | {"reason": plan.reason})
    audit.record([entry], actor=actor, at=at)
    return done


def _check(plan: Plan, at: datetime) -> Ground:
    """Return what all the grids share: their layer, their parent, their tier."""
    layer = plan.ended[0].layer
    parents = {parent_of(grid.path) for grid in plan.ended}
    if len(parents) != 1:
        raise NotOneParent
    if any(grid.valid_from >= at for grid in plan.ended):
        raise GridsChanged
    standing = Grid.objects.filter(layer=layer, valid_to__isnull=True)
    for grid in plan.ended:
        if standing.filter(path__startswith=grid.path).exclude(path=grid.path).exists():
            raise NotFinest(name=grid.name)
    return Ground(layer, parents.pop() or "", plan.ended[0].tier, plan.ended[0].scene)


def _undone(plan: Plan) -> GridChange | None:
    return plan.undoes if isinstance(plan, UndoPlan) else None


def _begin(plan: Plan, ground: Ground, shapes: Any, change: GridChange, at: datetime) -> list[Grid]:
    """End the old grids, retire their codes, and begin the new ones."""
    layer, parent = ground.layer, ground.parent
    kept = {piece.path for piece in plan.pieces if piece.path}
    fresh = iter(next_paths(layer, parent, sum(not piece.path for piece in plan.pieces)))
    Grid.objects.filter(pk__in=[grid.pk for grid in plan.ended]).update(valid_to=at)
    RetiredCode.objects.filter(layer=layer, path__in=kept).delete()  # an undo: the same grids live again
    RetiredCode.objects.bulk_create(
        RetiredCode(layer=layer, path=grid.path, change=change)
        for grid in plan.ended
        if grid.path not in kept
    )
    begun = []
    for piece, shape, m2 in zip(plan.pieces, shapes, areas_m2(shapes), strict=True):
        path = piece.path or next(fresh)
        west, south, east, north = shape.bounds
        begun.append(
            Grid(
                id=new_id(), layer=layer, path=path, code=path.replace(".", ""), name=piece.name,
                tier=ground.tier, scene=ground.scene, shape_wkb=shapely.to_wkb(shape),
                min_lon=west, min_lat=south, max_lon=east, max_lat=north, area_m2=float(m2),
                households=piece.households, valid_from=at,
            )
        )  # fmt: skip
    return Grid.objects.bulk_create(begun)


def _neighbours(plan: Plan, layer: str, shapes: Any) -> list[Grid]:
    """Return the other standing grids that touch the new ones, locked."""
    west, south, east, north = shapely.total_bounds(shapes)
    ended = {grid.path for grid in plan.ended}
    standing = Grid.objects.select_for_update().filter(
        layer=layer, valid_to__isnull=True, min_lon__lte=east + NODE, max_lon__gte=west - NODE,
        min_lat__lte=north + NODE, max_lat__gte=south - NODE,
    )  # fmt: skip
    above = set(ancestors(plan.ended[0].path if plan.ended else plan.ground.parent if plan.ground else ""))
    return [grid for grid in standing.order_by("path") if grid.path not in ended | above]


def _fit(plan: Plan, layer: str, shapes: Any) -> Any:
    """Return the new outlines with the corners of their neighbours, who take over theirs: edges are shared.

    Raises: OverlapsOthers.
    """
    near = _neighbours(plan, layer, shapes)
    others = queries.read_shapes(grid.shape_wkb for grid in near)
    names = {f"{n}": grid.name for n, grid in enumerate(near)}
    mine = [f"new-{n}" for n in range(len(shapes))]
    for _, m2, one, other in overlaps([*mine, *names], np.array([*shapes, *others], dtype=object)):
        if (one in names) != (other in names):
            raise OverlapsOthers(name=names[one if one in names else other], m2=round(m2))
    corners = shapely.multipoints(shapely.get_coordinates([*shapes, *others]))
    for grid, shape in zip(near, others, strict=True):
        noded = with_corners(shape, corners)
        if noded is not shape:
            Grid.objects.filter(pk=grid.pk).update(shape_wkb=shapely.to_wkb(noded))
    return np.array([with_corners(shape, corners) for shape in shapes], dtype=object)


def _hand(
    plan: Plan,
    change: GridChange,
    begun: Sequence[Grid],
    shared: Sequence[tuple[int, int, float]],
    actor: Actor,
    at: datetime,
) -> Handed:
    on = at.astimezone(CHINA).date()
    if isinstance(plan, UndoPlan):
        stands = {piece.path for piece in plan.pieces}
        left = [grid.path for grid in plan.ended if grid.path not in stands]
        return hand_back(change.layer, plan.undoes.moved, left, on=on, actor=actor, at=at)
    new = [grid.path for grid in begun]
    named = new[plan.heir] if plan.heir is not None else None
    by_size = sorted(range(len(plan.ended)), key=lambda n: -plan.ended[n].area_m2)
    old = [(n, plan.ended[n].path) for n in by_size]
    heirs = heirs_of(old, new, shared, named=named, largest=new[_largest(begun)])
    return hand_over(change.layer, heirs, on=on, actor=actor, at=at)


def _largest(begun: Sequence[Grid]) -> int:
    return max(range(len(begun)), key=lambda n: begun[n].area_m2)
