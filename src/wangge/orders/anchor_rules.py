"""Due days counted from the last visit: interval, window and tolerance. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from wangge.orders.interval_rules import DAY, Interval


class Anchor(StrEnum):
    """From what the due days of a rule are counted."""

    PERIOD = "period"  # fixed periods of the calendar (OR-2)
    VISIT = "visit"  # the last visit (OR-30)


# OR-30. Whole days after the last visit; where OR-1 has a half day, the smaller.
CYCLE_DAYS: dict[Interval, int] = {
    Interval.DAY: 1,
    Interval.WEEK: 7,
    Interval.FOUR_TIMES_A_MONTH: 7,
    Interval.THREE_TIMES_A_MONTH: 10,
    Interval.HALF_MONTH: 15,
    Interval.TWICE_A_MONTH: 15,
    Interval.MONTH: 30,
    Interval.QUARTER: 90,
    Interval.HALF_YEAR: 182,
    Interval.YEAR: 365,
}


def fits_cycle(interval: Interval, window_days: int, tolerance_days: int) -> bool:
    """Return whether the windows of two turns never touch: then no visit can count for both. Rule: OR-30."""
    return min(window_days, tolerance_days) >= 0 and window_days + tolerance_days < CYCLE_DAYS[interval]


@dataclass(frozen=True, slots=True)
class Cycle:
    """The turn that is next after a visit: a visit counts in `[starts_on, ends_on)`."""

    starts_on: date
    wanted_on: date  # exactly the interval after the visit, or a whole number of them
    ends_on: date

    def days(self) -> list[date]:
        return [self.starts_on + DAY * n for n in range((self.ends_on - self.starts_on).days)]


def cycle_of(
    visited_on: date, interval: Interval, *, window_days: int, tolerance_days: int, today: date
) -> Cycle:
    """Return the turn that is owed next: the first one whose tolerance is not over.

    Rule: OR-30. A turn that was missed is followed by the next one, an interval later, so nothing that was
          missed is forgotten; the visit that comes after all begins the count anew.
    """
    step = CYCLE_DAYS[interval]
    late = (today - visited_on).days - tolerance_days
    turns = max(1, -(-late // step))
    wanted = visited_on + timedelta(days=turns * step)
    return Cycle(wanted - DAY * window_days, wanted, wanted + DAY * (tolerance_days + 1))


def days_of(cycle: Cycle, is_workday: Callable[[date], bool], today: date) -> list[date]:
    """Return the days on which the order of a turn may open, in order; the last one is its due day.

    Raises: YearUnknown if the calendar does not know the year.
    Rule:   OR-30: the working days of the window that are not over; without one, the next working day within
            the tolerance (a holiday shifts it); without one, the wanted day, or today if that is over.
    """
    left = [day for day in cycle.days() if day >= today]
    inside = [day for day in left if day <= cycle.wanted_on and is_workday(day)]
    if inside:
        return inside
    after = next((day for day in left if day > cycle.wanted_on and is_workday(day)), None)
    return [after or max(cycle.wanted_on, today)]


def is_countable(cycle: Cycle, years: Iterable[int]) -> bool:
    """Return whether the years of the calendar are enough to say on which days the turn is worked. OR-3."""
    return {cycle.starts_on.year, (cycle.ends_on - DAY).year} <= set(years)
