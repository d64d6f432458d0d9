"""HTTP face of plates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Router

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.plates import queries, services
from wangge.plates.schemas import PhoneIn, PhoneOut, PlateOut, ReplaceIn, SheetIn, SheetOut, SheetPage

router = Router(tags=["plates"])


def base_url(request: HttpRequest) -> str:
    """Return what every code begins with: the address by which the house is called here."""
    return request.build_absolute_uri("/q/")


@router.get("/sheets", response=SheetPage, operation_id="list_plate_sheets")
def list_plate_sheets(request: ActorRequest, cursor: str = "", limit: int = 20) -> SheetPage:
    """Sheets of plates inside the scope, newest first, and how far each is."""
    return queries.list_sheets(request.actor, cursor=cursor, limit=max(1, min(limit, 100)))


@router.post("/sheets", response={200: SheetOut, (403, 404, 409, 422): Refusal}, operation_id="print_plates")
def print_plates(request: ActorRequest, body: SheetIn) -> SheetOut:
    """Plates of some places, of a territory's places or of its grids, at most 5,000; a job draws them."""
    return services.ask_for_sheet(body, base_url=base_url(request), actor=request.actor, at=clock.now())


@router.get(
    "/sheets/{uuid:sheet_id}/plates.pdf",
    response={200: None, (404, 409): Refusal},
    operation_id="get_plate_sheet",
)
def get_plate_sheet(request: ActorRequest, sheet_id: UUID) -> FileResponse:
    return FileResponse(
        queries.open_sheet(request.actor, sheet_id), content_type="application/pdf", filename="plates.pdf"
    )


@router.get("/venues/{uuid:venue_id}", response={200: PlateOut, 404: Refusal}, operation_id="get_venue_plate")
def get_venue_plate(request: ActorRequest, venue_id: UUID) -> PlateOut:
    return queries.get_plate(request.actor, venue_id, base_url(request))


@router.post("/replace", response=list[FateOut], operation_id="replace_plates")
def replace_plates(request: ActorRequest, commands: list[ReplaceIn]) -> list[dict[str, Any]]:
    """Lost plates: their codes end at once, each place gets a new one. A fate each, at most 500."""
    return fate_bodies(services.replace_plates(commands, actor=request.actor, at=clock.now()))


@router.get("/phones", response=list[PhoneOut], operation_id="list_supervision_phones")
def list_supervision_phones(request: ActorRequest) -> list[PhoneOut]:
    """Whom the public calls about a territory."""
    return queries.list_phones(request.actor)


@router.post(
    "/phones", response={200: list[PhoneOut], (403, 404, 422): Refusal}, operation_id="set_supervision_phone"
)
def set_supervision_phone(request: ActorRequest, body: PhoneIn) -> list[PhoneOut]:
    services.set_phone(body, actor=request.actor, at=clock.now())
    return queries.list_phones(request.actor)
