"""Intensified periods: which rule holds when, and what a place is owed. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from wangge.kernel.calendar import Calendar, DayKind
from wangge.orders.rules import (
    DAY,
    NOMINAL_DAYS,
    Interval,
    Period,
    Rule,
    SeasonKind,
    due_on,
    opens_on,
    periods_between,
    winning_rule,
    working_days,
)


class Season(Protocol):
    """What decides of an intensified period."""

    code: str
    kind: str
    first: str  # MM-DD, of `dates`
    last: str
    before_days: int  # of `holidays`
    least_days: int
    works_holidays: bool


class SeasonalRule(Protocol):
    """A plan rule that may hold in an intensified period only."""

    code: str
    classes: list[str]
    tags: list[str]
    interval: str
    season: str


AnyRule = TypeVar("AnyRule", bound=SeasonalRule)
OfRule = TypeVar("OfRule")


@dataclass(frozen=True, slots=True)
class Spell:
    """An intensified period as it falls: `[starts_on, ends_on)` in the territory `path`; "" is everywhere."""

    season: str
    starts_on: date
    ends_on: date
    path: str = ""
    works_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Stretch(Generic[OfRule]):
    """Days on which a seasonal rule wins: `[starts_on, ends_on)`."""

    rule: OfRule
    others: tuple[str, ...]
    starts_on: date
    ends_on: date
    works_holidays: bool


@dataclass(frozen=True, slots=True)
class Turn(Generic[OfRule]):
    """What a rule asks for once: a visit on one of `days`, unless the place is seen on a day of `under`."""

    rule: OfRule
    others: tuple[str, ...]
    starts_on: date
    ends_on: date
    due_on: date
    days: tuple[date, ...]
    under: tuple[tuple[date, ...], ...] = ()


def spells_of(season: Season, calendar: Calendar, starts_on: date, ends_on: date) -> list[Spell]:
    """Return the turns of a season of fixed dates or of holidays that touch `[starts_on, ends_on)`.

    Rule: OR-17. A last day before the first wraps over the new year. A long holiday is a run of at least
          `least_days` days off; the season begins `before_days` before it. Unknown years have none.
    """
    if season.kind == SeasonKind.DATES:
        found = [_dated(season, year) for year in range(starts_on.year - 1, ends_on.year + 1)]
    elif season.kind == SeasonKind.HOLIDAYS:
        found = _around_holidays(season, calendar, starts_on, ends_on)
    else:
        found = []
    return [spell for spell in found if spell.starts_on < ends_on and spell.ends_on > starts_on]


def _dated(season: Season, year: int) -> Spell:
    first, last = (tuple(map(int, text.split("-"))) for text in (season.first, season.last))
    ends = date(year + (last < first), last[0], last[1]) + DAY
    return Spell(season.code, date(year, first[0], first[1]), ends, "", season.works_holidays)


def _around_holidays(season: Season, calendar: Calendar, starts_on: date, ends_on: date) -> list[Spell]:
    reach = timedelta(days=31)  # a holiday that begins before the range may end inside it
    span = range((ends_on - starts_on + reach + reach).days)
    days = [day for n in span if (day := starts_on - reach + DAY * n).year in calendar.years]
    spells = []
    for is_off, run in groupby(days, key=lambda day: not calendar.is_workday(day)):
        off = list(run)
        if is_off and len(off) >= season.least_days and _has_holiday(calendar, off):
            first = off[0] - DAY * season.before_days
            spells.append(Spell(season.code, first, off[-1] + DAY, "", season.works_holidays))
    return spells


def _has_holiday(calendar: Calendar, days: Iterable[date]) -> bool:
    return any(calendar.kind_of(day) is DayKind.HOLIDAY for day in days)


def stretches(
    rules: Iterable[AnyRule],
    class_code: str,
    tags: Collection[str],
    spells: Sequence[Spell],
    starts_on: date,
    ends_on: date,
) -> list[Stretch[AnyRule]]:
    """Return the days of `[starts_on, ends_on)` on which a rule of a season wins, as stretches in order.

    Shape: the stretches do not overlap; all other days are the rule's that wins without a season.
    Rule:  OR-18. A season's rule wins only with a smaller interval, among several the smallest, then by code.
    """
    fitting = [rule for rule in rules if _fits(rule, class_code, tags)]
    base = winning_rule([rule for rule in fitting if not rule.season], class_code, tags)
    if base is None and not any(rule.season for rule in fitting):
        return []
    longest = NOMINAL_DAYS[Interval(base[0].interval)] if base else float("inf")
    found: list[Stretch[AnyRule]] = []
    for day in _days(starts_on, ends_on):
        live = {spell.season: spell for spell in spells if spell.starts_on <= day < spell.ends_on}
        won = winning_rule([r for r in fitting if not r.season or r.season in live], class_code, tags)
        if won is None or not won[0].season or NOMINAL_DAYS[Interval(won[0].interval)] >= longest:
            continue
        works = live[won[0].season].works_holidays
        last = found[-1] if found else None
        if last and last.ends_on == day and (last.rule.code, last.works_holidays) == (won[0].code, works):
            others = tuple(sorted({*last.others, *won[1]}))
            found[-1] = Stretch(last.rule, others, last.starts_on, day + DAY, works)
        else:
            found.append(Stretch(won[0], tuple(won[1]), day, day + DAY, works))
    return found


def _fits(rule: Rule, class_code: str, tags: Collection[str]) -> bool:
    return (not rule.classes or class_code in rule.classes) and all(tag in tags for tag in rule.tags)


def _days(starts_on: date, ends_on: date) -> list[date]:
    return [starts_on + DAY * n for n in range((ends_on - starts_on).days)]


def horizon(
    interval: Interval | None, spells: Iterable[Spell], starts_on: date, ends_on: date
) -> tuple[date, date]:
    """Return the days to look at, so that planning in pieces finds the same stretches.

    Rule: OR-18. The whole periods that touch the range, and whole every spell that touches them.
    """
    if interval and starts_on < ends_on:
        periods = periods_between(interval, starts_on, ends_on)
        starts_on, ends_on = periods[0].starts_on, periods[-1].ends_on
    left = sorted(spells, key=lambda spell: spell.starts_on)
    while near := [one for one in left if one.starts_on <= ends_on and one.ends_on >= starts_on]:
        starts_on = min(starts_on, *(one.starts_on for one in near))
        ends_on = max(ends_on, *(one.ends_on for one in near))
        left = [one for one in left if one not in near]
    return starts_on, ends_on


def seasonal_turns(
    stretch: Stretch[AnyRule], starts_on: date, ends_on: date, calendar: Calendar
) -> list[Turn[AnyRule]]:
    """Return the turns of a stretch that touch `[starts_on, ends_on)`, each on days inside the stretch.

    Raises: YearUnknown.
    Rule:   OR-18 (no day outside the season), OR-3 (working days, or every day where the season works them).
    """
    turns = []
    for whole in periods_between(Interval(stretch.rule.interval), stretch.starts_on, stretch.ends_on):
        first, after = max(whole.starts_on, stretch.starts_on), min(whole.ends_on, stretch.ends_on)
        period = Period(whole.interval, first, after)
        if after <= starts_on or first >= ends_on:
            continue
        days = period.days() if stretch.works_holidays else working_days(period, calendar.is_workday)
        due = days[-1] if stretch.works_holidays else due_on(period, calendar.is_workday)
        turns.append(Turn(stretch.rule, stretch.others, first, after, due, tuple(days)))
    return turns


def base_turns(
    rule: AnyRule,
    others: Sequence[str],
    periods: Iterable[Period],
    seasonal: Sequence[Turn[AnyRule]],
    calendar: Calendar,
) -> list[Turn[AnyRule]]:
    """Return the turns of the rule that wins without a season.

    Raises: YearUnknown.
    Rule:   OR-19: a period in which a season's rule sees the place makes no order of its own.
    """
    return [
        Turn(
            rule,
            tuple(others),
            period.starts_on,
            period.ends_on,
            due_on(period, calendar.is_workday),
            tuple(working_days(period, calendar.is_workday)),
            tuple(
                turn.days
                for turn in seasonal
                if turn.starts_on < period.ends_on and turn.ends_on > period.starts_on
            ),
        )
        for period in periods
    ]


def day_of(venue_id: UUID, turn: Turn[OfRule]) -> date | None:
    """Return the day on which the order of a turn opens for a place; None if a season sees it instead.

    Rule: OR-3, OR-19. The SQL of planning computes the same.
    """
    seen = (opens_on(venue_id, days) for days in turn.under)
    if any(turn.starts_on <= day < turn.ends_on for day in seen):
        return None
    return opens_on(venue_id, turn.days)
