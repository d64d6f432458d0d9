"""Plan against fact: the periods of every target of a territory. Rule: TA-1 … TA-5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from wangge.appraisal import reading
from wangge.appraisal.models import Indicator, Target
from wangge.appraisal.narrowing import Asked, ask
from wangge.appraisal.rules import (
    PERCENTILES,
    Counted,
    FigureKind,
    Grouping,
    Rhythm,
    TargetOf,
    Value,
    value_of,
)
from wangge.appraisal.schemas import Narrowed
from wangge.appraisal.setting_targets import SET
from wangge.appraisal.target_rules import (
    Forecast,
    Period,
    TargetStanding,
    gain_on,
    go_on,
    mean_of_last,
    pct,
    periods_of,
    standing,
)
from wangge.appraisal.target_schemas import ForecastOut, PeriodOut, TargetFilter, TargetOut, TargetTable
from wangge.dossiers import queries as dossiers
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.paths import ancestors
from wangge.territory import queries as territory

Fact = tuple[Value, bool]  # the value, and whether it may still grow in its period
Months = Mapping[str, dict[str, int]]


@dataclass
class Facts:
    """What is read once for all targets of a territory."""

    actor: Actor
    asked: Asked
    today: date
    indicators: Mapping[str, Indicator]
    tiers: Mapping[str, tuple[str, str]]
    register: dossiers.RegisterSums
    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    counted: dict[tuple[Counted, int], dict[str, dict[str, dict[str, int]]]] = field(default_factory=dict)

    def of_year(self, year: int) -> Asked:
        return replace(self.asked, starts_on=date(year, 1, 1), ends_on=date(year + 1, 1, 1))


def list_targets(actor: Actor, given: TargetFilter, *, at: datetime) -> TargetTable:
    """Return the targets of a territory in a year, each with plan, fact and what may come of it.

    Raises: NotYourRole; NotVisible outside the scope; MonthsWrong.
    Rule:   TA-1 … TA-5.
    """
    whole_year = {"first": f"{given.year}-01", "last": f"{given.year}-12", "territory": given.territory}
    asked = ask(actor, Narrowed.model_validate(whole_year))
    facts = Facts(
        actor,
        asked,
        at.astimezone(CHINA).date(),
        Indicator.objects.in_bulk(),
        {one.code: (one.name_zh, one.name_en) for one in territory.list_tiers()},
        dossiers.sum_register(actor, asked.territory),
    )
    items = [_shown(one, facts, given.year) for one in in_force(asked.territory) if _is_known(one, facts)]
    behind = [one for one in items if is_behind(one)]
    return TargetTable(
        year=given.year,
        territory=asked.territory,
        territory_name=territory.names_of([asked.territory]).get(asked.territory, asked.territory),
        items=behind if given.only_behind else items,
        behind=len(behind),
        register_counted_at=facts.register.counted_at,
        counted_at=at,
        may_set=actor.can(SET),
    )


def in_force(path: str) -> list[Target]:
    """Return the targets that hold in a territory: its own, else the nearest above, else the pack's."""
    known: dict[str, Target] = {}
    for one in Target.objects.filter(path__in=["", *ancestors(path)]):
        if one.code not in known or len(one.path) > len(known[one.code].path):
            known[one.code] = one
    return sorted((one for one in known.values() if one.is_active), key=lambda one: (one.place, one.code))


def is_behind(target: TargetOut) -> bool:
    """Return whether the last period that can be judged fell short. Rule: TA-4."""
    judged = [
        one for one in target.periods if one.standing in {TargetStanding.REACHED, TargetStanding.BEHIND}
    ]
    return bool(judged) and judged[-1].standing is TargetStanding.BEHIND


def _is_known(target: Target, facts: Facts) -> bool:
    return (not target.indicator or target.indicator in facts.indicators) and (
        not target.tier or target.tier in facts.tiers
    )


