"""When simulated people work: 08:30 to 18:00 on working days in China (TW-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from wangge.kernel.calendar import Calendar, YearUnknown, national
from wangge.kernel.clock import CHINA

OPENS, CLOSES = time(8, 30), time(18, 0)
DAY_HOURS = 9.5
IsWorkday = Callable[[date], bool]


def works_on(day: date, calendar: Calendar = national) -> bool:
    """Return whether people work that day by the calendar, Monday to Friday in a year it does not know.

    Rule: TW-5. A deadline never guesses (CS-6); people's habits may.
    """
    try:
        return calendar.is_workday(day)
    except YearUnknown:
        return day.weekday() < 5


def at_time(day: date, hour: float) -> datetime:
    """Return the moment `hour` hours after midnight in China."""
    return datetime.combine(day, time(), CHINA) + timedelta(hours=hour)


def next_open(at: datetime, works: IsWorkday = works_on) -> datetime:
    """Return `at` itself inside working hours, else the next opening."""
    local = at.astimezone(CHINA)
    if works(local.date()):
        if local.time() < OPENS:
            return datetime.combine(local.date(), OPENS, CHINA)
        if local.time() < CLOSES:
            return local
    day = local.date() + timedelta(days=1)
    while not works(day):
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, CHINA)


def add_work_hours(at: datetime, hours: float, works: IsWorkday = works_on) -> datetime:
    """Return the moment after `hours` of working time, counted from `at`, to the whole second.

    Rule: TW-5.
    """
    moment, left = next_open(at, works), timedelta(hours=hours)
    while True:
        closing = datetime.combine(moment.date(), CLOSES, CHINA)
        if moment + left < closing:
            return (moment + left).replace(microsecond=0)
        left -= closing - moment
        moment = next_open(closing, works)
