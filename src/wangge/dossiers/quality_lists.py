"""How whole and fresh dossiers are: by territory, place by place in a grid, and the grids on paper only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max

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
from wangge.territory.queries import make_cursor, names_of, read_cursor
from wangge.venues.queries import get_places

READ = "venues.read"
Counts = tuple[int, ...]  # grids, hollow, places, whole, stale, known, asked


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
    rows = GridFigures.objects.visible_to(actor).filter(path__startswith=top)
    sums: dict[str, Counts] = defaultdict(lambda: (0,) * 7)
    grids: set[str] = set()
    columns = ("path", "signs", "places", "whole", "stale", "known", "asked")
    for path, signs, *counted in rows.values_list(*columns):
        child = _child(top, path)
        if child == path:
            grids.add(path)
        added = (1, 1 if signs else 0, *counted)
        for key in {top, child}:
            sums[key] = tuple(map(sum, zip(sums[key], added, strict=True)))
    names = names_of([top, *sums])
    items = [_row(key, sums[key], names, key in grids) for key in sums if key != top or key in grids]
    items.sort(key=lambda one: (one.share_pct is None, one.share_pct or 0, one.path))
    return QualityPage(
        sum=_row(top, sums[top], names, top in grids),
        items=items,
        counted_at=rows.aggregate(at=Max("counted_at"))["at"],
        standards=_standards(Measure.KNOWN, Measure.FRESH),
    )


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


def _child(top: str, path: str) -> str:
    """Return the part of the path one level below `top`; of itself the path."""
    code, dot, _ = path.removeprefix(top).partition(".")
    return f"{top}{code}{dot}"


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
