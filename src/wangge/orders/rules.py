"""Plan rules and the doing of orders. Source: docs/rules/orders.md."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import md5
from math import cos, radians
from typing import Protocol, TypeVar
from uuid import UUID

from wangge.kernel.ids import assemble, time_of
from wangge.orders.refusals import OrderNotOpen, OutsidePeriod
from wangge.orders.statuses import OrderStatus as OrderStatus
from wangge.orders.statuses import Unsigned as Unsigned
from wangge.orders.statuses import VisitOutcome as VisitOutcome

DAY = timedelta(days=1)
M_A_DEGREE = 111_000.0
LAYER = "comprehensive"  # of grids, whose members do the orders


class SeasonKind(StrEnum):
    DATES = "dates"  # the same days each year
    HOLIDAYS = "holidays"  # around the nation's long holidays
    DECLARED = "declared"  # when somebody says so, for a territory


def status_on(status: OrderStatus, *, ends_on: date, today: date) -> OrderStatus:
    """Return how an order stands on a day: what nobody did is missed once its period is over. Rule: OR-9."""
    return OrderStatus.MISSED if status is OrderStatus.OPEN and ends_on <= today else status


GONE = frozenset({VisitOutcome.CLOSED_DOWN, VisitOutcome.MOVED_AWAY})


class AssignmentKind(StrEnum):
    """Why visits were asked for beside the plan."""

    ALIKE = "alike"  # one finding, like places looked at too (TZ-02)


class Interval(StrEnum):
    """How often, in calendar periods of China."""

    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    TWICE_A_MONTH = "twice_a_month"
    THREE_TIMES_A_MONTH = "three_times_a_month"
    FOUR_TIMES_A_MONTH = "four_times_a_month"


# OR-1. Days between two visits, for comparing intervals; a month counts 30.
NOMINAL_DAYS: dict[Interval, float] = {
    Interval.DAY: 1,
    Interval.WEEK: 7,
    Interval.FOUR_TIMES_A_MONTH: 7.5,
    Interval.THREE_TIMES_A_MONTH: 10,
    Interval.HALF_MONTH: 15,
    Interval.TWICE_A_MONTH: 15,
    Interval.MONTH: 30,
    Interval.QUARTER: 90,
    Interval.HALF_YEAR: 182,
    Interval.YEAR: 365,
}
# OR-2. The days of a month on which its parts begin.
_PARTS = {
    Interval.MONTH: (1,),
    Interval.HALF_MONTH: (1, 16),
    Interval.TWICE_A_MONTH: (1, 16),
    Interval.THREE_TIMES_A_MONTH: (1, 11, 21),
    Interval.FOUR_TIMES_A_MONTH: (1, 8, 15, 22),
}
_MONTHS = {Interval.QUARTER: 3, Interval.HALF_YEAR: 6, Interval.YEAR: 12}


class Rule(Protocol):
    """What decides of a plan rule."""

    code: str
    classes: list[str]
    tags: list[str]
    interval: str


AnyRule = TypeVar("AnyRule", bound=Rule)


@dataclass(frozen=True, slots=True)
class Period:
    """One turn of an interval: `[starts_on, ends_on)`."""

    interval: Interval
    starts_on: date
    ends_on: date

    @property
    def nominal_days(self) -> float:
        return NOMINAL_DAYS[self.interval]

    def days(self) -> list[date]:
        return [self.starts_on + DAY * n for n in range((self.ends_on - self.starts_on).days)]


def period_of(interval: Interval, day: date) -> Period:
    """Return the period of `interval` that holds `day`.

    Rule: OR-2. Weeks begin on Monday; half months on the 1st and 16th, thirds on the 1st, 11th and 21st,
          fourths on the 1st, 8th, 15th and 22nd; quarters in January, April, July and October; half
          years in January and July.
    """
    if interval is Interval.DAY:
        return Period(interval, day, day + DAY)
    if interval is Interval.WEEK:
        monday = day - DAY * day.weekday()
        return Period(interval, monday, monday + DAY * 7)
    if interval in _MONTHS:
        months = _MONTHS[interval]
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        return Period(interval, first, _end_of_month(date(day.year, first.month + months - 1, 1)))
    starts = [date(day.year, day.month, n) for n in _PARTS[interval]]
    ends = [*starts[1:], _end_of_month(day)]
    return next(Period(interval, a, b) for a, b in zip(starts, ends, strict=True) if a <= day < b)


def periods_between(interval: Interval, starts_on: date, ends_on: date) -> list[Period]:
    """Return the periods that touch `[starts_on, ends_on)`, in order. Rule: OR-2."""
    periods: list[Period] = []
    day = starts_on
    while day < ends_on:
        periods.append(period_of(interval, day))
        day = periods[-1].ends_on
    return periods


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1]) + DAY


def winning_rule(
    rules: Iterable[AnyRule], class_code: str, tags: Collection[str]
) -> tuple[AnyRule, list[str]] | None:
    """Return the rule with the smallest interval and the codes it won against; None if no rule fits.

    Rule: OR-1 (smallest interval, then more tags, then a named class, then code; no class means every class;
          all tags must be there).
    """
    fitting = sorted(
        (
            rule
            for rule in rules
            if (not rule.classes or class_code in rule.classes) and all(tag in tags for tag in rule.tags)
        ),
        key=lambda rule: (
            NOMINAL_DAYS[Interval(rule.interval)],
            -len(rule.tags),
            not rule.classes,
            rule.code,
        ),
    )
    return (fitting[0], [rule.code for rule in fitting[1:]]) if fitting else None


def working_days(period: Period, is_workday: Callable[[date], bool]) -> list[date]:
    """Return the days of the period on which orders open: its working days, or its first day if it has none.

    Raises: YearUnknown if the calendar does not know the year.
    Rule:   OR-3. A daily rule uses its day, whatever it is.
    """
    if period.interval is Interval.DAY:
        return [period.starts_on]
    return [day for day in period.days() if is_workday(day)] or [period.starts_on]


def is_countable(period: Period, years: Collection[int]) -> bool:
    """Return whether the years of the calendar are enough to say on which days the period is worked. OR-3."""
    return period.interval is Interval.DAY or {day.year for day in period.days()} <= set(years)


def due_on(period: Period, is_workday: Callable[[date], bool]) -> date:
    """Return the last working day of the period, or its last day if it has none. Rule: OR-4."""
    days = period.days()
    if period.interval is Interval.DAY:
        return days[0]
    return next((day for day in reversed(days) if is_workday(day)), days[-1])


def opens_on(venue_id: UUID, days: Sequence[date]) -> date:
    """Return the day of `days` that the venue is levelled to: the same place in each period.

    Rule: OR-3. The SQL of planning computes the same.
    """
    share = int(_digest(venue_id)[25:32], 16)
    return days[share * len(days) >> 28]


def order_id(venue_id: UUID, starts_on: date, *, is_seasonal: bool = False) -> UUID:
    """Return the id of the order that `venue_id` is owed for the period that starts on `starts_on`.

    Rule: OR-5. A UUIDv7 of 00:00 UTC of that day, its 74 bits taken from a digest of the venue: planning
          twice makes one order. The SQL of planning computes the same.
    """
    digest = _digest(venue_id)
    bits = int(digest[:3], 16) << 62 | (int(digest[3], 16) & 3) << 60 | int(digest[4:19], 16)
    return assemble(stamp_of(starts_on, is_seasonal=is_seasonal), bits)


def assigned_id(assignment_id: UUID, venue_id: UUID, starts_on: date) -> UUID:
    """Return the id of the order that an assignment makes for a place.

    Rule: OR-28. A UUIDv7 of 12:00 UTC of its first day. Its first bits are the opposite of those of the
          place's own orders, so that nothing takes it for one that the plan owes; the rest is a digest of
          both: asking twice makes one order. The SQL of assigning computes the same.
    """
    own = int(_digest(venue_id)[:3], 16) ^ 0xFFF
    both = md5(f"{assignment_id}{venue_id}".encode(), usedforsecurity=False).hexdigest()
    bits = own << 62 | (int(both[3], 16) & 3) << 60 | int(both[4:19], 16)
    return assemble(datetime(starts_on.year, starts_on.month, starts_on.day, 12, tzinfo=UTC), bits)


def stamp_of(starts_on: date, *, is_seasonal: bool = False) -> datetime:
    """Return the moment in the ids of a period's orders: 00:00 UTC, a season's 06:00. Rule: OR-5, OR-18."""
    return datetime(starts_on.year, starts_on.month, starts_on.day, 6 if is_seasonal else 0, tzinfo=UTC)


def started_on(identifier: UUID) -> date:
    """Return the first day of the period of an order, from its id."""
    return time_of(identifier).date()


def _digest(venue_id: UUID) -> str:
    return md5(str(venue_id).encode(), usedforsecurity=False).hexdigest()


def check_time(*, status: OrderStatus, starts_on: date, ends_on: date, on: date) -> None:
    """Check that a visit on the day `on` can still count.

    Raises: OrderNotOpen if it is done or withdrawn; OutsidePeriod.
    Rule:   OR-7. What counts is when somebody was there, not when the message came: a missed order is done
            after all when the phone was out of reach.
    """
    if status in {OrderStatus.DONE, OrderStatus.WITHDRAWN}:
        raise OrderNotOpen(status)
    if not starts_on <= on < ends_on:
        raise OutsidePeriod(starts_on=starts_on, last_on=ends_on - DAY, on=on)


@dataclass(frozen=True, slots=True)
class VisitLimits:
    """What the pack says of visits; the presets are ours and unconfirmed. Rule: OR-26."""

    ahead_minutes: float = 5  # a phone's clock may run ahead by so much
    photo_minutes: float = 120  # a photo may be so much older than the visit
    city_margin_m: float = 5_000  # so far outside the city's grids is still the city


VISIT_LIMITS = frozenset(field.name for field in fields(VisitLimits))


def is_signing_clear(outcome: VisitOutcome, *, is_signed: bool, has_reason: bool) -> bool:
    """Return whether it is clear who signed: one of signature and reason at most, of an inspection alone.

    Rule: OR-40 (issue 6, Inspect: the signature of whoever was visited).
    """
    if outcome is not VisitOutcome.INSPECTED:
        return not (is_signed or has_reason)
    return not (is_signed and has_reason)


def is_photo_too_old(taken_at: datetime, at: datetime, limits: VisitLimits) -> bool:
    """Return whether a photo was taken too long before the visit to be of it. Rule: OR-26."""
    return taken_at < at - timedelta(minutes=limits.photo_minutes)


def is_in_city(
    lon: float, lat: float, bounds: tuple[float, float, float, float] | None, limits: VisitLimits
) -> bool:
    """Return whether a position lies in the city or near it; without grids nobody knows. Rule: OR-26.

    Units: degrees of WGS-84; `bounds` is (west, south, east, north) of the grids.
    """
    if bounds is None:
        return True
    west, south, east, north = bounds
    up = limits.city_margin_m / M_A_DEGREE
    along = up / max(0.1, cos(radians((south + north) / 2)))
    return west - along <= lon <= east + along and south - up <= lat <= north + up


@dataclass(frozen=True, slots=True)
class ListSpan:
    """A version of a checklist, and the days on which it holds: `[effective_on, withdrawn_on)`."""

    id: int
    code: str
    version: int
    effective_on: date
    withdrawn_on: date | None

    def holds(self, on: date) -> bool:
        return self.effective_on <= on and (self.withdrawn_on is None or on < self.withdrawn_on)


def successor(told: ListSpan, spans: Iterable[ListSpan], on: date) -> ListSpan | None:
    """Return what holds on the day instead of a withdrawn version; None if it may be used. Rule: OR-25."""
    if told.withdrawn_on is None or on < told.withdrawn_on:
        return None
    return next((one for one in spans if one.code == told.code and one.holds(on)), None)


def status_after(status: OrderStatus, outcome: VisitOutcome) -> OrderStatus:
    """Return the status after a visit.

    Rule: OR-8. Nobody there, or no entry: the visit is kept and the order stays owed until its period ends.
    """
    return OrderStatus.DONE if outcome is VisitOutcome.INSPECTED or outcome in GONE else status
