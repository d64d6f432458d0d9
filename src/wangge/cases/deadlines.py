"""Deadlines, clocks and lights (CS-6). Pure: the calendar is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from wangge.cases.rules import ENDED, Light, Status
from wangge.kernel.errors import Refused
from wangge.matters.rules import Clock

CHINA = ZoneInfo("Asia/Shanghai")
STILL = ENDED | {Status.SUSPENDED}  # no clock runs


class Calendar(Protocol):
    """What a deadline asks of the calendar; both raise a `Refused` for a year that nobody knows."""

    def is_workday(self, day: date) -> bool: ...

    def add_working_days(self, at: datetime, n: int) -> datetime: ...


def deadline(start: datetime, clock: Clock, calendar: Calendar) -> datetime:
    """Return when the time is up: after the plain hours, or at 24:00 of the n-th working day after `start`.

    Raises: the calendar's refusal if it does not know a year on the way.
    Rule:   CS-6 (WH-28, WH-34).
    """
    if clock.hours is not None:
        return start + timedelta(hours=clock.hours)
    return calendar.add_working_days(start, clock.working_days)


def deadline_if_known(start: datetime, clock: Clock | None, calendar: Calendar) -> datetime | None:
    """Return the deadline, or None without a clock or with an unknown year: no report is refused for it."""
    if clock is None:
        return None
    try:
        return deadline(start, clock, calendar)
    except Refused:
        return None


def count_working_days(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Return the working days after the day of `start`, up to and with the day of `end` (China time)."""
    first, last = start.astimezone(CHINA).date(), end.astimezone(CHINA).date()
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(calendar.is_workday(day) for day in days)


def extended(
    due_at: datetime | None,
    clock: Clock | None,
    *,
    suspended_at: datetime,
    resumed_at: datetime,
    calendar: Calendar,
) -> datetime | None:
    """Return the business deadline after an approved suspension.

    Plain hours move by the time suspended, as where the clock or a year is not known; working days by the
    working days that went by. A deadline that was over when the suspension began does not move: nobody
    stops a clock that has run out.
    Rule: CS-6.
    """
    if due_at is None or due_at <= suspended_at:
        return due_at
    if clock is None or clock.hours is not None:
        return due_at + (resumed_at - suspended_at)
    try:
        days = count_working_days(suspended_at, resumed_at, calendar)
        return calendar.add_working_days(due_at - timedelta(microseconds=1), days) if days else due_at
    except Refused:
        return due_at + (resumed_at - suspended_at)


def light(
    status: Status, spans: list[tuple[datetime, datetime | None]], at: datetime, *, yellow_at_pct: int
) -> Light:
    """Return the worse light of the clocks `(started_at, due_at)`: yellow at the pack's share, red at 100 %.

    Rule: CS-6.
    """
    if status in STILL:
        return Light.NONE
    ends = [(start, due) for start, due in spans if due is not None]
    if not ends:
        return Light.NONE
    if any(at >= due for _, due in ends):
        return Light.RED
    if any(at >= start + (due - start) * (yellow_at_pct / 100) for start, due in ends):
        return Light.YELLOW
    return Light.GREEN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the account of a deadline."""

    at: datetime
    zh: str
    en: str


def explain(start: datetime, clock: Clock, calendar: Calendar) -> list[Line]:
    """Return the account of a deadline, day by day: what counts and when the time is up (CS-6)."""
    if clock.hours is not None:
        end = start + timedelta(hours=clock.hours)
        return [
            Line(start, f"上报，限 {clock.hours} 小时", f"Reported; {clock.hours} plain hours"),
            Line(end, "到期", "Time is up"),
        ]
    days = clock.working_days
    lines = [Line(start, f"上报，限 {days} 个工作日", f"Reported; {days} working days, from the next day")]
    day, left = start.astimezone(CHINA).date(), days
    try:
        while left:
            day += timedelta(days=1)
            lines.append(_day_line(day, calendar.is_workday(day), days - left + 1))
            left -= calendar.is_workday(day)
    except Refused as unknown:
        return [*lines, Line(_midnight(day), unknown.message("zh"), unknown.message("en"))]
    return [*lines, Line(_midnight(day + timedelta(days=1)), "到期（24:00）", "Time is up (24:00)")]


def _day_line(day: date, works: bool, n: int) -> Line:
    weekend = day.weekday() >= 5
    if works:
        zh, en = f"第 {n} 个工作日", f"Working day {n}"
        return Line(
            _midnight(day),
            zh + ("（调休上班）" if weekend else ""),
            en + (" (make-up day)" if weekend else ""),
        )
    zh, en = ("休息日", "Weekend") if weekend else ("法定节假日", "Public holiday")
    return Line(_midnight(day), f"{zh}，不计", f"{en}, not counted")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
