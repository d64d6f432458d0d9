"""HTTP face of grid drafts. Adoption stands in config: it moves what every room keeps in a grid."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from wangge.grid_drafts import queries, services
from wangge.grid_drafts.schemas import (
    BlockMove,
    Discarding,
    GridDraftIn,
    GridDraftOut,
    GridDraftPage,
    StepBack,
)
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, answer
from wangge.kernel.schemas import FateOut, Refusal
from wangge.territory.schemas import FeatureCollection

router = Router(tags=["grid drafts"])
SINGLE: dict[Any, Any] = {200: FateOut, 208: FateOut, (403, 404, 409, 422): FateOut}
NO = {(403, 404): Refusal}


@router.get("", response={200: GridDraftPage, (403, 422): Refusal}, operation_id="list_grid_drafts")
def list_grid_drafts(request: ActorRequest, cursor: str = "", limit: int = 20) -> GridDraftPage:
    """Drafts inside the caller's scope, newest first."""
    return queries.list_drafts(request.actor, cursor=cursor, limit=max(1, min(limit, 100)))


@router.post("", response=SINGLE, operation_id="request_grid_draft")
def request_grid_draft(request: ActorRequest, body: GridDraftIn) -> Any:
    """Ask for a draft of the grids of a community, street or district; a job makes it. Nothing is adopted."""
    return answer(services.request_draft(body, actor=request.actor, at=clock.now()))


@router.get("/{uuid:draft_id}", response={200: GridDraftOut, **NO}, operation_id="get_grid_draft")
def get_grid_draft(request: ActorRequest, draft_id: UUID) -> GridDraftOut:
    """How far it has come; once it is ready balance, contiguity, compactness, and each community's grids."""
    return queries.get_draft(request.actor, draft_id)


@router.get(
    "/{uuid:draft_id}/shapes.geojson",
    response={200: FeatureCollection, **NO},
    operation_id="list_proposed_shapes",
)
def list_proposed_shapes(request: ActorRequest, draft_id: UUID, community: str = "") -> FeatureCollection:
    """The outlines of the proposed grids with their households."""
    return queries.list_proposed_shapes(request.actor, draft_id, community=community)


@router.get(
    "/{uuid:draft_id}/blocks.geojson",
    response={200: FeatureCollection, **NO},
    operation_id="list_draft_blocks",
)
def list_draft_blocks(request: ActorRequest, draft_id: UUID, community: str, to: int) -> FeatureCollection:
    """The blocks that border on a proposed grid and could go to it."""
    return queries.list_blocks(request.actor, draft_id, community=community, to=to)


@router.post("/{uuid:draft_id}/moves", response=SINGLE, operation_id="move_draft_block")
def move_draft_block(request: ActorRequest, draft_id: UUID, body: BlockMove) -> Any:
    """Give a block to a grid beside it."""
    return answer(services.move_block(draft_id, body, actor=request.actor, at=clock.now()))


@router.post("/{uuid:draft_id}/undo", response=SINGLE, operation_id="undo_draft_move")
def undo_draft_move(request: ActorRequest, draft_id: UUID, body: StepBack) -> Any:
    """Take back the last move in a community."""
    return answer(services.undo_move(draft_id, body, actor=request.actor, at=clock.now()))


@router.post("/{uuid:draft_id}/discard", response=SINGLE, operation_id="discard_grid_draft")
def discard_grid_draft(request: ActorRequest, draft_id: UUID, body: Discarding) -> Any:
    """Give a draft up. What was adopted from it stays."""
    return answer(services.discard_draft(draft_id, body, actor=request.actor, at=clock.now()))