def _shown(target: Target, facts: Facts, year: int) -> TargetOut:
    one = facts.indicators.get(target.indicator)
    every = Rhythm(target.every)
    less = one is not None and one.more_is == "worse"
    planned = periods_of(
        every,
        target.plan,
        adds=target.adds,
        first_year=target.first_year or year,
        year=year,
    )
    values = _values(target, planned, facts)
    periods = [
        PeriodOut(
            key=period.key,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            plan=period.plan,
            fact=value.value if period.starts_on <= facts.today else None,
            part=value.numerator,
            whole=value.denominator,
            is_small=value.is_small,
            standing=standing(
                None if value.is_small else value.value,
                period,
                less_is_better=less and target.of == TargetOf.FIGURE,
                today=facts.today,
            ),
            forecast=None,
        )
        for period, value in zip(planned, values, strict=True)
    ]
    _foretell(target, one, planned, periods, facts.today)
    tier = facts.tiers.get(target.tier, ("", ""))
    return TargetOut(
        code=target.code,
        name_zh=target.name_zh,
        name_en=target.name_en,
        of=TargetOf(target.of),
        indicator=target.indicator,
        indicator_zh=one.name_zh if one else "",
        indicator_en=one.name_en if one else "",
        tier=target.tier,
        tier_zh=tier[0],
        tier_en=tier[1],
        at_least=target.at_least,
        less_is_better=less,
        unit=_unit(target, one),
        every=every,
        plan=target.plan,
        adds=target.adds,
        first_year=target.first_year,
        source=target.source,
        is_confirmed=target.is_confirmed,
        set_path=target.path,
        version=target.version if target.path == facts.asked.territory else 0,
        now=_now(periods, facts.today),
        periods=periods,
    )


def _unit(target: Target, one: Indicator | None) -> str:
    if target.of != TargetOf.FIGURE or one is None or one.kind == FigureKind.SHARE:
        return "pct"
    return "hours" if FigureKind(one.kind) in PERCENTILES else one.subject


def _now(periods: list[PeriodOut], today: date) -> PeriodOut | None:
    begun = [one for one in periods if one.starts_on <= today]
    return begun[-1] if begun else periods[0] if periods else None


def _values(target: Target, periods: list[Period], facts: Facts) -> list[Value]:
    if target.of == TargetOf.PLACES_WHOLE:
        return [_of_now(facts.register.whole, facts.register.places, one, facts.today) for one in periods]
    if target.of == TargetOf.GRIDS_COVERED:
        return [_of_now(facts.register.covered, facts.register.grids, one, facts.today) for one in periods]
    if target.of == TargetOf.PLACES_SEEN:
        seen = reading.count_seen_places(facts.asked)
        asked = _months(facts, Counted.ORDERS)
        return [
            _share(seen.get(one.key, 0), facts.register.places)
            if asked.get(one.key, {}).get("planned")
            else Value(None, None, None, False)
            for one in periods
        ]
    if target.of == TargetOf.NODES:
        return _of_nodes(target, periods, facts)
    return [_of_figure(target, one, facts) for one in periods]


def _of_now(part: int, whole: int, period: Period, today: date) -> Value:
    """The register is known as of last night: years that are over have no figure of it."""
    return (
        _share(part, whole) if period.starts_on <= today < period.ends_on else Value(None, None, None, False)
    )


def _share(part: int, whole: int) -> Value:
    return Value(pct(part, whole), part, whole, False)


def _of_figure(target: Target, period: Period, facts: Facts) -> Value:
    one = facts.indicators[target.indicator]
    subject, kind = Counted(one.subject), FigureKind(one.kind)
    if period.starts_on > facts.today:
        return Value(None, None, None, False)
    asked = replace(facts.asked, starts_on=period.starts_on, ends_on=period.ends_on)
    by = Grouping.NONE
    if period.key.count("-"):  # all months of the year in one statement
        counts = _months(facts, subject).get(period.key, {})
    else:
        counts = reading.count(asked, subject, by).get("", {})
    hours = reading.count_durations(asked, by).get("", {}).get(kind) if kind in PERCENTILES else None
    part, whole = counts.get(one.numerator, 0), counts.get(one.denominator) if one.denominator else None
    return value_of(kind, part, whole, small_sample=one.small_sample, hours=hours)


