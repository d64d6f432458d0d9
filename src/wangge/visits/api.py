"""HTTP face of visits. It translates; the rules are in services."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import Query, Router

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.visits import queries, services
from wangge.visits.coverage import read_month
from wangge.visits.schemas import (
    ArrivalCallIn,
    ArrivalFilter,
    ArrivalPage,
    ArriveIn,
    CoveragePage,
    PersonDetail,
    PersonFilter,
    PersonPage,
    QuickFilter,
    QuickPage,
    QuickReportIn,
    RevealedVisited,
    VisitedPersonIn,
    VisitFigures,
    VisitIn,
    VisitPage,
    VisitRevealIn,
    VisitWords,
)

router = Router(tags=["visits"])
NO = {(403, 404, 409, 422): Refusal}


@router.get("/words", response={200: VisitWords, 403: Refusal}, operation_id="get_visit_words")
def get_visit_words(request: ActorRequest) -> VisitWords:
    """Groups, triggers and kinds of reports of the pack, and the bounds of proof."""
    return queries.get_words(request.actor)


@router.get("/people", response={200: PersonPage, **NO}, operation_id="list_visited_people")
def list_visited_people(request: ActorRequest, filters: Query[PersonFilter]) -> PersonPage:
    """People to visit, masked; no list is narrowed by a protected group."""
    return queries.list_people(request.actor, filters, today=clock.today())


@router.post("/people", response={200: list[FateOut], **NO}, operation_id="save_visited_people")
def save_visited_people(request: ActorRequest, commands: list[VisitedPersonIn]) -> list[dict[str, Any]]:
    """Write people into the register, a fate each, at most 500."""
    return fate_bodies(services.save_people(commands, actor=request.actor, at=clock.now()))


@router.get("/people/export.{suffix}", response={200: None, **NO}, operation_id="export_visited_people")
def export_visited_people(
    request: ActorRequest, suffix: str, filters: Query[PersonFilter]
) -> StreamingHttpResponse:
    return services.export_people(request.actor, filters, suffix, at=clock.now())


@router.get("/people/{uuid:person_id}", response={200: PersonDetail, **NO}, operation_id="get_visited_person")
def get_visited_person(request: ActorRequest, person_id: UUID) -> PersonDetail:
    """A person, masked, with the last visits."""
    return queries.get_person(request.actor, person_id, today=clock.today())


@router.post(
    "/people/{uuid:person_id}/reveal",
    response={200: RevealedVisited, **NO},
    operation_id="reveal_visited_person",
)
def reveal_visited_person(request: ActorRequest, person_id: UUID, body: VisitRevealIn) -> RevealedVisited:
    """Name, phone and protected groups; the reason stays in the audit trail."""
    return services.reveal_person(person_id, body.reason, actor=request.actor, at=clock.now())


@router.get("", response={200: VisitPage, **NO}, operation_id="list_visits")
def list_visits(
    request: ActorRequest,
    grid: str = "",
    first_on: date | None = None,
    last_on: date | None = None,
    cursor: str = "",
    limit: int = 50,
) -> VisitPage:
    """Visits, newest first."""
    return queries.list_visits(
        request.actor,
        grid=grid,
        first_on=first_on,
        last_on=last_on,
        cursor=cursor,
        limit=max(1, min(limit, 200)),
    )


@router.post("", response={200: list[FateOut], **NO}, operation_id="record_visits")
def record_visits(request: ActorRequest, commands: list[VisitIn]) -> list[dict[str, Any]]:
    """Visits to people, a fate each, at most 500."""
    return fate_bodies(services.record_visits(commands, actor=request.actor, at=clock.now()))


@router.get("/arrivals", response={200: ArrivalPage, **NO}, operation_id="list_arrivals")
def list_arrivals(request: ActorRequest, filters: Query[ArrivalFilter]) -> ArrivalPage:
    """Calls to places, newest first."""
    return queries.list_arrivals(request.actor, filters, at=clock.now())


@router.post("/arrivals", response={200: list[FateOut], **NO}, operation_id="record_arrivals")
def record_arrivals(request: ActorRequest, commands: list[ArriveIn]) -> list[dict[str, Any]]:
    """Somebody is there: time, position and photos prove it. A fate each, at most 500."""
    return fate_bodies(services.record_arrivals(commands, actor=request.actor, at=clock.now()))


@router.post("/calls", response={200: list[FateOut], **NO}, operation_id="call_arrivals")
def call_arrivals(request: ActorRequest, commands: list[ArrivalCallIn]) -> list[dict[str, Any]]:
    """Call somebody to a place by hand. A fate each, at most 500."""
    return fate_bodies(services.call_by_hand(commands, actor=request.actor, at=clock.now()))


@router.get("/arrivals/export.{suffix}", response={200: None, **NO}, operation_id="export_arrivals")
def export_arrivals(
    request: ActorRequest, suffix: str, filters: Query[ArrivalFilter]
) -> StreamingHttpResponse:
    return services.export_arrivals(request.actor, filters, suffix, at=clock.now())


@router.get("/reports", response={200: QuickPage, **NO}, operation_id="list_quick_reports")
def list_quick_reports(request: ActorRequest, filters: Query[QuickFilter]) -> QuickPage:
    """Quick reports, newest first."""
    return queries.list_reports(request.actor, filters)


@router.post("/reports", response={200: list[FateOut], **NO}, operation_id="take_quick_reports")
def take_quick_reports(request: ActorRequest, commands: list[QuickReportIn]) -> list[dict[str, Any]]:
    """Quick reports; each makes a case or changes a register. A fate each, at most 500."""
    return fate_bodies(services.take_reports(commands, actor=request.actor, at=clock.now()))


@router.get("/reports/export.{suffix}", response={200: None, **NO}, operation_id="export_quick_reports")
def export_quick_reports(
    request: ActorRequest, suffix: str, filters: Query[QuickFilter]
) -> StreamingHttpResponse:
    return services.export_reports(request.actor, filters, suffix, at=clock.now())


@router.get("/figures", response={200: VisitFigures, **NO}, operation_id="get_visit_figures")
def get_visit_figures(request: ActorRequest, grid: str = "", month: str = "") -> VisitFigures:
    """A month of a territory: coverage, arrivals, reports."""
    today = clock.today()
    return queries.get_figures(request.actor, grid=grid, month=read_month(month, today), today=today)


@router.get("/coverage", response={200: CoveragePage, **NO}, operation_id="list_visit_coverage")
def list_visit_coverage(
    request: ActorRequest, grid: str = "", month: str = "", cursor: str = "", limit: int = 100
) -> CoveragePage:
    """How far each grid is in a month."""
    today = clock.today()
    month_on, limit = read_month(month, today), max(1, min(limit, 500))
    return queries.list_coverage(
        request.actor, grid=grid, month=month_on, today=today, cursor=cursor, limit=limit
    )
