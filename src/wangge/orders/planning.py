"""From plan rules to orders, set by set: the rules are decided on kinds of places, the places are SQL's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from wangge.checklists import queries as checklists
from wangge.kernel import calendars
from wangge.kernel.partitions import ensure_months
from wangge.kernel.paths import ancestors
from wangge.orders import month_tables, plan_sql
from wangge.orders.models import PlanRule
from wangge.orders.rules import (
    ChecklistMissing,
    Interval,
    Period,
    due_on,
    is_countable,
    periods_between,
    stamp_of,
    winning_rule,
    working_days,
)
from wangge.orders.schemas import PlanOut, PlanRequest
from wangge.territory import queries as territory

LAYER = "comprehensive"


@dataclass(slots=True)
class Plan:
    """What a planning run knows before it makes the first order."""

    scope: str
    request: PlanRequest
    pack_version: str
    tags: list[str]  # the tags that decide of a rule
    mask: str  # SQL: which of them a place carries, as bits
    is_workday: Callable[[date], bool]
    kinds: list[dict[str, Any]] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    members: dict[str, int] = field(default_factory=dict)
    without_rule: int = 0
    orphans: int = 0

    def parameters(self, periods: Iterable[Period]) -> dict[str, Any]:
        return {
            "scope": _like(self.scope),
            "kinds": json.dumps(self.kinds),
            "periods": json.dumps([_period(period, self.is_workday) for period in periods]),
            "paths": list(self.members),
            "members": list(self.members.values()),
            "starts_on": self.request.starts_on,
            "ends_on": self.request.ends_on,
            "pack_version": self.pack_version,
            "tags": self.tags,
        }


@dataclass(slots=True)
class Tally:
    """Orders by rule, as they are made."""

    by_rule: Counter[str] = field(default_factory=Counter)
    unassigned: int = 0
    already_there: int = 0

    def add(self, rows: Iterable[Sequence[Any]]) -> int:
        made = 0
        for rule, count, unassigned in rows:
            self.by_rule[rule] += count
            self.unassigned += unassigned
            made += count
        return made


def prepare(request: PlanRequest, scope: str, *, today: date, only_known: bool = False) -> Plan:
    """Return what there is to plan in `scope`, with the checklists that hold today.

    `only_known` leaves out what reaches into a year that nobody knows, instead of planning nothing.
    Raises: ChecklistMissing; YearUnknown when the calendar does not reach so far.
    Rule:   OR-1 (which rule wins), OR-2 (periods), OR-3, OR-6 (who is left out).
    """
    rules = list(PlanRule.objects.filter(is_active=True).order_by("code"))
    tags = sorted({tag for rule in rules for tag in rule.tags})
    calendar = calendars.in_force().of(scope)
    version = rules[0].pack_version if rules else ""
    plan = Plan(scope, request, version, tags, _mask(tags), calendar.is_workday)
    lists = checklists.in_force({rule.checklist_code for rule in rules}, today)
    intervals: set[Interval] = set()
    for class_code, mask, count in _rows(plan_sql.KINDS, plan):
        won = winning_rule(rules, class_code, [tag for n, tag in enumerate(tags) if mask >> n & 1])
        if won is None:
            plan.without_rule += count
            continue
        rule, others = won
        if rule.checklist_code not in lists:
            raise ChecklistMissing(rule=rule.code, checklist=rule.checklist_code, on=today)
        intervals.add(Interval(rule.interval))
        plan.kinds.append(
            {
                "class_code": class_code,
                "mask": mask,
                "rule_code": rule.code,
                "other_rules": others,
                "interval": rule.interval,
                "checklist_id": lists[rule.checklist_code].id,
            }
        )
    plan.periods = _periods(intervals, request)
    if only_known:
        plan.periods = [period for period in plan.periods if is_countable(period, calendar.years)]
    plan.members = _members(row[0] for row in _rows(plan_sql.GRIDS, plan))
    plan.orphans = _rows(plan_sql.ORPHANS, plan)[0][0]
    return plan


def count(plan: Plan) -> PlanOut:
    """Return what `make` would do."""
    tally = Tally()
    for _, periods in _months(plan):
        made = tally.add(_rows(plan_sql.WOULD_MAKE, plan, periods))
        tally.already_there += _rows(plan_sql.COUNT_DUE, plan, periods)[0][0] - made
    return _out(plan, tally)


def make(plan: Plan) -> PlanOut:
    """Make the orders: a month that has no table yet is filled bare and indexed afterwards. Rule: OR-5."""
    tally = Tally()
    month_tables.lock()
    for month, periods in _months(plan):
        if month_tables.is_free(month):
            name = month_tables.create_bare(month)
            with connection.cursor() as cursor:
                statement = plan_sql.INSERT.format(
                    table=name, columns=plan_sql.COLUMNS, due=plan_sql.DUE.format(mask=plan.mask)
                )
                cursor.execute(statement, plan.parameters(periods))
            tally.add(_rows(plan_sql.MADE.replace("{table}", name), plan))
            month_tables.attach(month)
        else:
            ensure_months(month_tables.TABLE, month, month)
            due = _rows(plan_sql.COUNT_DUE, plan, periods)[0][0]
            tally.already_there += due - tally.add(_rows(plan_sql.ADD, plan, periods))
    return _out(plan, tally)


def _out(plan: Plan, tally: Tally) -> PlanOut:
    return PlanOut(
        made=sum(tally.by_rule.values()),
        already_there=tally.already_there,
        by_rule=dict(sorted(tally.by_rule.items())),
        unassigned=tally.unassigned,
        venues_without_rule=plan.without_rule,
        orphans=plan.orphans,
    )


def _rows(statement: str, plan: Plan, periods: Iterable[Period] = ()) -> list[tuple[Any, ...]]:
    due = plan_sql.DUE.format(mask=plan.mask)
    insert = plan_sql.INSERT.format(table=month_tables.TABLE, columns=plan_sql.COLUMNS, due=due)
    text = statement.replace("{insert}", insert).replace("{due}", due).replace("{mask}", plan.mask)
    with connection.cursor() as cursor:
        cursor.execute(text, plan.parameters(periods))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _periods(intervals: Iterable[Interval], request: PlanRequest) -> list[Period]:
    periods = [
        period
        for interval in sorted(intervals)
        for period in periods_between(interval, request.starts_on, request.ends_on)
    ]
    return sorted(periods, key=lambda period: period.starts_on)


def _months(plan: Plan) -> list[tuple[date, list[Period]]]:
    """Return the periods by the month in which they start, which is the month of their orders' ids."""
    return [
        (month, list(periods))
        for month, periods in groupby(plan.periods, key=lambda period: period.starts_on.replace(day=1))
    ]


