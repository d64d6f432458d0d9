"""How whole and fresh dossiers are: by territory, place by place in a grid, and the grids on paper only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from wangge.dossiers.models import GridFigures, Standard, Venue
from wangge.dossiers.quality import Knowing, knowing_of, standards_in_force
from wangge.dossiers.quality_rules import Measure, share_of
from wangge.dossiers.quality_schemas import (
    HollowFilter,
    HollowPage,
    HollowRow,
    PlaceQualityFilter,
    PlaceQualityPage,
    PlaceQualityRow,
    QualityOut,
    QualityPage,
    StandardOut,
    TerritoryQualityRow,
)
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_closed
from wangge.territory.queries import make_cursor, names_of, pattern_of, read_cursor
from wangge.venues.queries import get_places

READ = "venues.read"
Counts = tuple[int, ...]  # grids, hollow, places, whole, stale, known, asked
SUMS = """
SELECT child, bool_or(child = path), max(counted_at), count(*), count(*) FILTER (WHERE signs <> '{}'),
       sum(places), sum(whole), sum(stale), sum(known), sum(asked)
FROM (SELECT f.*, array_to_string((string_to_array(rtrim(path, '.'), '.'))[1:%(depth)s], '.') || '.' AS child
        FROM dossiers_gridfigures f WHERE path LIKE %(like)s) AS f
GROUP BY child
"""


@dataclass(frozen=True, slots=True)
class RegisterSums:
    """What a territory's grids and places amount to."""

    grids: int
    covered: int
    places: int
    whole: int
    counted_at: datetime | None


def quality_out(found: Knowing, standards: Sequence[Standard], on: date) -> QualityOut:
    """Return what is known of a place as its page shows it. Rule: DS-12, DS-13."""
    until = None if found.fresh_days is None else found.seen_on + timedelta(days=found.fresh_days)
    lacking = set(found.lacks)
    return QualityOut(
        share_pct=share_of(found.known, found.asked),
        lacks=[StandardOut.model_validate(one) for one in standards if one.code in lacking],
        seen_on=found.seen_on,
        fresh_until=until,
        is_stale=until is not None and until < on,
    )


def quality_of(venue_id: UUID, on: date) -> QualityOut | None:
    """Return what is known of an open place that the caller was allowed to see."""
    found = knowing_of([venue_id], on).get(venue_id)
    return quality_out(found, standards_in_force(Measure.KNOWN), on) if found else None


def list_quality(actor: Actor, under: str) -> QualityPage:
    """Return the territories below one, the least known first, as the last night counted them.

    Raises: NotYourRole; NotVisible for a territory that is not the caller's.
    Rule:   DS-12, DS-13.
    """
    actor.check_can(READ)
    top = _within(actor, under)
    sums, grids, counted_at = _sums(top)
    names = names_of([top, *sums])
    items = [_row(key, sums[key], names, key in grids) for key in sums if key != top or key in grids]
    items.sort(key=lambda one: (one.share_pct is None, one.share_pct or 0, one.path))
    return QualityPage(
        sum=_row(top, sums[top], names, top in grids),
        items=items,
        counted_at=counted_at,
        standards=_standards(Measure.KNOWN, Measure.FRESH),
    )


def _sums(top: str) -> tuple[dict[str, Counts], set[str], datetime | None]:
    """Return the counts of a territory and of those one level below it, which of them are grids, and when
    they were counted; added up by the database, as a city has thousands of grids.
    """
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"top": top, "like": pattern_of(top), "depth": top.count(".") + 1})
        found = cursor.fetchall()
    sums: dict[str, Counts] = {top: (0,) * 7}
    grids, latest = set(), None
    for path, is_grid, counted_at, *counts in found:
        added = tuple(map(int, counts))
        if path != top:
            sums[path] = added
        sums[top] = tuple(map(sum, zip(sums[top], added, strict=True)))
        latest = counted_at if latest is None else max(latest, counted_at)
        if is_grid:
            grids.add(path)
    return sums, grids, latest


