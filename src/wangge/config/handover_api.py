"""A post ends and its work goes on: the one place that knows what every room gives people (ADR 21)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router

from wangge.cases.services import CaseKeeper
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, answer, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.orders.services import OrderKeeper
from wangge.territory import handing_over, handovers
from wangge.territory.handover_schemas import HandoverIn, HandoverPage, LeaverOut
from wangge.territory.services import Keeper

router = Router(tags=["staff"])
KEEPERS: tuple[Keeper, ...] = (OrderKeeper(), CaseKeeper())


@router.get("", response={200: HandoverPage, (403, 422): Refusal}, operation_id="list_handovers")
def list_handovers(request: ActorRequest, cursor: str = "", limit: int = 20) -> HandoverPage:
    """Handovers in the caller's territory, newest first."""
    return handovers.list_handovers(request.actor, cursor=cursor, limit=max(1, min(limit, 100)))


@router.get("/preview", response={200: LeaverOut, (403, 404, 422): Refusal}, operation_id="preview_handover")
def preview_handover(request: ActorRequest, post_id: int, ends_on: date) -> LeaverOut:
    """What would go on if a post ended on a day, counted and listed, and who may take over."""
    return handovers.preview_handover(
        request.actor, post_id, ends_on=ends_on, keepers=KEEPERS, today=clock.today()
    )


@router.post(
    "", response={200: FateOut, 208: FateOut, (403, 404, 409, 422): FateOut}, operation_id="hand_over"
)
def hand_over(request: ActorRequest, body: HandoverIn) -> Any:
    """End a post and give on what is open, to whom is said for each kind."""
    return answer(
        handing_over.hand_over_many([body], keepers=KEEPERS, actor=request.actor, at=clock.now())[0]
    )


@router.post("/batch", response=list[FateOut], operation_id="hand_over_many")
def hand_over_many(request: ActorRequest, body: list[HandoverIn]) -> list[dict[str, Any]]:
    """A whole street changes hands: one fate a post, in order; at most 500."""
    return fate_bodies(
        handing_over.hand_over_many(body, keepers=KEEPERS, actor=request.actor, at=clock.now())
    )


@router.post(
    "/{uuid:handover_id}/undo",
    response={200: dict[str, int], (403, 404, 409): Refusal},
    operation_id="undo_handover",
)
def undo_handover(request: ActorRequest, handover_id: UUID) -> dict[str, int]:
    """Give everything back while nobody acted on it; how many of each kind."""
    return dict(handing_over.undo_handover(handover_id, keepers=KEEPERS, actor=request.actor, at=clock.now()))
