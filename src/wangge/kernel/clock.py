"""The clock: the only place that asks the machine for the time. Tests and the twin set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """Return the present date in China."""
    return now().astimezone(CHINA).date()


def days(first_on: date, last_on: date) -> tuple[datetime, datetime]:
    """Return the moments in which the days from the first to the last begin and end, in China."""
    return (
        datetime.combine(first_on, time(), CHINA),
        datetime.combine(last_on + timedelta(days=1), time(), CHINA),
    )


def deadline_words(at: datetime) -> tuple[date, str]:
    """Return the day and the clock time in China of a deadline: midnight is 24:00 of the day before."""
    local = at.astimezone(CHINA)
    if (local.hour, local.minute) == (0, 0):
        return local.date() - timedelta(days=1), "24:00"
    return local.date(), f"{local:%H:%M}"


@contextmanager
def standing_at(at: datetime) -> Iterator[None]:
    """Let the clock stand at `at` inside the block."""
    token = _set.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
