"""The calendar of working days as administrators see it: the years, and the days of their own territory."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from ninja import Router
from pydantic import Field

from wangge.cases.services import SET_DEADLINES
from wangge.kernel import calendar_changes, calendars, clock, jobs
from wangge.kernel.calendar import DayKind
from wangge.kernel.calendar_changes import LocalDayIn
from wangge.kernel.errors import Unreadable
from wangge.kernel.http import ActorRequest
from wangge.kernel.models import CalendarEdition, LocalDay
from wangge.kernel.paths import ancestors, is_closed
from wangge.kernel.schemas import Refusal
from wangge.kernel.shapes import Schema
from wangge.territory import queries as territory

router = Router(tags=["calendar"])
NO = {(403, 404, 422): Refusal}
MOST_EDITIONS = 50


class YearIn(Schema):
    """The State Council's notice: every day off that it names, and the Saturdays and Sundays worked."""

    holidays: list[date] = Field(max_length=100)
    makeup_days: list[date] = Field(max_length=50)


class LocalDayBody(Schema):
    on: date
    kind: DayKind | None  # none: as the nation again
    reason: str = Field("", max_length=128)


class LocalDaysIn(Schema):
    path: str = Field(max_length=64)
    days: list[LocalDayBody] = Field(min_length=1, max_length=366)


class EditionOut(Schema):
    edition: int


class DayOut(Schema):
    on: date
    kind: DayKind


class LocalDayOut(Schema):
    path: str
    name: str  # of the territory
    on: date
    kind: DayKind
    reason: str


class EditionRow(Schema):
    edition: int
    at: datetime
    actor_name: str
    path: str
    name: str  # of the territory; empty for the whole nation
    first_on: date
    last_on: date
    note_zh: str
    note_en: str


class CalendarOut(Schema):
    """A year of a place, day by day where it is not Monday to Friday; `is_known` false: nobody knows it."""

    year: int
    path: str
    name: str  # of the territory
    is_known: bool
    days: list[DayOut]
    local_days: list[LocalDayOut]
    editions: list[EditionRow]
    known_through: int


@router.get("", response={200: CalendarOut, **NO}, operation_id="get_calendar")
def get_calendar(request: ActorRequest, year: int, path: str = "") -> CalendarOut:
    """The calendar of `path`, by default of the caller's own territory."""
    place = path or request.actor.scope
    if not is_closed(place) or not 2004 <= year <= 2100:
        raise Unreadable(field="path", why_zh="路径或年份无效", why_en="no such path or year")
    around = calendars.in_force()
    here = around.of(place)
    is_known = year in here.years
    first = date(year, 1, 1).toordinal()
    days = [date.fromordinal(n) for n in range(first, date(year + 1, 1, 1).toordinal())]
    kinds = [(day, here.kind_of(day)) for day in days] if is_known else []
    return CalendarOut(
        year=year,
        path=place,
        name=territory.names_of([place]).get(place, place),
        is_known=is_known,
        days=[DayOut(on=day, kind=kind) for day, kind in kinds if kind is not DayKind.WORKDAY],
        local_days=_local_days(place, year),
        editions=_editions(place),
        known_through=max(around.nation.years),
    )


@router.put("/years/{int:year}", response={200: EditionOut, **NO}, operation_id="put_calendar_year")
def put_calendar_year(request: ActorRequest, year: int, notice: YearIn) -> EditionOut:
    """Load the notice for a year; it replaces what was known. Deadlines move only when people say so."""
    with transaction.atomic():
        edition = calendar_changes.put_year(
            year, notice.holidays, notice.makeup_days, actor=request.actor, at=clock.now()
        )
        jobs.defer(SET_DEADLINES)  # what waited for the year is counted at once
    return EditionOut(edition=edition)


@router.post("/days", response={200: EditionOut, **NO}, operation_id="put_local_days")
def put_local_days(request: ActorRequest, given: LocalDaysIn) -> EditionOut:
    """Set or take back days of a territory, all or none."""
    days = [LocalDayIn(day.on, day.kind, day.reason) for day in given.days]
    return EditionOut(
        edition=calendar_changes.put_local_days(given.path, days, actor=request.actor, at=clock.now())
    )


def _local_days(place: str, year: int) -> list[LocalDayOut]:
    found = LocalDay.objects.filter(path__in=ancestors(place), on__year=year).order_by("on", "path")
    names = territory.names_of(ancestors(place))
    return [
        LocalDayOut(
            path=day.path,
            name=names.get(day.path, day.path),
            on=day.on,
            kind=DayKind(day.kind),
            reason=day.reason,
        )
        for day in found
    ]


def _editions(place: str) -> list[EditionRow]:
    found = CalendarEdition.objects.filter(path__in=["", *ancestors(place)]).order_by("-pk")
    places = territory.names_of(ancestors(place))
    names = [name for name in EditionRow.model_fields if name not in {"edition", "name"}]
    return [
        EditionRow(
            edition=one.pk,
            name=places.get(one.path, one.path),
            **{name: getattr(one, name) for name in names},
        )
        for one in found[:MOST_EDITIONS]
    ]
