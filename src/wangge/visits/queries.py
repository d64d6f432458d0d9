"""Reads of visits, calls and quick reports. Every one starts from visible_to(actor)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA, days
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import is_closed
from wangge.territory import queries as territory
from wangge.visits.coverage import get_figures, list_coverage
from wangge.visits.installing import groups_in_force, limits_in_force
from wangge.visits.models import Arrival, ArrivalTrigger, Person, ProofLimit, Report, ReportKind, Visit
from wangge.visits.refusals import GroupProtected, GroupUnknown
from wangge.visits.rules import Standing, intervals_of, turn_of
from wangge.visits.schemas import (
    ArrivalFilter,
    ArrivalPage,
    GroupOut,
    PersonDetail,
    PersonFilter,
    PersonPage,
    QuickFilter,
    QuickPage,
    ReportKindOut,
    TriggerOut,
    VisitPage,
    VisitWords,
)
from wangge.visits.showing import arrivals_out, people_out, reports_out, visits_out

__all__ = [
    "get_figures",
    "get_person",
    "get_words",
    "list_arrivals",
    "list_coverage",
    "list_people",
    "list_reports",
    "list_visits",
    "select_arrivals",
    "select_people",
    "select_reports",
]
Rows = TypeVar("Rows", bound="QuerySet[Any]")
READ = "visits.read"
COUNTED = 10_000
LAST = 10  # visits that a person's page shows


def get_words(actor: Actor) -> VisitWords:
    """Return the groups, triggers and kinds of reports that are in force. Rule: VI-1."""
    actor.check_can(READ)
    triggers = ArrivalTrigger.objects.exclude(policy="off").order_by("position")
    reports = ReportKind.objects.exclude(policy="off").order_by("position")
    limits = limits_in_force()
    return VisitWords(
        groups=[GroupOut.model_validate(row) for row in groups_in_force().values()],
        triggers=[
            TriggerOut(
                **{name: getattr(row, name) for name in TriggerOut.model_fields if name != "is_by_hand"},
                is_by_hand=not (row.season or row.channels or row.matters or row.severities),
            )
            for row in triggers
        ],
        reports=[ReportKindOut.model_validate(row) for row in reports],
        limits={name: getattr(limits, name) for name in limits.__slots__},
        limits_confirmed=not ProofLimit.objects.filter(is_confirmed=False).exists(),
    )


def list_people(actor: Actor, filters: PersonFilter, *, today: date) -> PersonPage:
    """Return people to visit, masked, grid by grid.

    Raises: NotYourRole, GroupProtected, GroupUnknown, Unreadable. Rule: VI-3, VI-10.
    """
    found = select_people(actor, filters, today=today)
    total = found.order_by()[: COUNTED + 1].count()
    rows = found.order_by("grid_path", "id")
    if filters.cursor:
        path, pk = _read_key(filters.cursor)
        rows = rows.filter(Q(grid_path__gt=path) | Q(grid_path=path, id__gt=pk))
    page = list(rows[: filters.limit + 1])
    more, page = len(page) > filters.limit, page[: filters.limit]
    return PersonPage(
        items=people_out(page, today),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=territory.make_cursor(f"{page[-1].grid_path}|{page[-1].pk}") if more else None,
    )


def select_people(actor: Actor, filters: PersonFilter, *, today: date) -> QuerySet[Person]:
    """Return the people whom the filters name, in no order. Raises: as `list_people`."""
    actor.check_can(READ)
    found = Person.objects.visible_to(actor).filter(ended_on__isnull=not filters.left)
    if filters.group:
        group = groups_in_force().get(filters.group)
        if group is None:
            raise GroupUnknown(group=filters.group)
        if group.is_protected:
            raise GroupProtected(group_zh=group.name_zh, group_en=group.name_en)
        found = found.filter(groups__contains=[group.code])
    if filters.mine:
        found = found.filter(_inside(territory.paths_of(actor.user_id, today)))
    if filters.standing:
        late, owed = late_and_owed(today)
        wanted = {Standing.OVERDUE: late, Standing.DUE: owed & ~late, Standing.DONE: ~owed}
        found = found.filter(wanted[filters.standing])
    return _within(found, filters.grid)


def late_and_owed(today: date) -> tuple[Q, Q]:
    """Return who went a whole period without a visit, and who is owed one now, as conditions. Rule: VI-3."""
    late = owed = Q(pk__in=[])
    groups = {code: row.interval for code, row in groups_in_force().items()}
    for interval, codes in intervals_of(groups).items():
        turn = turn_of(interval, today)
        member, never = Q(groups__overlap=codes), Q(last_met_on__isnull=True)
        owed |= member & (never | Q(last_met_on__lt=turn.starts_on))
        late |= member & (never & Q(since_on__lt=turn.starts_on) | Q(last_met_on__lt=turn.before_on))
    return late, owed


def get_person(actor: Actor, person_id: UUID, *, today: date) -> PersonDetail:
    """Return a person, masked, with the last visits. Raises: NotYourRole, NotVisible."""
    actor.check_can(READ)
    row = Person.objects.visible_to(actor).filter(pk=person_id).first()
    if row is None:
        raise NotVisible
    visits = Visit.objects.filter(person=row).select_related("person").order_by("-at")[:LAST]
    [told] = people_out([row], today)
    return PersonDetail(**told.model_dump(), visits=visits_out(list(visits)))


def list_visits(
    actor: Actor, *, grid: str, first_on: date | None, last_on: date | None, cursor: str, limit: int
) -> VisitPage:
    """Return visits, newest first. Raises: NotYourRole, Unreadable."""
    actor.check_can(READ)
    found = _within(Visit.objects.visible_to(actor), grid)
    if first_on:
        found = found.filter(on__gte=first_on)
    if last_on:
        found = found.filter(on__lte=last_on)
    if cursor:
        at, pk = _read_moment(cursor)
        found = found.filter(Q(at__lt=at) | Q(at=at, id__gt=pk))
    rows = list(found.select_related("person").order_by("-at", "id")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    key = f"{rows[-1].at.isoformat()}|{rows[-1].pk}" if more else ""
    return VisitPage(items=visits_out(rows), next_cursor=territory.make_cursor(key) if more else None)


def list_arrivals(actor: Actor, filters: ArrivalFilter, *, at: datetime) -> ArrivalPage:
    """Return calls, newest first. Raises: NotYourRole, Unreadable. Rule: VI-7."""
    found = select_arrivals(actor, filters, at=at)
    total = found.order_by()[: COUNTED + 1].count()
    if filters.cursor:
        moment, pk = _read_moment(filters.cursor)
        found = found.filter(Q(called_at__lt=moment) | Q(called_at=moment, id__gt=pk))
    rows = list(found.order_by("-called_at", "id")[: filters.limit + 1])
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    key = f"{rows[-1].called_at.isoformat()}|{rows[-1].pk}" if more else ""
    return ArrivalPage(
        items=arrivals_out(rows, at),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=territory.make_cursor(key) if more else None,
    )


def select_arrivals(actor: Actor, filters: ArrivalFilter, *, at: datetime) -> QuerySet[Arrival]:
    """Return the calls that the filters name, in no order. Raises: NotYourRole."""
    actor.check_can(READ)
    found = Arrival.objects.visible_to(actor)
    nobody = Q(arrived_at__isnull=True, ended_at__isnull=True)
    states = {
        "open": nobody,
        "late": nobody & Q(due_at__lt=at),
        "arrived": Q(arrived_at__isnull=False),
        "ended": Q(ended_at__isnull=False),
    }
    if filters.state:
        found = found.filter(states[filters.state])
    if filters.trigger:
        found = found.filter(trigger=filters.trigger)
    if filters.called_from:
        found = found.filter(called_at__gte=days(filters.called_from, filters.called_from)[0])
    if filters.called_to:
        found = found.filter(called_at__lt=days(filters.called_to, filters.called_to)[1])
    if filters.mine:
        found = found.filter(_inside(territory.paths_of(actor.user_id, at.astimezone(CHINA).date())))
    return _within(found, filters.grid)


def list_reports(actor: Actor, filters: QuickFilter) -> QuickPage:
    """Return quick reports, newest first. Raises: NotYourRole, Unreadable. Rule: VI-8."""
    found = select_reports(actor, filters)
    total = found.order_by()[: COUNTED + 1].count()
    if filters.cursor:
        at, pk = _read_moment(filters.cursor)
        found = found.filter(Q(at__lt=at) | Q(at=at, id__gt=pk))
    rows = list(found.order_by("-at", "id")[: filters.limit + 1])
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    key = f"{rows[-1].at.isoformat()}|{rows[-1].pk}" if more else ""
    return QuickPage(
        items=reports_out(rows),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=territory.make_cursor(key) if more else None,
    )


def select_reports(actor: Actor, filters: QuickFilter) -> QuerySet[Report]:
    """Return the quick reports that the filters name, in no order. Raises: NotYourRole."""
    actor.check_can(READ)
    found = Report.objects.visible_to(actor)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.first_on:
        found = found.filter(at__gte=days(filters.first_on, filters.first_on)[0])
    if filters.last_on:
        found = found.filter(at__lt=days(filters.last_on, filters.last_on)[1])
    return _within(found, filters.grid)


def _within(found: Rows, grid: str) -> Rows:
    if not grid:
        return found
    return found.filter(grid_path__startswith=grid if is_closed(grid) else f"{grid}.")


def _inside(paths: set[str]) -> Q:
    """Return the condition of lying in one of the grids; of none: nothing."""
    found = Q(pk__in=[])
    for path in sorted(paths):
        found |= Q(grid_path__startswith=path)
    return found


def _read_key(cursor: str) -> tuple[str, UUID]:
    try:
        path, pk = territory.read_cursor(cursor).split("|")
        return path, UUID(pk)
    except ValueError:
        raise _bad_cursor() from None


def _read_moment(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, pk = territory.read_cursor(cursor).split("|")
        return datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        raise _bad_cursor() from None


def _bad_cursor() -> Unreadable:
    return Unreadable(
        field="cursor", why_zh="翻页标记无效，请从第一页重新开始", why_en="start again from the first page"
    )
