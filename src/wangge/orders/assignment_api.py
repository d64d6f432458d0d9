"""HTTP face of visits that are asked for beside the plan."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Router
from ninja.responses import Status
from pydantic import Field

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.orders import assignment_queries, services
from wangge.orders.assignment_schemas import (
    AlikeCount,
    AlikeDone,
    AlikeIn,
    AlikeProposal,
    AssignmentPage,
    Undone,
)

router = Router(tags=["orders"])
NO = {(403, 404, 409, 422): Refusal}


@router.get("", response={200: AssignmentPage, **NO}, operation_id="list_assignments")
def list_assignments(
    request: ActorRequest, cursor: str = "", limit: Annotated[int, Field(ge=1, le=200)] = 50
) -> AssignmentPage:
    """What was asked for beside the plan, the latest first, and how far it is."""
    return assignment_queries.list_assignments(request.actor, cursor=cursor, limit=limit, today=clock.today())


@router.get("/alike", response={200: AlikeProposal, **NO}, operation_id="propose_alike")
def propose_alike(request: ActorRequest, case_id: UUID) -> AlikeProposal:
    """What a case proposes: like places of the own territory, in the week to come."""
    return assignment_queries.propose_alike(request.actor, case_id, today=clock.today())


@router.post("/alike/count", response={200: AlikeCount, **NO}, operation_id="count_alike")
def count_alike(request: ActorRequest, body: AlikeIn) -> AlikeCount:
    """How many visits the order for like places would make; nothing is written."""
    return services.count_alike(body, actor=request.actor, at=clock.now())


@router.post("/alike", response={(200, 208): AlikeDone, **NO}, operation_id="order_alike")
def order_alike(request: ActorRequest, body: AlikeIn) -> Any:
    """Make an order for each like place; 208 if this command came before."""
    done, is_new = services.order_alike(body, actor=request.actor, at=clock.now())
    return Status(200 if is_new else 208, done)


@router.post("/{uuid:assignment_id}/undo", response={200: Undone, **NO}, operation_id="undo_assignment")
def undo_assignment(request: ActorRequest, assignment_id: UUID) -> Undone:
    """Take back what nobody has visited yet."""
    return services.undo_assignment(assignment_id, actor=request.actor, at=clock.now())
