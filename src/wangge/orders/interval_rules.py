"""Intervals and their periods: how often, and on which days. Source: docs/rules/orders.md."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


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
