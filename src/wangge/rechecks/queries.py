"""Reads of looking again. Every one starts from visible_to(actor)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.rechecks.models import Draw, Sample
from wangge.rechecks.populations import work_of
from wangge.rechecks.rules import RecheckKind, RecheckVerdict, ToldIt, counts_as, share_pct
from wangge.rechecks.schemas import (
    RecheckDetail,
    RecheckDrawOut,
    RecheckDrawPage,
    RecheckFigureFilter,
    RecheckFigures,
    RecheckMember,
    RecheckPopulationIn,
    RecheckPopulationOut,
    RecheckSampleOut,
)
from wangge.territory import queries as territory
from wangge.venues import queries as venues

READ = "rechecks.read"


def count_population(actor: Actor, given: RecheckPopulationIn) -> RecheckPopulationOut:
    """Return from how much would be drawn, and of how many people. Raises: NotYourRole, NotVisible."""
    actor.check_can("rechecks.write")
    if not actor.covers(given.path):
        raise NotVisible()
    work = work_of(given.kind, given.path, given.since_on, given.until_on)
    return RecheckPopulationOut(population=len(work), members=len({one.member_id for one in work.values()}))


def list_draws(actor: Actor, *, cursor: UUID | None, limit: int, at: datetime) -> RecheckDrawPage:
    """Return draws of the own territory, newest first. Raises: NotYourRole. Rule: RC-7."""
    actor.check_can(READ)
    found = Draw.objects.visible_to(actor).defer("drawn_from")
    if cursor is not None:
        last = found.filter(pk=cursor).first()
        if last is None:
            raise NotVisible()
        found = found.filter(drawn_at__lte=last.drawn_at).exclude(drawn_at=last.drawn_at, pk__gte=last.pk)
    rows = list(found.order_by("-drawn_at", "-pk")[: limit + 1])
    page = rows[:limit]
    return RecheckDrawPage(
        items=[RecheckDrawOut(**one) for one in _told(page, _samples(page), at)],
        next_cursor=page[-1].pk if len(rows) > limit else None,
    )


def get_draw(actor: Actor, draw_id: UUID, *, at: datetime) -> RecheckDetail:
    """Return a draw with all that it drew. Raises: NotYourRole, NotVisible. Rule: RC-1, RC-5."""
    actor.check_can(READ)
    draw = Draw.objects.visible_to(actor).defer("drawn_from").filter(pk=draw_id).first()
    if draw is None:
        raise NotVisible()
    samples = _samples([draw])
    [head] = _told([draw], samples, at)
    return RecheckDetail(**head, samples=_shown(samples))


def _samples(draws: Sequence[Draw]) -> list[Sample]:
    return list(Sample.objects.filter(draw__in=[draw.pk for draw in draws]).order_by("draw", "position"))


def _told(draws: Sequence[Draw], samples: Iterable[Sample], at: datetime) -> list[dict[str, Any]]:
    of: dict[UUID, list[Sample]] = defaultdict(list)
    for one in samples:
        of[one.draw_id].append(one)
    people = {draw.drawn_by_id for draw in draws} | {draw.withdrawn_by_id or 0 for draw in draws}
    names, places = accounts.names_of(sorted(people)), territory.names_of({draw.path for draw in draws})
    return [_head(draw, of[draw.pk], names, places.get(draw.path, draw.path), at) for draw in draws]


def _head(
    draw: Draw, samples: Sequence[Sample], names: dict[int, str], place: str, at: datetime
) -> dict[str, Any]:
    well, badly = _counted(RecheckKind(draw.kind), samples)
    looked = sum(one.looked_at is not None for one in samples)
    is_open = draw.withdrawn_at is None and looked < len(samples)
    plain = ("id", "title", "path", "since_on", "until_on", "due_on", "seed", "population",
             "population_sha256", "drawn_at", "withdrawn_at", "withdrawn_reason")  # fmt: skip
    return {
        **{name: getattr(draw, name) for name in plain},
        "kind": RecheckKind(draw.kind),
        "place_name": place,
        "size": len(samples),
        "looked": looked,
        "well": well,
        "badly": badly,
        "well_pct": share_pct(well, badly),
        "is_overdue": is_open and draw.due_on < at.astimezone(CHINA).date(),
        "drawn_by": names.get(draw.drawn_by_id, ""),
        "withdrawn_by": names.get(draw.withdrawn_by_id or 0, ""),
    }


def _counted(kind: RecheckKind, samples: Iterable[Sample]) -> tuple[int, int]:
    said = [counts_as(kind, RecheckVerdict(one.verdict), one.rating) for one in samples if one.verdict]
    return said.count(ToldIt.WELL), said.count(ToldIt.BADLY)


def _shown(samples: Sequence[Sample]) -> list[RecheckSampleOut]:
    people = {one for row in samples for one in (row.member_id, row.walker_id, row.looked_by_id) if one}
    names = accounts.names_of(sorted(people))
    grids = territory.names_of({row.grid_path for row in samples})
    places = venues.get_places([row.venue_id for row in samples if row.venue_id])
    plain = ("id", "position", "grid_path", "venue_id", "order_id", "case_id", "done_at", "member_id",
             "rating", "note", "photos", "looked_at", "version")  # fmt: skip
    shown = []
    for row in samples:
        place = places.get(row.venue_id) if row.venue_id else None
        shown.append(
            RecheckSampleOut(
                **{name: getattr(row, name) for name in plain},
                grid_name=grids.get(row.grid_path, row.grid_path),
                venue_name=place.name if place else "",
                address=place.address if place else "",
                member=names.get(row.member_id or 0, ""),
                walker=names.get(row.walker_id or 0, ""),
                verdict=RecheckVerdict(row.verdict) if row.verdict else None,
                looked_by=names.get(row.looked_by_id or 0, ""),
            )
        )
    return shown


def get_figures(actor: Actor, filters: RecheckFigureFilter) -> RecheckFigures:
    """Return what looking again told of the work of each member, by the days on which it was looked at.

    Raises: NotYourRole, NotVisible outside the own territory.
    Rule:   RC-6. Withdrawn draws count for nothing.
    """
    actor.check_can(READ)
    path = filters.path or actor.scope
    if not actor.covers(path):
        raise NotVisible()
    of_member: dict[int, dict[RecheckKind, tuple[int, int]]] = defaultdict(dict)
    for member_id, kind, well, badly in figures_of(path, filters.since_on, filters.until_on):
        of_member[member_id][kind] = (well, badly)
    names = accounts.names_of(sorted(of_member))
    members = [
        RecheckMember(member_id=pk, member=names.get(pk, ""), by_kind=kinds, **_total(kinds.values()))
        for pk, kinds in of_member.items()
    ]
    members.sort(key=lambda one: (101 if one.well_pct is None else one.well_pct, -one.badly, one.member_id))
    whole = {
        kind: (
            sum(kinds.get(kind, (0, 0))[0] for kinds in of_member.values()),
            sum(kinds.get(kind, (0, 0))[1] for kinds in of_member.values()),
        )
        for kind in RecheckKind
    }
    return RecheckFigures(by_kind=whole, members=members, **_total(whole.values()))


class _Total(TypedDict):
    well: int
    badly: int
    well_pct: int | None


def _total(counts: Iterable[tuple[int, int]]) -> _Total:
    pairs = list(counts)
    well, badly = sum(one for one, _ in pairs), sum(one for _, one in pairs)
    return _Total(well=well, badly=badly, well_pct=share_pct(well, badly))


def figures_of(path: str, since_on: date, until_on: date) -> list[tuple[int, RecheckKind, int, int]]:
    """Return member, kind, told well, told badly: what an appraisal reads. The caller knows the territory.

    Rule: RC-6 (TZ-13, WH-20).
    """
    since = datetime(since_on.year, since_on.month, since_on.day, tzinfo=CHINA)
    until = datetime(until_on.year, until_on.month, until_on.day, tzinfo=CHINA) + timedelta(days=1)
    found = Sample.objects.filter(
        grid_path__startswith=path, looked_at__gte=since, looked_at__lt=until, member__isnull=False,
        draw__withdrawn_at__isnull=True,
    )  # fmt: skip
    counted: dict[tuple[int, RecheckKind], list[int]] = defaultdict(lambda: [0, 0])
    for member_id, kind, verdict, rating in found.values_list("member_id", "draw__kind", "verdict", "rating"):
        said = counts_as(RecheckKind(kind), RecheckVerdict(verdict), rating)
        if member_id is not None and said is not ToldIt.NOTHING:
            counted[member_id, RecheckKind(kind)][said is ToldIt.BADLY] += 1
    return [(member, kind, well, badly) for (member, kind), (well, badly) in sorted(counted.items())]
