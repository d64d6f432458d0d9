"""HTTP face of looking again. It translates; the rules are in services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import Query, Router

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.rechecks import queries, services
from wangge.rechecks.schemas import (
    RecheckDetail,
    RecheckDrawIn,
    RecheckDrawPage,
    RecheckFigureFilter,
    RecheckFigures,
    RecheckPopulationIn,
    RecheckPopulationOut,
    RecheckResultIn,
    RecheckWithdrawIn,
)

router = Router(tags=["rechecks"])
NO: dict[Any, Any] = {(403, 404, 422): Refusal}


@router.get("", response={200: RecheckDrawPage, **NO}, operation_id="list_draws")
def list_draws(request: ActorRequest, cursor: UUID | None = None, limit: int = 20) -> RecheckDrawPage:
    """Draws of the own territory, newest first."""
    return queries.list_draws(request.actor, cursor=cursor, limit=min(max(limit, 1), 100), at=clock.now())


@router.post("", response=list[FateOut], operation_id="draw_samples")
def draw_samples(request: ActorRequest, draws: list[RecheckDrawIn]) -> list[dict[str, Any]]:
    """Draw samples of what was done, a fate each."""
    return fate_bodies(services.draw_samples(draws, actor=request.actor, at=clock.now()))


@router.get("/population", response={200: RecheckPopulationOut, **NO}, operation_id="count_draw_population")
def count_draw_population(request: ActorRequest, given: Query[RecheckPopulationIn]) -> RecheckPopulationOut:
    """From how much would be drawn."""
    return queries.count_population(request.actor, given)


@router.get("/figures", response={200: RecheckFigures, **NO}, operation_id="get_recheck_figures")
def get_recheck_figures(request: ActorRequest, filters: Query[RecheckFigureFilter]) -> RecheckFigures:
    """What looking again told of the work of each member."""
    return queries.get_figures(request.actor, filters)


@router.post("/results", response=list[FateOut], operation_id="record_recheck_results")
def record_recheck_results(request: ActorRequest, results: list[RecheckResultIn]) -> list[dict[str, Any]]:
    """What was found, a fate each; at most 500."""
    return fate_bodies(services.record_results(results, actor=request.actor, at=clock.now()))


@router.get("/{uuid:draw_id}", response={200: RecheckDetail, **NO}, operation_id="get_draw")
def get_draw(request: ActorRequest, draw_id: UUID) -> RecheckDetail:
    return queries.get_draw(request.actor, draw_id, at=clock.now())


@router.post("/{uuid:draw_id}/withdraw", response={200: RecheckDetail, **NO}, operation_id="withdraw_draw")
def withdraw_draw(request: ActorRequest, draw_id: UUID, body: RecheckWithdrawIn) -> RecheckDetail:
    """Let a draw count for nothing, with the reason; it stays in the list."""
    services.withdraw(draw_id, body.reason, actor=request.actor, at=clock.now())
    return queries.get_draw(request.actor, draw_id, at=clock.now())


@router.get("/{uuid:draw_id}/export.{suffix}", response={200: None, **NO}, operation_id="export_draw")
def export_draw(request: ActorRequest, draw_id: UUID, suffix: str) -> StreamingHttpResponse:
    """What was drawn and found as csv or xlsx."""
    return services.export_draw(request.actor, draw_id, suffix, at=clock.now())


@router.get(
    "/{uuid:draw_id}/population.{suffix}", response={200: None, **NO}, operation_id="export_draw_population"
)
def export_draw_population(request: ActorRequest, draw_id: UUID, suffix: str) -> StreamingHttpResponse:
    """All that was drawn from, with the rank by the seed: anybody can draw it again."""
    return services.export_population(request.actor, draw_id, suffix, at=clock.now())