def sum_register(actor: Actor, under: str) -> RegisterSums:
    """Return of the comprehensive grids of a territory how many have a member, and what is known of their
    places, as the last night counted them. Raises: NotVisible. Rule: DS-12, TA-3.
    """
    rows = GridFigures.objects.visible_to(actor).filter(path__startswith=_within(actor, under))
    found = rows.aggregate(
        grids=Count("path"),
        covered=Count("path", filter=Q(has_member=True)),
        places=Coalesce(Sum("places"), 0),
        whole=Coalesce(Sum("whole"), 0),
        at=Max("counted_at"),
    )
    return RegisterSums(found["grids"], found["covered"], found["places"], found["whole"], found["at"])


def list_least_known(actor: Actor, filters: PlaceQualityFilter, *, at: datetime) -> PlaceQualityPage:
    """Return the open places of one grid as they stand now, the least known first.

    Raises: NotYourRole; NotVisible for a grid that is not the caller's.
    Rule:   DS-12, DS-13.
    """
    actor.check_can(READ)
    grid = _within(actor, filters.grid)
    on = at.astimezone(CHINA).date()
    ids = list(
        Venue.objects.visible_to(actor).filter(grid_path=grid, is_open=True).values_list("pk", flat=True)
    )
    found, standards = knowing_of(ids, on), standards_in_force(Measure.KNOWN)
    order = sorted(found, key=lambda pk: (_known(found[pk]), found[pk].seen_on, pk))
    shown = order[filters.offset : filters.offset + filters.limit]
    places = get_places(shown)
    items = []
    for pk in shown:
        if (place := places.get(pk)) is not None:
            said = quality_out(found[pk], standards, on)
            items.append(
                PlaceQualityRow(
                    id=pk,
                    name=place.name,
                    address=place.address,
                    class_zh=place.class_zh,
                    class_en=place.class_en,
                    **said.model_dump(include={"share_pct", "lacks", "seen_on", "is_stale"}),
                )
            )
    return PlaceQualityPage(items=items, total=len(order))


def list_hollow(actor: Actor, filters: HollowFilter) -> HollowPage:
    """Return the grids on paper only, by path, as the last night counted them. Rule: DS-14 (TZ-06).

    Raises: NotYourRole; NotVisible; Unreadable for a strange cursor.
    """
    actor.check_can(READ)
    top = _within(actor, filters.grid)
    counted = GridFigures.objects.visible_to(actor).filter(path__startswith=top)
    found = counted.exclude(signs=[])
    if filters.sign:
        found = found.filter(signs__contains=[filters.sign])
    later = found.filter(path__gt=read_cursor(filters.cursor)) if filters.cursor else found
    rows = list(later.order_by("path")[: filters.limit + 1])
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    return HollowPage(
        items=[
            HollowRow(
                **{name: getattr(row, name) for name in HollowRow.model_fields if name != "share_pct"},
                share_pct=share_of(row.known, row.asked),
            )
            for row in rows
        ],
        total=found.count(),
        next_cursor=make_cursor(rows[-1].path) if more else None,
        counted_at=counted.aggregate(at=Max("counted_at"))["at"],
        standards=_standards(Measure.HOLLOW),
    )


def _known(found: Knowing) -> float:
    return found.known / found.asked if found.asked else 1.0


def _within(actor: Actor, path: str) -> str:
    """Return the closed path. Raises: NotVisible."""
    if not path:
        return actor.scope
    closed = path if is_closed(path) else f"{path}."
    if not closed.startswith(actor.scope):
        raise NotVisible()
    return closed


def _row(path: str, counts: Counts, names: dict[str, str], is_grid: bool) -> TerritoryQualityRow:
    grids, hollow, places, whole, stale, known, asked = counts
    return TerritoryQualityRow(
        path=path,
        name=names.get(path, path),
        is_grid=is_grid,
        grids=grids,
        hollow_grids=hollow,
        places=places,
        whole=whole,
        stale=stale,
        share_pct=share_of(known, asked),
    )


def _standards(*measures: Measure) -> list[StandardOut]:
    found: Iterable[Standard] = (row for measure in measures for row in standards_in_force(measure))
    return [StandardOut.model_validate(one) for one in found]
