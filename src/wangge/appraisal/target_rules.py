"""Plan against fact, and what may come of it. Source: docs/rules/appraisal.md (TA-1 … TA-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import fmean

from wangge.appraisal.rules import Rhythm, months_later
from wangge.kernel.errors import Refused

LEAST_DAYS = 7  # of a running period, before it is gone on from
LAST_MONTHS = 3


class ForecastMethod(StrEnum):
    """How a forecast was made; always said beside it (TA-5)."""

    BY_DAYS = "by_days"  # so far ÷ days passed × days of the period
    LAST_MONTHS = "last_months"  # mean of the last complete months, at most three
    MONTHLY_GAIN = "monthly_gain"  # as now, and the mean gain of a complete month for each that is left


class TargetStanding(StrEnum):
    """How a period stands."""

    REACHED = "reached"
    BEHIND = "behind"
    RUNNING = "running"  # not reached yet, and not over
    COMING = "coming"
    UNKNOWN = "unknown"  # nothing to divide by, or too few


class TargetWrong(Refused):
    """A target that could not be measured."""

    status = 422
    code = "appraisal.target_wrong"
    zh = "目标有误：{why_zh}。"
    en = "The target will not do: {why_en}."


@dataclass(frozen=True, slots=True)
class Period:
    """A month or year of a plan, `[starts_on, ends_on)`."""

    key: str
    starts_on: date
    ends_on: date
    plan: float


@dataclass(frozen=True, slots=True)
class Forecast:
    value: float
    method: ForecastMethod


def periods_of(
    every: Rhythm, values: Sequence[float], *, adds: bool, first_year: int, year: int
) -> list[Period]:
    """Return the months of `year`, or the years of the plan, each with what it asks.

    A plan that adds asks of the n-th month n times its first value, never more than 100.
    Years beyond the last value keep it; before the first year nothing is asked.
    Rule:   TA-1 (SC-02: 10 % more a month; GQ-02: 30, 60, 80, 100 % year by year).
    """
    if every is Rhythm.YEAR:
        last = max(year, first_year + len(values) - 1)
        return [
            Period(str(one), date(one, 1, 1), date(one + 1, 1, 1), values[min(n, len(values) - 1)])
            for n, one in enumerate(range(first_year, last + 1))
        ]
    if year < first_year:
        return []
    months = [date(year, month, 1) for month in range(1, 13)]
    asked = values[min(year - first_year, len(values) - 1)]
    return [
        Period(f"{on:%Y-%m}", on, months_later(on, 1), min(100.0, asked * on.month) if adds else asked)
        for on in months
    ]


def standing(fact: float | None, period: Period, *, less_is_better: bool, today: date) -> TargetStanding:
    """Return how a period stands. Rule: TA-4."""
    if today < period.starts_on:
        return TargetStanding.COMING
    is_over = today >= period.ends_on
    if fact is None:
        return TargetStanding.UNKNOWN
    if fact <= period.plan if less_is_better else fact >= period.plan:
        return TargetStanding.REACHED if is_over or not less_is_better else TargetStanding.RUNNING
    return TargetStanding.BEHIND if is_over or less_is_better else TargetStanding.RUNNING


def go_on(so_far: float, period: Period, *, today: date, most: float | None = None) -> Forecast | None:
    """Return what a running period comes to if it goes on so; None in its first days.

    Rule: TA-5. The day that runs counts half.
    """
    days, passed = (period.ends_on - period.starts_on).days, (today - period.starts_on).days
    if not LEAST_DAYS <= passed < days:
        return None
    whole = so_far / (passed + 0.5) * days
    return Forecast(round(whole if most is None else min(whole, most), 2), ForecastMethod.BY_DAYS)


def mean_of_last(complete: Sequence[float]) -> Forecast | None:
    """Return the mean of the last complete months, None of fewer than two. Rule: TA-5."""
    if len(complete) < 2:
        return None
    return Forecast(round(fmean(complete[-LAST_MONTHS:]), 2), ForecastMethod.LAST_MONTHS)


def gain_on(complete: Sequence[float], now: float, *, months_left: int) -> Forecast | None:
    """Return the end of the year of a part that only grows, None of fewer than two complete months.

    Rule: TA-5. The first month's gain is what it reached.
    """
    if len(complete) < 2:
        return None
    gain = complete[-1] / len(complete)
    return Forecast(round(min(100.0, now + gain * months_left), 2), ForecastMethod.MONTHLY_GAIN)


def pct(part: int, whole: int) -> float | None:
    """Return the part in per cent, None of nothing. Rule: IN-3."""
    return round(100 * part / whole, 2) if whole else None
