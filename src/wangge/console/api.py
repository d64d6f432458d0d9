"""HTTP face of the wall."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from ninja import Query, Router

from wangge.console import audit_trail, desk, queries
from wangge.console.audit_trail import AuditFilter, AuditPage
from wangge.console.schemas import DeskOut, WallOut
from wangge.kernel import clock
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal

router = Router(tags=["console"])
NO: dict[Any, Any] = {403: Refusal}


@router.get("/wall", response={200: WallOut, **NO}, operation_id="get_wall")
def get_wall(request: ActorRequest) -> WallOut:
    """The day of a territory for a wall: figures, lights, last steps, and where the stream is."""
    return queries.get_wall(request.actor, at=clock.now())


@router.get("/desk", response={200: DeskOut, **NO}, operation_id="get_desk")
def get_desk(request: ActorRequest) -> DeskOut:
    """What needs the caller's post now."""
    return desk.get_desk(request.actor, at=clock.now())


@router.get("/audit", response={200: AuditPage, (403, 422): Refusal}, operation_id="list_audit_rows")
def list_audit_rows(request: ActorRequest, filters: Query[AuditFilter]) -> AuditPage:
    """Who did what to which thing, the newest first."""
    return audit_trail.list_rows(request.actor, filters, on=clock.today())


@router.get(
    "/audit/export.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_audit_rows"
)
def export_audit_rows(
    request: ActorRequest, suffix: str, filters: Query[AuditFilter]
) -> StreamingHttpResponse:
    """The same as a file; `suffix` is csv or xlsx."""
    check_suffix(suffix)
    at = clock.now()
    rows = audit_trail.export_rows(request.actor, filters, at=at)
    return download(rows, audit_trail.COLUMNS, name="audit", suffix=suffix, at=at)
