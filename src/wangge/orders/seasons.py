"""What each kind of place is owed in a range: the lines of turns that planning joins with places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wangge.kernel.calendar import Calendar
from wangge.kernel.paths import is_within
from wangge.orders.anchor_rules import is_countable as is_cycle_countable
from wangge.orders.models import PlanRule, PlanSeason, SeasonSpell
from wangge.orders.rules import (
    Anchor,
    Interval,
    Period,
    cycle_of,
    days_of,
    is_countable,
    periods_between,
    winning_rule,
)
from wangge.orders.schemas import PlanRequest
from wangge.orders.season_rules import (
    Spell,
    Stretch,
    Turn,
    base_turns,
    horizon,
    seasonal_turns,
    spells_of,
    stretches,
)

NamedTurn = tuple[str, Turn[PlanRule]]  # the name of its line, and the turn
AROUND = timedelta(days=366)  # no period and no season is longer: what lies further away cannot touch a range


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule asks of one kind of place."""

    name: str
    rule: PlanRule
    others: list[str]
    is_anchored: bool = False  # one turn, counted from the last visit


def find_spells(
    codes: Collection[str], scope: str, calendar: Calendar, starts_on: date, ends_on: date
) -> list[Spell]:
    """Return the intensified periods of these seasons near a range that touch the scope. Rule: OR-17."""
    first, after = starts_on - AROUND, ends_on + AROUND
    seasons = list(PlanSeason.objects.filter(is_active=True, code__in=codes).order_by("code"))
    found = [spell for season in seasons for spell in spells_of(season, calendar, first, after)]
    works = {season.code: season.works_holidays for season in seasons}
    declared = SeasonSpell.objects.filter(season_code__in=works, starts_on__lt=after, ends_on__gt=first)
    for row in declared.order_by("starts_on", "id"):
        around = is_within(scope, row.path)
        if row.starts_on < row.ends_on and (around or is_within(row.path, scope)):
            path = "" if around else row.path
            found.append(Spell(row.season_code, row.starts_on, row.ends_on, path, works[row.season_code]))
    return found


class Lines:
    """The lines of the kinds of places, each made once."""

    def __init__(
        self,
        rules: Sequence[PlanRule],
        spells: Sequence[Spell],
        request: PlanRequest,
        calendar: Calendar,
        *,
        today: date,
        only_known: bool,
    ) -> None:
        self._today = today
        self._rules, self._spells, self._calendar = rules, spells, calendar
        self._from, self._to, self._only_known = request.starts_on, request.ends_on, only_known
        self._turns: dict[str, list[Turn[PlanRule]]] = {}

    def turns(self) -> list[NamedTurn]:
        """Return all turns that were asked for, with the names of their lines."""
        return [(name, turn) for name, turns in self._turns.items() for turn in turns]

    def of(
        self,
        class_code: str,
        tags: Collection[str],
        inside: Collection[str],
        visited_on: date | None = None,
    ) -> list[Line]:
        """Return what a kind of subject in these territories is owed; nothing if no rule fits.

        Raises: YearUnknown.
        Rule:   OR-1, OR-18, OR-19; OR-30 (from the last visit; until the first, in fixed periods).
        """
        won = winning_rule([rule for rule in self._rules if not rule.season], class_code, tags)
        spells = [spell for spell in self._spells if not spell.path or spell.path in inside]
        interval = Interval(won[0].interval) if won else None
        first, after = horizon(interval, spells, self._from, self._to)
        found = stretches(self._rules, class_code, tags, spells, first, after) if spells else []
        lines = [self._seasonal(stretch) for stretch in found]
        if won and visited_on and won[0].anchor == Anchor.VISIT:
            lines.append(self._anchored(won[0], won[1], visited_on))
        elif won:
            lines.append(self._base(won[0], won[1], found))
        return [line for line in lines if line.name in self._turns]

    def _seasonal(self, stretch: Stretch[PlanRule]) -> Line:
        name = f"{stretch.rule.code}/{stretch.starts_on}/{stretch.ends_on}/{stretch.works_holidays:d}"
        if name not in self._turns:
            turns = seasonal_turns(stretch, self._from, self._to, self._calendar)
            self._turns[name] = [turn for turn in turns if self._is_known(turn)]
        return Line(name, stretch.rule, list(stretch.others))

    def _base(self, rule: PlanRule, others: list[str], found: Sequence[Stretch[PlanRule]]) -> Line:
        """Bases of one interval under the same stretches are one line, whatever the rule."""
        over = "+".join(
            f"{one.rule.interval}/{one.starts_on}/{one.ends_on}/{one.works_holidays:d}" for one in found
        )
        name = f"{rule.interval}|{over}"
        if name not in self._turns:
            periods = periods_between(Interval(rule.interval), self._from, self._to)
            if self._only_known:
                periods = [one for one in periods if is_countable(one, self._calendar.years)]
            first = min((one.starts_on for one in periods), default=self._from)
            after = max((one.ends_on for one in periods), default=self._from)
            seasonal = [turn for one in found for turn in seasonal_turns(one, first, after, self._calendar)]
            self._turns[name] = base_turns(rule, others, periods, seasonal, self._calendar)
        return Line(name, rule, others)

    def _anchored(self, rule: PlanRule, others: list[str], visited_on: date) -> Line:
        name = f"{rule.code}@{visited_on}"
        if name not in self._turns:
            cycle = cycle_of(
                visited_on,
                Interval(rule.interval),
                window_days=rule.window_days,
                tolerance_days=rule.tolerance_days,
                today=self._today,
            )
            self._turns[name] = []
            if not self._only_known or is_cycle_countable(cycle, self._calendar.years):
                days = days_of(cycle, self._calendar.is_workday, self._today)
                turn = Turn(rule, tuple(others), cycle.starts_on, cycle.ends_on, days[-1], tuple(days))
                self._turns[name].append(turn)
        return Line(name, rule, others, is_anchored=True)

    def _is_known(self, turn: Turn[PlanRule]) -> bool:
        period = Period(Interval(turn.rule.interval), turn.starts_on, turn.ends_on)
        return not self._only_known or is_countable(period, self._calendar.years)


def names_of_seasons(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English names of the active seasons."""
    rows = PlanSeason.objects.filter(is_active=True, code__in=list(codes))
    return {row.code: (row.name_zh, row.name_en) for row in rows}
