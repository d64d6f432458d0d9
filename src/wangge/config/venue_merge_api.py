"""Places kept twice: the one place that knows what every room hangs on a place (ADR 24)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query, Router

from wangge.cases.services import CaseMergeMover
from wangge.dossiers.services import MERGE_MOVERS as DOSSIERS
from wangge.fires.services import MERGED as FIRES
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.major_hazards.services import MERGE_MOVERS as MAJOR_HAZARDS
from wangge.orders.services import OrderMergeMover
from wangge.venues import merge_queries, services
from wangge.venues.merge_schemas import (
    DuplicateFilter,
    DuplicatePage,
    LookIn,
    LookOut,
    NotSameIn,
    VenueMergeIn,
    VenueMergePage,
    VenueMergePreview,
    VenueUnmergeIn,
)
from wangge.venues.services import MergeMover

router = Router(tags=["venues"])
MOVERS: tuple[MergeMover, ...] = (OrderMergeMover(), CaseMergeMover(), FIRES, *MAJOR_HAZARDS, *DOSSIERS)


@router.get("/duplicates", response=DuplicatePage, operation_id="list_venue_duplicates")
def list_venue_duplicates(request: ActorRequest, filters: Query[DuplicateFilter]) -> DuplicatePage:
    """Dossiers that may be one place, the likeliest first, as the last look found them."""
    return merge_queries.list_duplicates(request.actor, filters)


@router.post(
    "/duplicates/look",
    response={200: LookOut, (403, 404, 422): Refusal},
    operation_id="find_venue_duplicates",
)
def find_venue_duplicates(request: ActorRequest, body: LookIn) -> LookOut:
    """Look through a territory again; a job does it."""
    services.ask_to_look(body.path, actor=request.actor, at=clock.now())
    return LookOut(is_looking=True)


@router.post("/duplicates/apart", response=list[FateOut], operation_id="keep_venues_apart")
def keep_venues_apart(request: ActorRequest, commands: list[NotSameIn]) -> list[dict[str, Any]]:
    """Two places, not one: the pair is not asked about again. A fate each, at most 500."""
    return fate_bodies(services.keep_apart(commands, actor=request.actor, at=clock.now()))


@router.get("/merges", response=VenueMergePage, operation_id="list_venue_merges")
def list_venue_merges(
    request: ActorRequest, venue_id: UUID | None = None, cursor: str = "", limit: int = 20
) -> VenueMergePage:
    """What was merged, by whom, and whether it was undone; newest first."""
    limit = max(1, min(limit, 100))
    return merge_queries.list_merges(request.actor, venue_id=venue_id, cursor=cursor, limit=limit)


@router.get(
    "/merges/preview", response={200: VenueMergePreview, 404: Refusal}, operation_id="preview_venue_merge"
)
def preview_venue_merge(request: ActorRequest, stay_id: UUID, gone_id: UUID) -> VenueMergePreview:
    """Two dossiers side by side, and which side each field takes unless somebody says otherwise."""
    return merge_queries.preview_merge(request.actor, stay_id, gone_id)


@router.post("/merges", response=list[FateOut], operation_id="merge_venues")
def merge_venues(request: ActorRequest, commands: list[VenueMergeIn]) -> list[dict[str, Any]]:
    """Let one dossier go into another, with all that hangs on it. A fate each, at most 500."""
    return fate_bodies(services.merge_venues(commands, movers=MOVERS, actor=request.actor, at=clock.now()))


@router.post("/merges/undo", response=list[FateOut], operation_id="unmerge_venues")
def unmerge_venues(request: ActorRequest, commands: list[VenueUnmergeIn]) -> list[dict[str, Any]]:
    """Part two dossiers again. A fate each: refused where what was written since cannot be told apart."""
    return fate_bodies(services.unmerge_venues(commands, movers=MOVERS, actor=request.actor, at=clock.now()))
