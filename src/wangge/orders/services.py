"""Writes of orders: the rules a pack installs, planning, doing, and closing what nobody did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.orders import planning, queries
from wangge.orders.assigning import count_alike, order_alike
from wangge.orders.assigning import undo as undo_assignment
from wangge.orders.assignment_schemas import AlikeIn
from wangge.orders.campaign_schemas import CampaignIn, PhaseIn, VerdictIn
from wangge.orders.campaigns import count_campaign, judge_campaign, start_campaign
from wangge.orders.completing import complete_orders
from wangge.orders.declaring import declare_spell, end_spell
from wangge.orders.draw_schemas import DoubleDrawIn
from wangge.orders.drawing import count_pool, export_draw, make_draw
from wangge.orders.handing import OrderKeeper
from wangge.orders.levelling import level_days
from wangge.orders.models import PlanCapacity, PlanRule, PlanSeason
from wangge.orders.plan_sql import CLOSE_MISSED
from wangge.orders.refusals import RangeTooLong
from wangge.orders.regridding import OrderMover
from wangge.orders.rehousing import OrderMergeMover
from wangge.orders.relisting import install_visit_limits, relist
from wangge.orders.riskiest import install_risk_weights, order_riskiest
from wangge.orders.schemas import LevelOut, PlanOut, PlanRequest

__all__ = [
    "AlikeIn",
    "CampaignIn",
    "DoubleDrawIn",
    "OrderKeeper",
    "OrderMergeMover",
    "OrderMover",
    "PhaseIn",
    "VerdictIn",
    "add_up",
    "close_missed",
    "complete_orders",
    "count_alike",
    "count_campaign",
    "count_pool",
    "declare_spell",
    "end_spell",
    "export_draw",
    "install_capacity",
    "install_plan_rules",
    "install_risk_weights",
    "install_seasons",
    "install_visit_limits",
    "judge_campaign",
    "level_days",
    "level_for",
    "make_draw",
    "order_alike",
    "order_riskiest",
    "order_riskiest_everywhere",
    "plan_ahead",
    "plan_orders",
    "relist",
    "start_campaign",
    "undo_assignment",
]
LONGEST_PLAN_DAYS = 400


@transaction.atomic
def install_plan_rules(rules: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make `rules` the active ones; rows of other versions are kept, inactive. Rule: PK-4."""
    PlanRule.objects.exclude(pack_version=pack_version).filter(is_active=True).update(is_active=False)
    PlanRule.objects.bulk_create(
        (PlanRule(**rule, pack_version=pack_version, is_active=True) for rule in rules),
        update_conflicts=True,
        unique_fields=["code", "pack_version"],
        update_fields=["is_active"],
    )


