"""Targets from a pack, and those that a territory sets for itself. Rule: TA-1, TA-6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.appraisal.models import Indicator, Target
from wangge.appraisal.rules import OF_THE_REGISTER, FigureKind, Rhythm, TargetOf
from wangge.appraisal.target_rules import TargetWrong
from wangge.appraisal.target_schemas import TargetIn
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.batches import apply_once
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.territory import queries as territory

SET = "appraisal.set_targets"
WRITTEN = ("name_zh", "name_en", "of", "indicator", "tier", "at_least", "every", "plan", "adds", "first_year")


@transaction.atomic
def install_targets(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make these the targets of everybody who has set none by hand. Rule: TA-1, PK-4."""
    Target.objects.exclude(pack_version="").delete()
    Target.objects.bulk_create(
        Target(place=place, pack_version=pack_version, **row) for place, row in enumerate(rows)
    )


def set_targets(given: Sequence[TargetIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Set, change or give up targets of territories, one fate an item.

    Raises: NotYourRole, TooMany.
    Rule:   TA-6: inside one's own territory; the pack's row of that code no longer holds there.
    """
    actor.check_can(SET)

    def settle(fresh: Sequence[TargetIn]) -> dict[UUID, Fate]:
        wanted = {(one.code, one.path or actor.scope) for one in fresh}
        codes, paths = {code for code, _ in wanted}, {path for _, path in wanted}
        by_hand = Target.objects.filter(pack_version="", code__in=codes, path__in=paths)
        known = {(one.code, one.path): one for one in by_hand.select_for_update().order_by("pk")}
        names = territory.names_of(paths)
        fates, lines = {}, []
        for one in fresh:
            try:
                row = _settled(one, known, names, actor, at)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
                continue
            known[row.code, row.path] = row
            detail = {"code": row.code, "path": row.path, "plan": row.plan, "is_active": row.is_active}
            lines.append(("appraisal.set_target", "target", str(row.pk), detail))
            fates[one.id] = Fate.applied(one.id, version=row.version)
        audit.record(lines, actor=actor, at=at)
        return fates

    return apply_once(given, settle, kind="appraisal.set_targets", actor=actor, at=at)


def _settled(
    given: TargetIn,
    known: Mapping[tuple[str, str], Target],
    names: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> Target:
    path = given.path or actor.scope
    if not actor.covers(path) or (path != actor.scope and path not in names):
        raise NotVisible()
    row = known.get((given.code, path))
    current = row.version if row else 0
    if given.base_version != current:
        raise VersionConflict(current=current, given=given.base_version)
    check_target(given)
    row = row or Target(
        code=given.code, path=path, pack_version="", is_confirmed=True, place=1_000, version=0
    )
    pack = (
        Target.objects.exclude(pack_version="").filter(code=given.code).values_list("place", "source").first()
    )
    if pack:
        row.place, row.source = pack
    for name in WRITTEN:
        setattr(row, name, getattr(given, name))
    row.of, row.every = given.of.value, given.every.value
    row.is_active, row.version, row.set_by, row.set_at = given.is_active, current + 1, actor.user_id, at
    row.save()
    return row


def check_target(given: TargetIn) -> None:
    """Refuse what cannot be measured. Raises: TargetWrong. Rule: TA-2."""
    one = Indicator.objects.filter(pk=given.indicator).first() if given.indicator else None
    named = given.of in {TargetOf.FIGURE, TargetOf.NODES}
    nodes = given.of is TargetOf.NODES
    hours = one is not None and one.kind in {FigureKind.MEDIAN, FigureKind.P90}
    for is_wrong, zh, en in (
        (named != bool(given.indicator), "应写明指标", "name an indicator"),
        (named and one is None, f"没有指标“{given.indicator}”", f"no indicator {given.indicator}"),
        (
            nodes and not (given.tier and given.at_least is not None),
            "应写明层级和门槛",
            "name level and threshold",
        ),
        (nodes and hours, "时长不能按层级考核", "hours are no measure of nodes"),
        (
            given.adds and (not nodes or given.every is not Rhythm.MONTH),
            "只有按月的层级目标可以逐月递增",
            "only monthly targets of nodes add up",
        ),
        (
            given.of is TargetOf.PLACES_SEEN and given.every is not Rhythm.MONTH,
            "排查场所按月计",
            "places seen are counted by month",
        ),
        (
            given.of in OF_THE_REGISTER and given.every is not Rhythm.YEAR,
            "台账类目标按年计",
            "targets of the register are yearly",
        ),
    ):
        if is_wrong:
            raise TargetWrong(why_zh=zh, why_en=en)
