"""Deadlines, clocks and lights (CS-6). Pure: the calendar is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from wangge.cases.rules import ENDED, Light, Status
from wangge.kernel.calendar import DayKind, Span
from wangge.kernel.errors import Refused
from wangge.matters.rules import Clock

CHINA = ZoneInfo("Asia/Shanghai")
STILL = ENDED | {Status.SUSPENDED}  # no clock runs
INSTANT = timedelta(microseconds=1)


class Calendar(Protocol):
    """What a deadline asks of the calendar of a place; a year that nobody knows is `Refused`."""

    def kind_of(self, day: date) -> DayKind: ...

    def worked(self, day: date, spans: Sequence[Span]) -> list[tuple[datetime, datetime]]: ...

    def add_working_days(self, at: datetime, n: int) -> datetime: ...

    def add_halves(self, at: datetime, halves: int) -> datetime: ...

    def halves_between(self, first: date, last: date) -> int: ...

    def add_working_time(self, at: datetime, length: timedelta, spans: Sequence[Span]) -> datetime: ...

    def working_time_between(self, start: datetime, end: datetime, spans: Sequence[Span]) -> timedelta: ...


class Calendars(Protocol):
    """Every place has a calendar."""

    def of(self, path: str) -> Calendar: ...


def deadline(start: datetime, clock: Clock, calendar: Calendar) -> datetime:
    """Return when the time is up: after the hours, or at 24:00 of the n-th working day after `start`.

    Raises: the calendar's refusal if it does not know a year on the way.
    Rule:   CS-6 (WH-28, WH-34).
    """
    if clock.working_hours is not None:
        return calendar.add_working_time(start, timedelta(hours=clock.working_hours), clock.spans)
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


def extended(
    due_at: datetime | None,
    clock: Clock | None,
    *,
    suspended_at: datetime,
    resumed_at: datetime,
    calendar: Calendar,
) -> datetime | None:
    """Return the business deadline after an approved suspension.

    Plain hours move by the time suspended, as where the clock or a year is not known; hours of work by the
    hours of work, and working days by the working days and half-days, that went by. A deadline that was over
    when the suspension began does not move: nobody stops a clock that has run out.
    Rule: CS-6.
    """
    if due_at is None or due_at <= suspended_at:
        return due_at
    if clock is None or clock.hours is not None:
        return due_at + (resumed_at - suspended_at)
    try:
        if clock.working_hours is not None:
            worked = calendar.working_time_between(suspended_at, resumed_at, clock.spans)
            return calendar.add_working_time(due_at, worked, clock.spans) if worked else due_at
        first, last = suspended_at.astimezone(CHINA).date(), resumed_at.astimezone(CHINA).date()
        halves = calendar.halves_between(first, last)
        return calendar.add_halves(due_at - INSTANT, halves) if halves else due_at
    except Refused:
        return due_at + (resumed_at - suspended_at)


def moved_by_days(
    due_at: datetime | None, days: int, clock: Clock | None, calendar: Calendar
) -> datetime | None:
    """Return a business deadline that was extended by `days`: working days, or plain ones where hours count.

    Where a year is unknown it moves by plain days, rather than not at all.
    Rule: CS-6, CS-33.
    """
    if due_at is None or not days:
        return due_at
    if clock is not None and clock.hours is not None:
        return due_at + timedelta(days=days)
    try:
        return calendar.add_working_days(due_at - INSTANT, days)
    except Refused:
        return due_at + timedelta(days=days)


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
