"""HTTP face of the indicators."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from ninja import Query, Router

from wangge.appraisal import behind, exporting, queries, services
from wangge.appraisal.schemas import BehindPage, FigureFilter, FigureTable, IndicatorOut, RowFilter
from wangge.appraisal.target_schemas import TargetFilter, TargetIn, TargetTable
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal

router = Router(tags=["appraisal"])
NO: dict[Any, Any] = {(403, 404, 422): Refusal}


@router.get("/indicators", response={200: list[IndicatorOut], **NO}, operation_id="list_indicators")
def list_indicators(request: ActorRequest) -> list[IndicatorOut]:
    """What the figures are made of."""
    return queries.list_indicators(request.actor)


@router.get("/figures", response={200: FigureTable, **NO}, operation_id="get_indicator_figures")
def get_indicator_figures(request: ActorRequest, filters: Query[FigureFilter]) -> FigureTable:
    """Every indicator of a territory and a span of months, in all and by group."""
    return queries.get_figures(request.actor, filters, at=clock.now())


@router.get("/figures/export.{suffix}", response={200: None, **NO}, operation_id="export_indicator_figures")
def export_indicator_figures(
    request: ActorRequest, suffix: str, filters: Query[FigureFilter]
) -> HttpResponseBase:
    """The figures as a file; `suffix` is csv or xlsx."""
    return exporting.export_figures(request.actor, filters, suffix, at=clock.now())


@router.get("/rows", response={200: BehindPage, **NO}, operation_id="list_rows_behind")
def list_rows_behind(request: ActorRequest, filters: Query[RowFilter]) -> BehindPage:
    """The cases or orders behind one figure: as many as it says."""
    return behind.list_rows(request.actor, filters)


@router.get("/targets", response={200: TargetTable, **NO}, operation_id="list_targets")
def list_targets(request: ActorRequest, filters: Query[TargetFilter]) -> TargetTable:
    """The targets of a territory in a year: plan, fact and forecast of each month or year."""
    return queries.list_targets(request.actor, filters, at=clock.now())


@router.get("/targets/export.{suffix}", response={200: None, **NO}, operation_id="export_targets")
def export_targets(request: ActorRequest, suffix: str, filters: Query[TargetFilter]) -> HttpResponseBase:
    """The same as a file, a row a period; `suffix` is csv or xlsx."""
    return exporting.export_targets(request.actor, filters, suffix, at=clock.now())


@router.post("/targets", response={200: list[FateOut], 403: Refusal}, operation_id="set_targets")
def set_targets(request: ActorRequest, targets: list[TargetIn]) -> list[dict[str, Any]]:
    """Targets that territories set, change or give up, one fate each; at most 500."""
    return fate_bodies(services.set_targets(targets, actor=request.actor, at=clock.now()))
