"""HTTP face of the register."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile
from ninja.responses import Status

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.run_telling import run_out
from wangge.kernel.schemas import FateOut, Refusal, RunOut
from wangge.territory.schemas import FeatureCollection
from wangge.venues import queries, services
from wangge.venues.part_schemas import PartIn, PartsOut
from wangge.venues.schemas import (
    ContactIdOut,
    ContactIn,
    ContactOut,
    OpenIn,
    RevealedOut,
    RevealIn,
    VenueClassOut,
    VenueDetail,
    VenueExportIn,
    VenueFilter,
    VenueHistory,
    VenueImport,
    VenueImportIn,
    VenueIn,
    VenuePage,
)

router = Router(tags=["venues"])


@router.get("", response=VenuePage, operation_id="list_venues")
def list_venues(request: ActorRequest, filters: Query[VenueFilter]) -> VenuePage:
    return queries.list_venues(request.actor, filters)


@router.get("/classes", response=list[VenueClassOut], operation_id="list_venue_classes")
def list_venue_classes(request: ActorRequest) -> list[VenueClassOut]:
    return queries.list_classes()


@router.get("/tags", response=list[VenueClassOut], operation_id="list_venue_tags")
def list_venue_tags(request: ActorRequest) -> list[VenueClassOut]:
    """What the packs call the tags of places."""
    return queries.list_tags()


@router.get("/shapes.geojson", response=FeatureCollection, operation_id="list_venue_points")
def list_venue_points(request: ActorRequest, bbox: str) -> FeatureCollection:
    """Venues in the box `min_lon,min_lat,max_lon,max_lat` (WGS-84), at most 5,000."""
    return queries.list_points(request.actor, bbox)


@router.get("/export.{suffix}", operation_id="export_venues", response={200: None, 403: Refusal})
def export_venues(request: ActorRequest, suffix: str, filters: Query[VenueFilter]) -> StreamingHttpResponse:
    """The filtered list as a file; `suffix` is csv or xlsx. It can be imported again."""
    media_type, pieces = services.export_venues(request.actor, filters, suffix, at=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="venues.{suffix}"'}
    return StreamingHttpResponse(pieces, content_type=media_type, headers=headers)


@router.post("", response=list[FateOut], operation_id="save_venues")
def save_venues(request: ActorRequest, venues: list[VenueIn]) -> list[dict[str, Any]]:
    """New or changed dossiers, one fate each, in order; at most 500."""
    return fate_bodies(services.save_venues(venues, actor=request.actor, at=clock.now()))


@router.post("/imports", response={200: RunOut, (403, 404, 409, 422): Refusal}, operation_id="import_venues")
def import_venues(request: ActorRequest, options: Form[VenueImportIn], file: File[UploadedFile]) -> RunOut:
    """CSV, Excel or GeoJSON, read by a worker: ask `/api/runs/{id}` how far it is. With any error nothing
    is loaded; a dry run writes nothing."""
    given = VenueImport.model_validate(options.model_dump(exclude={"id"}))
    run = services.ask_import(file, given, options.id, actor=request.actor, at=clock.now())
    return run_out(run, request.actor)


@router.get(
    "/template.{suffix}",
    response={200: None, (403, 422): Refusal},
    operation_id="get_venue_template",
)
def get_venue_template(request: ActorRequest, suffix: str) -> StreamingHttpResponse:
    """An empty register with its columns, an example and notes; `suffix` is csv or xlsx."""
    media_type, pieces = services.write_template(request.actor, suffix)
    headers = {"Content-Disposition": f'attachment; filename="venues-template.{suffix}"'}
    return StreamingHttpResponse(pieces, content_type=media_type, headers=headers)


@router.post("/exports", response={200: RunOut, (403, 409, 422): Refusal}, operation_id="ask_venue_export")
def ask_venue_export(request: ActorRequest, body: VenueExportIn) -> RunOut:
    """The filtered list as a file that a worker makes: for registers that a request would wait long for."""
    run = services.ask_export(body.filters, body.suffix, body.id, actor=request.actor, at=clock.now())
    return run_out(run, request.actor)


@router.post("/parts", response={200: list[FateOut], (403, 422): Refusal}, operation_id="set_venue_parts")
def set_venue_parts(request: ActorRequest, body: list[PartIn]) -> list[dict[str, Any]]:
    """Places belong to another from a day on, or to none: a shop to its mall. A fate each, at most 500."""
    return fate_bodies(services.set_parts(body, actor=request.actor, at=clock.now()))


@router.get(
    "/{uuid:venue_id}/parts", response={200: PartsOut, (403, 404): Refusal}, operation_id="list_venue_parts"
)
def list_venue_parts(request: ActorRequest, venue_id: UUID) -> PartsOut:
    """What the place belongs to, up to the outermost, and what belongs to it."""
    return queries.list_parts(request.actor, venue_id)


@router.get("/{uuid:venue_id}", response={200: VenueDetail, 404: Refusal}, operation_id="get_venue")
def get_venue(request: ActorRequest, venue_id: UUID) -> VenueDetail:
    return queries.get_detail(request.actor, venue_id)


@router.get(
    "/{uuid:venue_id}/history",
    response={200: VenueHistory, 404: Refusal},
    operation_id="list_venue_history",
)
def list_venue_history(request: ActorRequest, venue_id: UUID, before: int | None = None) -> VenueHistory:
    """Each field of the dossier from what to what: who, when, by what way; newest first."""
    return queries.list_history(request.actor, venue_id, before)


@router.post(
    "/{uuid:venue_id}/open",
    response={200: VenueDetail, (403, 404, 422): Refusal},
    operation_id="set_venue_open",
)
def set_venue_open(request: ActorRequest, venue_id: UUID, body: OpenIn) -> VenueDetail:
    """Close the place down or open it again, with a reason that stays in its history."""
    return services.set_open(venue_id, body, actor=request.actor, at=clock.now())


@router.get(
    "/{uuid:venue_id}/contacts",
    response={200: list[ContactOut], 404: Refusal},
    operation_id="list_venue_contacts",
)
def list_venue_contacts(request: ActorRequest, venue_id: UUID) -> list[ContactOut]:
    """Who is told of the place: its own contacts, and where it has none those of its territory; masked."""
    return queries.list_contacts(request.actor, venue_id)


@router.post(
    "/contacts", response={200: ContactIdOut, (403, 404, 422): Refusal}, operation_id="add_venue_contact"
)
def add_venue_contact(request: ActorRequest, body: ContactIn) -> ContactIdOut:
    """Somebody to tell, of one place or of a whole territory."""
    return ContactIdOut(id=services.add_contact(body, actor=request.actor, at=clock.now()))


@router.post(
    "/contacts/{int:contact_id}/reveal",
    response={200: RevealedOut, (403, 404, 422): Refusal},
    operation_id="reveal_venue_contact",
)
def reveal_venue_contact(request: ActorRequest, contact_id: int, body: RevealIn) -> RevealedOut:
    """A contact unmasked, for a reason that stays in the audit trail."""
    return services.reveal_contact(contact_id, body.reason, actor=request.actor, at=clock.now())


@router.post(
    "/{uuid:venue_id}/keeper/reveal",
    response={200: RevealedOut, (403, 404, 422): Refusal},
    operation_id="reveal_venue_keeper",
)
def reveal_venue_keeper(request: ActorRequest, venue_id: UUID, body: RevealIn) -> RevealedOut:
    """The keeper and the phone unmasked, for a reason that stays in the audit trail."""
    return services.reveal_keeper(venue_id, body.reason, actor=request.actor, at=clock.now())


@router.delete(
    "/contacts/{int:contact_id}",
    response={204: None, (403, 404): Refusal},
    operation_id="remove_venue_contact",
)
def remove_venue_contact(request: ActorRequest, contact_id: int) -> Status[None]:
    services.remove_contact(contact_id, actor=request.actor, at=clock.now())
    return Status(204, None)
