"""Divisions get other codes: grids, members, posts and what goes on follow by a mapping old → new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wangge.accounts import services as accounts
from wangge.kernel import audit, staging
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import new_id
from wangge.kernel.paths import parent as parent_of
from wangge.territory import queries, wording
from wangge.territory.change_plan import CARRIED_LAYER
from wangge.territory.change_schemas import RecodeReport
from wangge.territory.division_import import Undo
from wangge.territory.handing import hand_over
from wangge.territory.models import Division, DivisionLineage, Grid, GridChange, GridLineage, RetiredCode
from wangge.territory.movers import Carriage, Mover, by_prefix, carry, renamed
from wangge.territory.rules import Change, Problems, path_of
from wangge.territory.schemas import ImportProblem


class Recoding(NamedTuple):
    """One row of the mapping; an empty name stays."""

    old: str
    new: str
    name: str = ""
    row: int | None = None


def recode_divisions(
    identifier: UUID,
    rows: Iterable[Recoding],
    *,
    reason: str,
    movers: Sequence[Mover],
    actor: Actor,
    at: datetime,
    dry_run: bool = False,
    problems: Problems | None = None,
) -> RecodeReport:
    """Give divisions and all below them the new codes; with any error, or as a dry run, nothing changes.

    What is past stays under the old codes, which are kept with their names; the lineage joins the two.
    Raises: NotYourRole.
    Rule:   TE-18 (WH: three districts recoded).
    """
    actor.check_can("territory.write")
    problems = problems or Problems()
    report = RecodeReport(
        id=identifier, is_done=False, divisions=0, grids=0, members=0, posts=0, moved={}, problems=[]
    )
    try:
        with transaction.atomic():
            staging.lock_name("territory.divisions")
            if GridChange.objects.filter(pk=identifier).exists():
                return report.model_copy(update={"is_done": True})
            mapping = _read(rows, actor, problems)
            if problems.error_count:
                raise Undo
            _carry_out(identifier, mapping, report, reason, movers, actor, at)
            if dry_run:
                raise Undo
            report.is_done = True
    except Undo:
        pass
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    return report


def _read(rows: Iterable[Recoding], actor: Actor, problems: Problems) -> dict[str, tuple[str, str]]:
    """Return old path → new path and name, each checked against what stands."""
    found: dict[str, tuple[str, str]] = {}
    given = list(rows)
    standing = {d.code: d for d in Division.objects.filter(code__in={c for r in given for c in r[:2]})}
    targets: dict[str, int | None] = {}
    for n, one in enumerate(given, 1):
        row = one.row or n
        old, new = standing.get(one.old), standing.get(one.new)
        try:
            path = path_of(one.new)
        except ValueError:
            problems.add(wording.BAD_CODE, row, "new", one.new)
            continue
        if old is None or old.ended_at is not None or not actor.covers(old.path):
            problems.add(wording.NOT_STANDING, row, "old", one.old)
        elif len(one.old) != len(one.new):
            problems.add(wording.OTHER_LEVEL, row, "new", one.new, old=one.old)
        elif new is not None and (new.ended_at is not None or _holds(new.path)):
            problems.add(wording.CODE_TAKEN, row, "new", one.new)
        elif one.new in targets:
            problems.add(wording.TWICE, row, "new", one.new, other=targets[one.new])
        else:
            found[old.path] = (path, one.name or old.name)
        targets.setdefault(one.new, row)
    if not given:
        problems.add(wording.EMPTY, None)
    made = {path for path, _ in found.values()}
    for (path, _), one in zip(found.values(), given, strict=False):
        above = parent_of(path)
        if above and above not in made and not Division.objects.filter(path=above, ended_at=None).exists():
            problems.add(wording.NO_PARENT, one.row, "new", one.new, parent=above)
    return found


def _holds(path: str) -> bool:
    """Return whether something stands under the path already: two territories are not mixed in silence."""
    below = Division.objects.filter(path__startswith=path, ended_at=None).exclude(path=path)
    grids = Grid.objects.filter(path__startswith=path, valid_to__isnull=True)
    return below.exists() or grids.exists()


def _under(prefixes: Iterable[str]) -> Q:
    under = Q(pk__in=[])
    for prefix in prefixes:
        under |= Q(path__startswith=prefix)
    return under


def _carry_out(
    identifier: UUID,
    given: Mapping[str, tuple[str, str]],
    report: RecodeReport,
    reason: str,
    movers: Sequence[Mover],
    actor: Actor,
    at: datetime,
) -> None:
    mapping = {old: new for old, (new, _) in given.items()}
    olds = sorted(mapping, key=len, reverse=True)
    change = GridChange.objects.create(
        id=identifier, kind=Change.RECODE.value, layer="", path=_common([*mapping, *mapping.values()]),
        at=at, actor_id=actor.user_id, actor_name=actor.name, reason=reason,
    )  # fmt: skip
    report.divisions = _recode_tree(mapping, olds, dict(given.values()), change)
    grids = list(Grid.objects.filter(_under(olds), valid_to__isnull=True).order_by("path"))
    for layer in sorted({grid.layer for grid in grids}):
        staging.lock_name(f"territory.grids:{layer}")
    report.grids = _recode_grids(grids, mapping, olds, change)
    report.members, report.posts = _recode_people(grids, mapping, olds, actor, at)
    standing = {renamed(g.path, mapping, olds) for g in grids if g.layer == CARRIED_LAYER}
    carriage = Carriage(change.pk, actor, at, queries.members_of(standing, CARRIED_LAYER))
    report.moved = carry(movers, olds, by_prefix(mapping), change, carriage, looked_at=at)
    for mover in movers:
        mover.recode(olds, [mapping[old] for old in olds], at)
    change.moved = report.moved
    change.save(update_fields=["moved"])
    detail = {"mapping": mapping, "grids": report.grids, "reason": reason}
    audit.record([("territory.recode", "grid_change", str(change.pk), detail)], actor=actor, at=at)


def _common(paths: Sequence[str]) -> str:
    shared = paths[0]
    while not all(path.startswith(shared) for path in paths):
        shared = parent_of(shared) or "0."  # nothing above the provinces: the whole nation's change
    return shared


def _recode_tree(
    mapping: Mapping[str, str], olds: Sequence[str], names: Mapping[str, str], change: GridChange
) -> int:
    """End the old divisions and make the new ones, each with its line."""
    ended = list(Division.objects.filter(_under(olds), ended_at=None).order_by("path"))
    fresh = []
    for old in ended:
        path = renamed(old.path, mapping, olds)
        fresh.append(
            Division(
                path=path, code=path.replace(".", ""), name=names.get(path, old.name), tier=old.tier,
                parent_path=parent_of(path),
            )
        )  # fmt: skip
    Division.objects.filter(pk__in=[old.pk for old in ended]).update(ended_at=change.at)
    Division.objects.bulk_create(fresh, ignore_conflicts=True)  # the new code may stand already, empty
    DivisionLineage.objects.bulk_create(
        DivisionLineage(change=change, before_id=old.pk, after_id=new.path)
        for old, new in zip(ended, fresh, strict=True)
    )
    return len(ended)


def _recode_grids(
    grids: Sequence[Grid], mapping: Mapping[str, str], olds: Sequence[str], change: GridChange
) -> int:
    copied = [field.name for field in Grid._meta.concrete_fields if field.name not in {"id", "path", "code"}]
    fresh = []
    for old in grids:
        path = renamed(old.path, mapping, olds)
        same = {name: getattr(old, name) for name in copied} | {"valid_from": change.at}
        fresh.append(Grid(id=new_id(), path=path, code=path.replace(".", ""), **same))
    Grid.objects.filter(pk__in=[old.pk for old in grids]).update(valid_to=change.at)
    RetiredCode.objects.bulk_create(
        (RetiredCode(layer=old.layer, path=old.path, change=change) for old in grids), batch_size=5_000
    )
    Grid.objects.bulk_create(fresh, batch_size=1_000)
    GridLineage.objects.bulk_create(
        (
            GridLineage(change=change, before=old, after=new, shared_m2=old.area_m2)
            for old, new in zip(grids, fresh, strict=True)
        ),
        batch_size=5_000,
    )
    return len(grids)


def _recode_people(
    grids: Sequence[Grid], mapping: Mapping[str, str], olds: Sequence[str], actor: Actor, at: datetime
) -> tuple[int, int]:
    on = at.astimezone(CHINA).date()
    members = 0
    for layer in sorted({grid.layer for grid in grids}):
        heirs = {g.path: renamed(g.path, mapping, olds) for g in grids if g.layer == layer}
        members += len(hand_over(layer, heirs, on=on, actor=actor, at=at, posts=False).members)
    scopes = {scope: renamed(scope, mapping, olds) for scope in accounts.scopes_under(olds, on)}
    posts = len(accounts.rescope_posts(scopes, on=on, actor=actor, at=at))
    accounts.recode_departments(mapping)
    return members, posts
