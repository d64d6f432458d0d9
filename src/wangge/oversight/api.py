"""HTTP face of oversight. It translates; the rules are in services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from ninja import Query, Router

from wangge.cases.schemas import CaseFilter
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.oversight import moving, queries, services
from wangge.oversight.schemas import (
    ActCommand,
    ActPage,
    AnswerCommand,
    CaseOversight,
    ClimbPage,
    DepartmentPage,
    LatePage,
    LiftCommand,
    MovedOut,
    MoveIn,
    MovePage,
    PromiseLight,
    PromiseLightsIn,
    ReplyCommand,
)

router = Router(tags=["oversight"])
NO: dict[Any, Any] = {(403, 404, 409, 422): Refusal}


@router.get("/late", response={200: LatePage, **NO}, operation_id="list_late_cases")
def list_late_cases(request: ActorRequest, filters: Query[CaseFilter]) -> LatePage:
    """Late cases with what was done about each; the filters are those of the list of cases."""
    return queries.list_late(request.actor, filters, at=clock.now())


@router.get("/late/export.{suffix}", response={200: None, **NO}, operation_id="export_late_cases")
def export_late_cases(request: ActorRequest, suffix: str, filters: Query[CaseFilter]) -> HttpResponseBase:
    """The late cases as a file; `suffix` is csv or xlsx."""
    return services.export_late(request.actor, filters, suffix, at=clock.now())


@router.get("/climbs", response={200: ClimbPage, **NO}, operation_id="list_climbs")
def list_climbs(
    request: ActorRequest, mine: bool = False, cursor: UUID | None = None, limit: int = 50
) -> ClimbPage:
    """What climbed, newest first; `mine`: what climbed to the caller's post."""
    role = request.actor.role if mine else None
    limit = min(max(limit, 1), 200)
    return queries.list_climbs(request.actor, role=role, cursor=cursor, limit=limit, at=clock.now())


@router.get("/acts", response={200: ActPage, **NO}, operation_id="list_acts")
def list_acts(
    request: ActorRequest, department_id: int | None = None, cursor: UUID | None = None, limit: int = 50
) -> ActPage:
    """Letters and cards that stand, newest first."""
    limit = min(max(limit, 1), 200)
    return queries.list_acts(
        request.actor, department_id=department_id, cursor=cursor, limit=limit, at=clock.now()
    )


@router.get("/departments", response={200: DepartmentPage, **NO}, operation_id="list_late_departments")
def list_late_departments(request: ActorRequest, offset: int = 0, limit: int = 50) -> DepartmentPage:
    """What is late and what stands against each department, the worst first."""
    offset, limit = max(offset, 0), min(max(limit, 1), 200)
    return queries.list_departments(request.actor, offset=offset, limit=limit, at=clock.now())


@router.post("/promise-lights", response={200: list[PromiseLight], **NO}, operation_id="list_promise_lights")
def list_promise_lights(request: ActorRequest, body: PromiseLightsIn) -> list[PromiseLight]:
    """What the reporters of these cases still wait for, with its light; for a page of a list."""
    return queries.list_promise_lights(request.actor, body.case_ids, at=clock.now())


@router.get("/cases/{uuid:case_id}", response={200: CaseOversight, **NO}, operation_id="get_case_oversight")
def get_case_oversight(request: ActorRequest, case_id: UUID) -> CaseOversight:
    return queries.get_case(request.actor, case_id, at=clock.now())


@router.post("/acts", response=list[FateOut], operation_id="take_acts")
def take_acts(request: ActorRequest, acts: list[ActCommand]) -> list[dict[str, Any]]:
    """Urge, supervise or show cards, one fate each, in order; at most 500."""
    return fate_bodies(services.take_acts(acts, actor=request.actor, at=clock.now()))


@router.post("/answers", response=list[FateOut], operation_id="answer_acts")
def answer_acts(request: ActorRequest, answers: list[AnswerCommand]) -> list[dict[str, Any]]:
    """A department's answers to letters and cards."""
    return fate_bodies(services.answer_acts(answers, actor=request.actor, at=clock.now()))


@router.post("/lifts", response=list[FateOut], operation_id="lift_acts")
def lift_acts(request: ActorRequest, lifts: list[LiftCommand]) -> list[dict[str, Any]]:
    """Take back letters and cards, with the reason."""
    return fate_bodies(services.lift_acts(lifts, actor=request.actor, at=clock.now()))


@router.post("/replies", response=list[FateOut], operation_id="reply_to_reporters")
def reply_to_reporters(request: ActorRequest, replies: list[ReplyCommand]) -> list[dict[str, Any]]:
    """What reporters were told; it keeps the promise of an answer."""
    return fate_bodies(services.reply_to_reporters(replies, actor=request.actor, at=clock.now()))


@router.get("/moves", response={200: MovePage, **NO}, operation_id="list_deadline_moves")
def list_deadline_moves(request: ActorRequest, beyond: UUID | None = None) -> MovePage:
    """What the last change of the calendar would move; nothing moves until somebody says so."""
    return moving.list_moves(request.actor, beyond=beyond)


@router.post("/moves", response={200: MovedOut, **NO}, operation_id="move_deadlines")
def move_deadlines(request: ActorRequest, given: MoveIn) -> MovedOut:
    """Move the deadlines of the listed cases, each as a mark of the caller."""
    return services.move_deadlines(given, actor=request.actor, at=clock.now())
