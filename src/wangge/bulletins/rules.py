"""Which weeks and months a bulletin tells of, and in which words. Source: docs/rules/bulletins.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from wangge.kernel.errors import Refused


class BulletinKind(StrEnum):
    WEEK = "week"
    MONTH = "month"


WORDS = {BulletinKind.WEEK: ("本周", "上周"), BulletinKind.MONTH: ("本月", "上月")}
TIERS = ("prefecture", "county", "street")  # BU-1: whose bulletins are made by themselves


class PeriodNotOver(Refused):
    code = "bulletins.period_not_over"
    zh = "{ends_on} 之后才能编制这一期。"
    en = "This one can be made after {ends_on}."


class NoTerritory(Refused):
    status = 422
    code = "bulletins.no_territory"
    zh = "“{path}”不是现有的市、区县或镇街。"
    en = "{path} is no prefecture, county or street."


@dataclass(frozen=True, slots=True)
class Span:
    """`[starts_on, ends_on)` of a bulletin."""

    kind: BulletinKind
    starts_on: date
    ends_on: date

    @property
    def last_on(self) -> date:
        return self.ends_on - timedelta(days=1)

    def before(self) -> Span:
        """Return the week or month before."""
        return span_at(self.kind, self.starts_on - timedelta(days=1))

    def a_year_before(self) -> Span:
        """Return the same month a year before, or the week 52 weeks before: it has the same weekdays."""
        if self.kind is BulletinKind.WEEK:
            year = timedelta(weeks=52)
            return Span(self.kind, self.starts_on - year, self.ends_on - year)
        return span_at(self.kind, self.starts_on.replace(year=self.starts_on.year - 1))


def span_at(kind: BulletinKind, on: date) -> Span:
    """Return the week (Monday to Sunday) or month that holds a day. Rule: BU-1."""
    if kind is BulletinKind.WEEK:
        starts_on = on - timedelta(days=on.weekday())
        return Span(kind, starts_on, starts_on + timedelta(days=7))
    starts_on = on.replace(day=1)
    return Span(kind, starts_on, date(on.year + on.month // 12, on.month % 12 + 1, 1))


def last_complete(kind: BulletinKind, on: date) -> Span:
    """Return the last week or month that is over on a day. Rule: BU-1."""
    return span_at(kind, on).before()


def change_words(now: float, before: float) -> str:
    """Return 增长 20.0%, 下降 5.0%, 持平, or nothing to compare with. Rule: BU-3 (IN-6)."""
    if not before:
        return "无同期数" if now else "持平"
    change = round(100 * (now - before) / before, 1)
    if not change:
        return "持平"
    return f"{'增长' if change > 0 else '下降'} {abs(change)}%"


def change_sign(now: float | None, before: float | None) -> str:
    """Return +20.0% or -5.0%, a dash where it would say nothing. Rule: BU-3 (IN-6)."""
    if now is None or not before:
        return "–"
    return f"{round(100 * (now - before) / before, 1):+}%"


def share(part: int, whole: int) -> float | None:
    """Return the part in per cent, None of nothing. Rule: IN-3."""
    return round(100 * part / whole, 2) if whole else None


def said(value: float | None, unit: str = "") -> str:
    """Return a figure as it stands on paper, a dash for none."""
    return "–" if value is None else f"{value:,g}{unit}"


def yuan(fen: int) -> str:
    """Return an amount of money in yuan, or ten thousand yuan from there on."""
    return f"{fen / 1_000_000:,.2f} 万元" if fen >= 1_000_000 else f"{fen / 100:,.0f} 元"