def _period(period: Period, is_workday: Callable[[date], bool]) -> dict[str, Any]:
    milliseconds = int(stamp_of(period.starts_on).timestamp() * 1000)
    return {
        "interval": period.interval.value,
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "due_on": due_on(period, is_workday).isoformat(),
        "days": [day.isoformat() for day in working_days(period, is_workday)],
        "stamp": f"{milliseconds:012x}",
    }


def _members(paths: Iterable[str]) -> dict[str, int]:
    """Return who covers each path: the primary member of the longest path that has one (WH-07)."""
    chains = {path: ancestors(path)[::-1] for path in paths}
    known = territory.members_of({step for chain in chains.values() for step in chain}, LAYER)
    found = {
        path: next((known[step] for step in chain if step in known), None) for path, chain in chains.items()
    }
    return {path: member for path, member in found.items() if member is not None}


def _mask(tags: Sequence[str]) -> str:
    """Return the SQL of the bits: bit n is set if the place carries the n-th tag."""
    wanted = "v.tags @> ARRAY[(%(tags)s::varchar[])[{}]]"
    bits = [f"CASE WHEN {wanted.format(n + 1)} THEN {1 << n} ELSE 0 END" for n in range(len(tags))]
    return f"({' + '.join(bits)})::bigint" if bits else "0::bigint"


def _like(scope: str) -> str:
    return scope.replace("_", r"\_") + "%"


def days_ahead(today: date, days: int) -> PlanRequest:
    """Return the request for `days` days from today."""
    return PlanRequest(starts_on=today, ends_on=today + timedelta(days=days))
