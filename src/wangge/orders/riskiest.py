"""The riskiest places of each grid, each week an order of their own (WH-26, FQ-03)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from wangge.checklists import queries as checklists
from wangge.kernel import audit
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import assemble
from wangge.orders import assignment_sql, month_tables, planning, risk_sql
from wangge.orders.assigned import order_values, pack_version
from wangge.orders.models import Assignment, PlanRule, RiskScore, RiskWeight
from wangge.orders.risk_rules import Facts, Reason, Signal, Weight, reasons_of
from wangge.orders.rules import AssignmentKind, Interval, period_of, winning_rule

MOST = "riskiest_a_grid"  # the row that says how many places a grid; without it nothing is done
COUNTED = (Signal.OPEN_CASE, Signal.SEVERE_CASE, Signal.YEAR_CASE, Signal.MISSED, Signal.UNSEEN_MONTH)
WEEK = timedelta(days=7)


class Risky(NamedTuple):
    """One of the riskiest places of a grid."""

    venue_id: UUID
    grid_path: str
    facts: Facts
    score: int


@transaction.atomic
def install_risk_weights(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make `rows` the active weights; those of other versions are kept, inactive. Rule: OR-34, PK-4."""
    RiskWeight.objects.exclude(pack_version=pack_version).filter(is_active=True).update(is_active=False)
    RiskWeight.objects.bulk_create(
        (RiskWeight(**row, pack_version=pack_version, is_active=True) for row in rows),
        update_conflicts=True,
        unique_fields=["code", "pack_version"],
        update_fields=["is_active"],
    )


def rank(scope: str, weights: Sequence[Weight], *, most: int, at: datetime) -> list[Risky]:
    """Return the places of each grid with the most points, at most `most` a grid, set by set. Rule: OR-34."""
    today = at.astimezone(CHINA).date()
    values: dict[str, Any] = {
        "scope": planning.pattern(scope),
        "at": at,
        "today": today,
        "week": str(period_of(Interval.WEEK, today).starts_on),
        "since": month_tables.bounds(today - timedelta(days=500))[0],
        "weights": json.dumps([asdict(one) for one in weights]),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(risk_sql.RANKED, values)
        return [
            Risky(key, path, Facts(class_code, tags, dict(zip(COUNTED, counts, strict=True))), score)
            for key, path, class_code, tags, *counts, score in cursor.fetchall()
        ]


@transaction.atomic
def order_riskiest(scope: str, *, most: int, at: datetime) -> int:
    """Make this week's orders for the riskiest places below a scope, once a week; return how many.

    Rule: OR-34 (WH-26: two a grid). Done twice in a week it makes nothing more. A place is asked with the
          list of its plan rule; without a rule for it, with the first list in force.
    """
    rows = list(RiskWeight.objects.filter(is_active=True))
    weights = [Weight(row.code, Signal(row.signal), row.of, row.points, row.most) for row in rows]
    today = at.astimezone(CHINA).date()
    week = period_of(Interval.WEEK, today)
    month_tables.lock()
    identifier = _id_of(scope, week.starts_on)
    if not weights or Assignment.objects.filter(id=identifier).exists():
        return 0
    found = rank(scope, weights, most=most, at=at)
    if not found:
        return 0
    row = Assignment.objects.create(
        id=identifier,
        kind=AssignmentKind.RISKIEST.value,
        path=scope,
        reason="",
        class_code="",
        checklist_code="",
        starts_on=week.starts_on,
        ends_on=week.ends_on,
        made_at=at,
    )
    made = _make(row, found, today)
    _explain(made, found, weights)
    detail = {"made": len(made), "week": str(week.starts_on), "most": most}
    audit.record([("orders.riskiest", "assignment", str(row.id), detail)], actor=None, at=at)
    return len(made)


def _id_of(scope: str, monday: date) -> UUID:
    bits = int(sha256(f"riskiest|{scope}".encode()).hexdigest()[:18], 16)
    return assemble(month_tables.midnight(monday), bits)


def _make(row: Assignment, found: Sequence[Risky], today: date) -> dict[UUID, UUID]:
    """Make the orders, list by list; return the order of each place."""
    rules = list(PlanRule.objects.filter(is_active=True, season="", subject="venue"))
    lists = {one.code: one for one in checklists.list_in_force(today)}
    by_list: dict[str, list[Risky]] = {}
    for one in found:
        won = winning_rule(rules, one.facts.class_code, one.facts.tags)
        code = won[0].checklist_code if won and won[0].checklist_code in lists else next(iter(lists), "")
        if code:
            by_list.setdefault(code, []).append(one)
    members = planning.members_of({one.grid_path for one in found})
    made: dict[UUID, UUID] = {}
    starts_on = max(row.starts_on, today)
    for code, places in sorted(by_list.items()):
        values = order_values(AssignmentKind.RISKIEST, row.id, starts_on, row.ends_on, lists[code], row.path)
        values |= {
            "venues": [one.venue_id for one in places],
            "members": [members.get(one.grid_path) for one in places],
        }
        with connection.cursor() as cursor:
            cursor.execute(assignment_sql.MAKE_PICKED, values)
            made |= {venue: order for order, venue in cursor.fetchall()}
    return made


def _explain(made: Mapping[UUID, UUID], found: Sequence[Risky], weights: Sequence[Weight]) -> None:
    """Keep beside each order why: what was known of the place that week."""
    version = pack_version()
    RiskScore.objects.bulk_create(
        RiskScore(
            order_id=made[one.venue_id],
            score=one.score,
            reasons=[_told(reason) for reason in reasons_of(one.facts, weights)],
            pack_version=version,
        )
        for one in found
        if one.venue_id in made
    )


def _told(reason: Reason) -> dict[str, Any]:
    return asdict(reason)