def _months(facts: Facts, subject: Counted) -> Months:
    depth = facts.asked.territory.count(".")
    found = _counted(facts, subject, depth, facts.asked.starts_on.year)
    return found.get(facts.asked.territory, {})


def _counted(facts: Facts, subject: Counted, depth: int, year: int) -> dict[str, dict[str, dict[str, int]]]:
    key = (subject, depth * 10_000 + year)
    if key not in facts.counted:
        facts.counted[key] = reading.count_nodes(facts.of_year(year), subject, depth)
    return facts.counted[key]


def _of_nodes(target: Target, periods: list[Period], facts: Facts) -> list[Value]:
    """TA-2: which nodes reach the indicator; what adds up counts each from its first month of the year."""
    one = facts.indicators[target.indicator]
    nodes = _nodes(facts, target.tier)
    depth = next(iter(nodes), "").count(".")
    values, so_far = list[Value](), set[str]()
    for period in periods:
        if period.starts_on > facts.today or not nodes:
            values.append(Value(None, None, len(nodes) or None, False))
            continue
        counts = _counted(facts, Counted(one.subject), depth, period.starts_on.year)
        reached = {
            path
            for path in nodes
            if _reaches(one, _of_period(counts.get(path, {}), period), target.at_least or 0)
        }
        so_far |= reached
        if not so_far and not any(_of_period(months, period) for months in counts.values()):
            values.append(Value(None, None, len(nodes), False))  # nothing was asked of anybody
            continue
        values.append(_share(len(so_far if target.adds else reached), len(nodes)))
    return values


def _of_period(months: Months, period: Period) -> dict[str, int]:
    if "-" in period.key:
        return months.get(period.key, {})
    whole: dict[str, int] = {}
    for counts in months.values():
        for name, count in counts.items():
            whole[name] = whole.get(name, 0) + count
    return whole


def _reaches(one: Indicator, counts: dict[str, int], threshold: float) -> bool:
    whole = counts.get(one.denominator) if one.denominator else None
    kind = FigureKind(one.kind)
    value = value_of(kind, counts.get(one.numerator, 0), whole, small_sample=one.small_sample, hours=None)
    if value.value is None or value.is_small:
        return False
    return value.value <= threshold if one.more_is == "worse" else value.value >= threshold


def _nodes(facts: Facts, tier: str) -> dict[str, str]:
    if tier not in facts.nodes:
        facts.nodes[tier] = territory.nodes_of(facts.asked.territory, tier)
    return facts.nodes[tier]


def _foretell(
    target: Target, one: Indicator | None, planned: list[Period], periods: list[PeriodOut], today: date
) -> None:
    """Say of the period that runs what may come of it, and by which method. Rule: TA-5."""
    running = next((n for n, each in enumerate(planned) if each.starts_on <= today < each.ends_on), None)
    if running is None or periods[running].fact is None:
        return
    now, period = periods[running].fact or 0.0, planned[running]
    complete = [each.fact for each in periods[:running] if each.fact is not None and not each.is_small]
    found: Forecast | None
    if target.adds:
        found = gain_on(complete, now, months_left=12 - period.starts_on.month)
    elif target.of == TargetOf.PLACES_SEEN:
        found = go_on(now, period, today=today, most=100)
    elif target.of == TargetOf.FIGURE and one is not None and one.kind == FigureKind.COUNT:
        found = go_on(now, period, today=today)
    elif target.every == Rhythm.MONTH:
        found = mean_of_last(complete)
    else:
        found = None
    if found:
        periods[running].forecast = ForecastOut(value=found.value, method=found.method)