@transaction.atomic
def install_seasons(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make `rows` the active kinds of intensified periods; those of other versions are kept. Rule: PK-4."""
    PlanSeason.objects.exclude(pack_version=pack_version).filter(is_active=True).update(is_active=False)
    PlanSeason.objects.bulk_create(
        (PlanSeason(**row, pack_version=pack_version, is_active=True) for row in rows),
        update_conflicts=True,
        unique_fields=["code", "pack_version"],
        update_fields=["is_active"],
    )


@transaction.atomic
def install_capacity(
    visits_a_day: int | None, *, is_confirmed: bool, pack_version: str, riskiest_a_grid: int = 0
) -> None:
    """Make a pack's figure the active one; a pack without it says nothing of capacity. Rule: OR-23, PK-4."""
    PlanCapacity.objects.filter(is_active=True).update(is_active=False)
    if visits_a_day is not None:
        PlanCapacity.objects.update_or_create(
            pack_version=pack_version,
            defaults={
                "visits_a_day": visits_a_day,
                "is_confirmed": is_confirmed,
                "riskiest_a_grid": riskiest_a_grid,
                "is_active": True,
            },
        )


@transaction.atomic
def plan_orders(request: PlanRequest, *, actor: Actor, at: datetime) -> PlanOut:
    """Make the orders that open in `[starts_on, ends_on)` inside the actor's scope, each once.

    Raises: NotYourRole, RangeTooLong, ChecklistMissing, YearUnknown.
    Rule:   OR-1 … OR-6. Planning twice, in pieces, in any order makes the same set.
    """
    actor.check_can("orders.plan")
    return _plan(request, actor.scope, actor=actor, at=at)


@transaction.atomic
def level_for(request: PlanRequest, *, actor: Actor, at: datetime) -> LevelOut:
    """Level the days inside the actor's scope. Raises: NotYourRole, RangeTooLong. Rule: OR-22."""
    actor.check_can("orders.plan")
    if not 0 < (request.ends_on - request.starts_on).days <= LONGEST_PLAN_DAYS:
        raise RangeTooLong(starts_on=request.starts_on, days=LONGEST_PLAN_DAYS)
    return level_days(request, actor.scope, actor=actor, at=at)


@transaction.atomic
def plan_ahead(days: int, *, at: datetime) -> PlanOut:
    """Make the orders of the next days everywhere; the daily job, which no unknown year stops.

    Raises: ChecklistMissing.
    Rule:   OR-5 (harmless to repeat), OR-22 (level days), OR-3 (an unknown year waits for its notice).
    """
    request = planning.days_ahead(at.astimezone(CHINA).date(), days)
    scopes = queries.list_top_scopes()
    made = add_up([_plan(request, scope, actor=None, at=at, only_known=True) for scope in scopes])
    for scope in scopes:
        level_days(request, scope, actor=None, at=at)
    return made


def order_riskiest_everywhere(*, at: datetime) -> int:
    """Make this week's orders for the riskiest places of every grid; the daily job. Rule: OR-34."""
    capacity = PlanCapacity.objects.filter(is_active=True).first()
    most = capacity.riskiest_a_grid if capacity else 0
    return sum(order_riskiest(scope, most=most, at=at) for scope in queries.list_top_scopes()) if most else 0


def add_up(plans: Sequence[PlanOut]) -> PlanOut:
    """Return the figures of several plans as one."""
    by_rule: Counter[str] = Counter()
    for one in plans:
        by_rule.update(one.by_rule)
    return PlanOut(
        made=sum(one.made for one in plans),
        already_there=sum(one.already_there for one in plans),
        by_rule=dict(sorted(by_rule.items())),
        withdrawn=sum(one.withdrawn for one in plans),
        unassigned=sum(one.unassigned for one in plans),
        venues_without_rule=sum(one.venues_without_rule for one in plans),
        orphans=sum(one.orphans for one in plans),
    )


def _plan(
    request: PlanRequest, scope: str, *, actor: Actor | None, at: datetime, only_known: bool = False
) -> PlanOut:
    if not 0 < (request.ends_on - request.starts_on).days <= LONGEST_PLAN_DAYS:
        raise RangeTooLong(starts_on=request.starts_on, days=LONGEST_PLAN_DAYS)
    today = at.astimezone(CHINA).date()
    plans = planning.prepare(request, scope, today=today, only_known=only_known)
    if request.dry_run:
        return add_up([planning.count(plan) for plan in plans])
    made = add_up([planning.make(plan) for plan in plans])
    detail = {**made.model_dump(), "starts_on": str(request.starts_on), "ends_on": str(request.ends_on)}
    audit.record([("orders.plan", "scope", scope, detail)], actor=actor, at=at)
    return made


@transaction.atomic
def close_missed(*, at: datetime) -> int:
    """Mark every open order whose period has ended as missed; return how many. Rule: OR-9."""
    today = at.astimezone(CHINA).date()
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_MISSED, {"today": today})
        count: int = cursor.rowcount
    if count:
        detail = {"missed": count, "today": today.isoformat()}
        audit.record([("orders.close_missed", "orders", today.isoformat(), detail)], actor=None, at=at)
    return count
