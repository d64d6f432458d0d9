"""HTTP face of orders. It translates; the rules are in services."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Query, Router

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, answer, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.orders import queries, services
from wangge.orders.schemas import (
    GridOrders,
    OrderDetail,
    OrderFigures,
    OrderFilter,
    OrderPage,
    OrderResult,
    PlanOut,
    PlanRequest,
    PlanRuleOut,
)

router = Router(tags=["orders"])


@router.get("", response=OrderPage, operation_id="list_orders")
def list_orders(request: ActorRequest, filters: Query[OrderFilter]) -> OrderPage:
    return queries.list_orders(request.actor, filters, today=clock.today())


@router.get("/rules", response=list[PlanRuleOut], operation_id="list_plan_rules")
def list_plan_rules(request: ActorRequest) -> list[PlanRuleOut]:
    return queries.list_plan_rules()


@router.get(
    "/figures/by-grid", response={200: list[GridOrders], 403: Refusal}, operation_id="count_orders_by_grid"
)
def count_orders_by_grid(request: ActorRequest, first_on: date, last_on: date) -> list[GridOrders]:
    """Orders done from the first to the last day, by the grid of that moment (China's days)."""
    since, until = clock.days(first_on, last_on)
    return queries.count_by_grid(request.actor, since=since, until=until)


@router.get("/figures", response={200: OrderFigures, 403: Refusal}, operation_id="get_order_figures")
def get_order_figures(
    request: ActorRequest, opens_from: date | None = None, opens_to: date | None = None
) -> OrderFigures:
    """Orders made, done, on time, missed, overdue, and the hit rate; `opens_to` is exclusive."""
    return queries.get_figures(request.actor, today=clock.today(), opens_from=opens_from, opens_to=opens_to)


@router.post("/plan", response={200: PlanOut, 403: Refusal}, operation_id="plan_orders")
def plan_orders(request: ActorRequest, plan: PlanRequest) -> PlanOut:
    """Make the orders of a period inside the caller's scope. Planning twice makes none twice."""
    return services.plan_orders(plan, actor=request.actor, at=clock.now())


@router.post("/results", response=list[FateOut], operation_id="complete_orders")
def complete_orders(request: ActorRequest, results: list[OrderResult]) -> list[dict[str, Any]]:
    """What happened at many places, one fate each, in order; at most 500."""
    return fate_bodies(services.complete_orders(results, actor=request.actor, at=clock.now()))


@router.post(
    "/result",
    response={200: FateOut, 208: FateOut, (403, 404, 409, 422): FateOut},
    operation_id="complete_order",
)
def complete_order(request: ActorRequest, result: OrderResult) -> Any:
    return answer(services.complete_orders([result], actor=request.actor, at=clock.now())[0])


@router.get("/{uuid:order_id}", response={200: OrderDetail, 404: Refusal}, operation_id="get_order")
def get_order(request: ActorRequest, order_id: UUID) -> OrderDetail:
    return queries.get_detail(request.actor, order_id, today=clock.today())
