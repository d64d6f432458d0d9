"""What an indicator is made of, and how its figures are compared. Source: docs/rules/appraisal.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wangge.kernel.errors import Refused


class Counted(StrEnum):
    CASES = "cases"  # counted in the month in which they were reported
    ORDERS = "orders"  # counted in the month for which they were made


class FigureKind(StrEnum):
    COUNT = "count"  # the numerator alone
    SHARE = "share"  # numerator of denominator, in per cent
    MEDIAN = "median"  # of whole hours from report to close
    P90 = "p90"


class Grouping(StrEnum):
    NONE = "none"
    TERRITORY = "territory"
    MONTH = "month"
    CHANNEL = "channel"
    MATTER = "matter"
    DEPARTMENT = "department"


class TargetOf(StrEnum):
    """What a target is measured by (TA-2)."""

    FIGURE = "figure"  # the indicator of the whole territory
    NODES = "nodes"  # the part of its streets, communities, grids … that reach the indicator
    PLACES_SEEN = "places_seen"  # the part of its places with an inspection made in the month
    PLACES_WHOLE = "places_whole"  # the part of its places of which all that is asked is known
    GRIDS_COVERED = "grids_covered"  # the part of its grids with a member


class Rhythm(StrEnum):
    MONTH = "month"
    YEAR = "year"


OF_THE_REGISTER = frozenset({TargetOf.PLACES_WHOLE, TargetOf.GRIDS_COVERED})  # known as of last night alone
LONGEST_MONTHS = 60
OF_CASES_ONLY = frozenset({Grouping.CHANNEL, Grouping.MATTER, Grouping.DEPARTMENT})
PERCENTILES: Mapping[FigureKind, float] = {FigureKind.MEDIAN: 0.5, FigureKind.P90: 0.9}

# IN-2. What can be counted, and what it is called. Its SQL is in `counting.py`.
MEASURES: Mapping[Counted, Mapping[str, tuple[str, str]]] = {
    Counted.CASES: {
        "reported": ("上报的案件", "cases reported"),
        "valid": ("上报的案件，不含不予受理与并案", "cases reported, less rejected and merged"),
        "closed": ("已结案的案件", "cases closed"),
        "timed": ("已结案且有期限", "closed, with a deadline"),
        "on_time": ("已结案且未超期", "closed by the deadline"),
        "on_spot": ("当场整改", "fixed on the spot"),
        "reworked": ("至少返工一次", "reworked at least once"),
        "extended": ("至少延期一次", "extended at least once"),
        "unfinished": ("尚未办结", "not ended yet"),
    },
    Counted.ORDERS: {
        "planned": ("应完成的工单", "orders planned"),
        "done": ("已完成的工单", "orders done"),
        "in_time": ("在截止日当天或之前完成", "done by the due day"),
        "with_finding": ("已完成且发现隐患", "done, with a hazard found"),
        "inspected": ("已完成且进门检查", "done, and the place was inspected"),
    },
}


class MonthsWrong(Refused):
    status = 422
    code = "appraisal.months_wrong"
    zh = "月份应写作 2025-10，起始月不晚于结束月，最多 {most} 个月。"
    en = "Months are written 2025-10; the first is not after the last, and there are at most {most}."


@dataclass(frozen=True, slots=True)
class Value:
    """One figure of one indicator. `value` is None when there is nothing to divide by."""

    value: float | None
    numerator: int | None
    denominator: int | None
    is_small: bool


def read_months(first: str, last: str) -> tuple[date, date]:
    """Return the first day of the first month, and of the month after the last. Raises: MonthsWrong."""
    try:
        starts_on, last_on = (date.fromisoformat(f"{text}-01") for text in (first, last))
        ends_on = months_later(last_on, 1)
        long = (last_on.year - starts_on.year) * 12 + last_on.month - starts_on.month + 1
        months_later(starts_on, -12)
    except ValueError as error:
        raise MonthsWrong(most=LONGEST_MONTHS) from error
    if not 1 <= long <= LONGEST_MONTHS:
        raise MonthsWrong(most=LONGEST_MONTHS)
    return starts_on, ends_on


def months_later(day: date, months: int) -> date:
    """Return the first day of the month that is so many months later."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, 1)


def value_of(
    kind: FigureKind, part: int, whole: int | None, *, small_sample: int, hours: int | None
) -> Value:
    """Return the figure of an indicator. Rule: IN-3 (shares), IN-4 (hours), IN-5 (small samples)."""
    if kind is FigureKind.COUNT:
        return Value(part, part, None, False)
    if kind is FigureKind.SHARE:
        of = whole or 0
        return Value(round(100 * part / of, 2) if of else None, part, of, of < small_sample)
    return Value(hours, None, part, part < small_sample)


def change(kind: FigureKind, now: Value, before: Value) -> float | None:
    """Return the change against the same months a year before, None where it would say nothing.

    Units:  per cent of the earlier figure; percentage points for a share.
    Rule:   IN-6 (HB-15: computed, never typed).
    """
    if now.value is None or before.value is None or now.is_small or before.is_small:
        return None
    if kind is FigureKind.SHARE:
        return round(now.value - before.value, 2)
    return round(100 * (now.value - before.value) / before.value, 1) if before.value else None
