"""China's working days, make-up days (调休) and local days included. An unknown year raises (KE-2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

from chinese_calendar import constants

from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Refused, Unreadable

DAY = timedelta(days=1)
NOON = time(12)
Span = tuple[time, time]  # worked from, worked until, China time
MEMO = 65_536


class DayKind(StrEnum):
    WORKDAY = "workday"
    MAKEUP = "makeup"  # a Saturday or Sunday that is worked (调休上班)
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    LOCAL_OFF = "local_off"  # a day off of one territory (当地放假)
    LOCAL_WORK = "local_work"  # a day that one territory works (当地上班)
    MORNING_OFF = "morning_off"  # worked from noon (上午放假)
    AFTERNOON_OFF = "afternoon_off"  # worked until noon (下午放假)


LOCAL_KINDS = (DayKind.LOCAL_OFF, DayKind.LOCAL_WORK, DayKind.MORNING_OFF, DayKind.AFTERNOON_OFF)
HALVES: Mapping[DayKind, int] = {  # how many halves of the day are worked
    DayKind.WORKDAY: 2,
    DayKind.MAKEUP: 2,
    DayKind.LOCAL_WORK: 2,
    DayKind.MORNING_OFF: 1,
    DayKind.AFTERNOON_OFF: 1,
    DayKind.WEEKEND: 0,
    DayKind.HOLIDAY: 0,
    DayKind.LOCAL_OFF: 0,
}


class YearUnknown(Refused):
    """The State Council's notice for the year is not in the calendar."""

    code = "kernel.year_unknown"
    zh = (
        "工作日历中没有 {year} 年的放假安排。请系统管理员在“工作日历”页面载入国务院办公厅的通知，"
        "或写入日历文件夹中的 {year}.json 后重启。"
    )
    en = (
        "The working-day calendar does not know {year}. The system administrator loads the State Council's"
        " notice on the page Working days, or puts it into {year}.json in the calendar folder and starts"
        " again."
    )


