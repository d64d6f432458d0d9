"""China's working days, make-up days (调休) included. An unknown year raises, nobody guesses (KE-2)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from chinese_calendar import constants

from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Refused, Unreadable

DAY = timedelta(days=1)


class DayKind(StrEnum):
    WORKDAY = "workday"
    MAKEUP = "makeup"  # a Saturday or Sunday that is worked (调休上班)
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class YearUnknown(Refused):
    """The State Council's notice for the year is not in the calendar."""

    code = "kernel.year_unknown"
    zh = "工作日历中没有 {year} 年的放假安排。请把国务院办公厅的通知写入日历文件夹中的 {year}.json 后重启。"
    en = (
        "The working-day calendar does not know {year}. Put the State Council's notice into {year}.json"
        " in the calendar folder and start again."
    )


_holidays: set[date] = set(constants.holidays)
_makeups: set[date] = set(constants.workdays)
_years: set[int] = {day.year for day in constants.holidays}


def extend(year: int, holidays: Iterable[date], makeup_days: Iterable[date]) -> None:
    """Teach the calendar one year; what it knew of that year is replaced.

    A notice may reach back into the December before, but never forward.
    Raises: Unreadable if a day lies elsewhere, is both, or a make-up day is no Saturday or Sunday.
    Rule:   KE-2.
    """
    free, worked = set(holidays), set(makeup_days)
    for day in free | worked:
        _check_noticed(year, day, free=free, worked=worked)
    for known in (_holidays, _makeups):
        known.difference_update({day for day in known if day.year == year} | free | worked)
    _holidays.update(free)
    _makeups.update(worked)
    _years.add(year)
    _nth_workday.cache_clear()


def _check_noticed(year: int, day: date, *, free: set[date], worked: set[date]) -> None:
    if not (day.year == year or (day.year == year - 1 and day.month == 12)):
        why = f"{day} 不属于 {year} 年的安排", f"{day} is not part of the notice for {year}"
    elif day in free and day in worked:
        why = f"{day} 不能既放假又上班", f"{day} cannot be both free and worked"
    elif day in worked and day.weekday() < 5:
        why = f"{day} 不是周末，无需调休上班", f"{day} is no weekend, it cannot be a make-up day"
    else:
        return
    raise Unreadable(field="calendar", why_zh=why[0], why_en=why[1])


def extend_from(folder: Path) -> list[int]:
    """Read every `<year>.json` of `folder` (`{"holidays": [...], "makeup_days": [...]}`); return the years.

    Rule: KE-2.
    """
    years = []
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].json")):
        try:
            notice = json.loads(path.read_text(encoding="utf-8"))
            free = [date.fromisoformat(day) for day in notice["holidays"]]
            worked = [date.fromisoformat(day) for day in notice["makeup_days"]]
        except (ValueError, KeyError, TypeError) as error:
            why_zh = f"无法读取 {path.name}，应含 holidays 与 makeup_days 两个日期列表：{error}"
            why_en = f"{path.name} must hold two lists of dates, holidays and makeup_days: {error}"
            raise Unreadable(field="calendar", why_zh=why_zh, why_en=why_en) from error
        extend(int(path.stem), free, worked)
        years.append(int(path.stem))
    return years


def kind_of(day: date) -> DayKind:
    """Return what kind of day it is.

    Raises: YearUnknown.
    Rule:   KE-2.
    """
    if day.year not in _years:
        raise YearUnknown(year=day.year)
    if day in _makeups:
        return DayKind.MAKEUP
    if day in _holidays:
        return DayKind.HOLIDAY
    return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY


def is_workday(day: date) -> bool:
    """Return whether China works on that day. Raises: YearUnknown. Rule: KE-2."""
    return kind_of(day) in {DayKind.WORKDAY, DayKind.MAKEUP}


def add_working_days(at: datetime, n: int) -> datetime:
    """Return 24:00 in China of the n-th working day after the day of `at`; n = 0: the end of that day.

    Raises: YearUnknown if the count runs into a year nobody has published.
    Rule:   KE-3.
    """
    if n < 0:
        raise ValueError("deadlines lie ahead: n >= 0")
    last = _nth_workday(at.astimezone(CHINA).date(), n) + DAY
    return datetime(last.year, last.month, last.day, tzinfo=CHINA)


@lru_cache(maxsize=65536)
def _nth_workday(day: date, n: int) -> date:
    while n:
        day += DAY
        n -= is_workday(day)
    return day


def explain_working_days(at: datetime, n: int) -> list[tuple[date, DayKind]]:
    """Return each day `add_working_days` walked over and its kind: the deadline line by line.

    Rule: KE-3.
    """
    day, last = at.astimezone(CHINA).date(), _nth_workday(at.astimezone(CHINA).date(), n)
    return [(day + DAY * k, kind_of(day + DAY * k)) for k in range(1, (last - day).days + 1)]


def working_days_between(first: date, last: date) -> int:
    """Return how many working days lie in `(first, last]`; negative if `last` is earlier.

    Raises: YearUnknown.
    Rule:   KE-3: the inverse of `add_working_days`.
    """
    if last < first:
        return -working_days_between(last, first)
    return sum(is_workday(first + DAY * k) for k in range(1, (last - first).days + 1))


def add_hours(at: datetime, hours: float) -> datetime:
    """Return the moment `hours` plain hours after `at`, in UTC. Rule: KE-4."""
    return at.astimezone(UTC) + timedelta(hours=hours)