@dataclass(slots=True)
class Calendar:
    """The working days of one place: the nation's years, and the place's own days on top."""

    holidays: set[date]
    makeups: set[date]
    years: set[int]
    local: Mapping[date, DayKind] = field(default_factory=dict)
    _memo: dict[tuple[date, int], date] = field(default_factory=dict)

    def copy(self, local: Mapping[date, DayKind] | None = None) -> Calendar:
        """Return a calendar of its own with the same years, and with these local days."""
        return Calendar(set(self.holidays), set(self.makeups), set(self.years), local or {})

    def of(self, path: str) -> Calendar:
        """Return the calendar of a place: one that has no local days is the same everywhere."""
        return self

    def extend(self, year: int, holidays: Iterable[date], makeup_days: Iterable[date]) -> None:
        """Teach the calendar one year; what it knew of that year is replaced.

        A notice may reach back into the December before, but never forward.
        Raises: Unreadable if a day lies elsewhere, is both, or a make-up day is no Saturday or Sunday.
        Rule:   KE-2.
        """
        free, worked = set(holidays), set(makeup_days)
        check_notice(year, free, worked)
        for known in (self.holidays, self.makeups):
            known.difference_update({day for day in known if day.year == year} | free | worked)
        self.holidays.update(free)
        self.makeups.update(worked)
        self.years.add(year)
        self._memo.clear()

    def fingerprint(self) -> str:
        """Return a word that is another one as soon as a day or a year of the nation's is another."""
        days = ([day.toordinal() for day in sorted(of)] for of in (self.holidays, self.makeups))
        return hashlib.sha256(repr((*days, sorted(self.years))).encode()).hexdigest()[:16]

    def kind_of(self, day: date) -> DayKind:
        """Return what kind of day it is; a local day stands before the nation's.

        Raises: YearUnknown.
        Rule:   KE-2, KE-25.
        """
        if day.year not in self.years:
            raise YearUnknown(year=day.year)
        if day in self.local:
            return self.local[day]
        if day in self.makeups:
            return DayKind.MAKEUP
        if day in self.holidays:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY

    def is_workday(self, day: date) -> bool:
        """Return whether the place works on that day, if only half of it. Raises: YearUnknown. Rule: KE-2."""
        return HALVES[self.kind_of(day)] > 0

    def add_working_days(self, at: datetime, n: int) -> datetime:
        """Return 24:00 in China of the n-th working day after the day of `at`; n = 0: the end of that day.

        Raises: YearUnknown if the count runs into a year nobody has published.
        Rule:   KE-3.
        """
        return self.add_halves(at, 2 * n)

    def add_halves(self, at: datetime, halves: int) -> datetime:
        """Return 24:00 in China of the day on which so many half-days after the day of `at` are worked.

        Raises: YearUnknown.
        Rule:   KE-3, KE-25 (a half-day counts half; the deadline is the end of the day that completes it).
        """
        if halves < 0:
            raise ValueError("deadlines lie ahead: n >= 0")
        return _midnight(self._last_day(at.astimezone(CHINA).date(), halves) + DAY)

    def _last_day(self, day: date, halves: int) -> date:
        known = self._memo.get((day, halves))
        if known is not None:
            return known
        last, left = day, halves
        while left > 0:
            last += DAY
            left -= HALVES[self.kind_of(last)]
        if len(self._memo) >= MEMO:
            self._memo.clear()
        self._memo[day, halves] = last
        return last

    def explain_working_days(self, at: datetime, n: int) -> list[tuple[date, DayKind]]:
        """Return each day `add_working_days` walked over and its kind: the deadline line by line.

        Rule: KE-3.
        """
        day = at.astimezone(CHINA).date()
        last = self._last_day(day, 2 * n)
        return [(day + DAY * k, self.kind_of(day + DAY * k)) for k in range(1, (last - day).days + 1)]

    def halves_between(self, first: date, last: date) -> int:
        """Return how many half-days are worked in `(first, last]`. Raises: YearUnknown. Rule: KE-25."""
        return sum(HALVES[self.kind_of(first + DAY * k)] for k in range(1, (last - first).days + 1))

    def working_days_between(self, first: date, last: date) -> int:
        """Return how many working days lie in `(first, last]`; negative if `last` is earlier.

        Raises: YearUnknown.
        Rule:   KE-3: the inverse of `add_working_days`.
        """
        if last < first:
            return -self.working_days_between(last, first)
        return sum(self.is_workday(first + DAY * k) for k in range(1, (last - first).days + 1))

    def worked(self, day: date, spans: Sequence[Span]) -> list[tuple[datetime, datetime]]:
        """Return the hours in which the day is worked: none on a day off, half of them on a half-day.

        Raises: YearUnknown.
        Rule:   KE-26.
        """
        kind = self.kind_of(day)
        if HALVES[kind] == 0:
            return []
        first, last = time.min, time.max
        if kind is DayKind.MORNING_OFF:
            first = NOON
        elif kind is DayKind.AFTERNOON_OFF:
            last = NOON
        cut = [(max(start, first), min(end, last)) for start, end in spans]
        return [
            (datetime.combine(day, start, CHINA), datetime.combine(day, end, CHINA))
            for start, end in cut
            if start < end
        ]

    def add_working_time(self, at: datetime, length: timedelta, spans: Sequence[Span]) -> datetime:
        """Return the moment at which so much time of the working day's hours went by after `at`.

        Raises: YearUnknown if the count runs into a year nobody has published.
        Rule:   KE-26.
        """
        if not spans:
            raise ValueError("working hours need the hours of a working day")
        day, left = at.astimezone(CHINA).date(), length
        while True:
            for start, end in self.worked(day, spans):
                begin = max(start, at)
                if begin < end:
                    if left <= end - begin:
                        return (begin + left).astimezone(UTC)
                    left -= end - begin
            day += DAY

    def working_time_between(self, start: datetime, end: datetime, spans: Sequence[Span]) -> timedelta:
        """Return how much time of the working day's hours lies in `[start, end)`. Rule: KE-26."""
        day, last, total = start.astimezone(CHINA).date(), end.astimezone(CHINA).date(), timedelta()
        while day <= last:
            for first, until in self.worked(day, spans):
                total += max(min(until, end) - max(first, start), timedelta())
            day += DAY
        return total


def check_notice(year: int, free: set[date], worked: set[date]) -> None:
    """Raises: Unreadable if the days cannot be the State Council's for that year. Rule: KE-2."""
    for day in sorted(free | worked):
        if not (day.year == year or (day.year == year - 1 and day.month == 12)):
            why = f"{day} 不属于 {year} 年的安排", f"{day} is not part of the notice for {year}"
        elif day in free and day in worked:
            why = f"{day} 不能既放假又上班", f"{day} cannot be both free and worked"
        elif day in worked and day.weekday() < 5:
            why = f"{day} 不是周末，无需调休上班", f"{day} is no weekend, it cannot be a make-up day"
        else:
            continue
        raise Unreadable(field="calendar", why_zh=why[0], why_en=why[1])


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def add_hours(at: datetime, hours: float) -> datetime:
    """Return the moment `hours` plain hours after `at`, in UTC. Rule: KE-4."""
    return at.astimezone(UTC) + timedelta(hours=hours)


national = Calendar(
    set(constants.holidays), set(constants.workdays), {day.year for day in constants.holidays}
)
extend = national.extend
kind_of = national.kind_of
is_workday = national.is_workday
add_working_days = national.add_working_days
explain_working_days = national.explain_working_days
working_days_between = national.working_days_between


def extend_from(folder: Path) -> list[int]:
    """Teach the nation's calendar every `<year>.json` of `folder`; return the years.

    Shape: `{"holidays": [...], "makeup_days": [...]}`.
    Rule:  KE-2.
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
