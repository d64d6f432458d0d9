"""HTTP face of dossiers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase, StreamingHttpResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from wangge.dossiers import queries, services
from wangge.dossiers.answers import DossierOut, DossierWordsOut, DrawingFileOut, EntryHistory
from wangge.dossiers.list_answers import ClassPage, DuePage, NobodyPage
from wangge.dossiers.quality_schemas import (
    HollowFilter,
    HollowPage,
    PlaceQualityFilter,
    PlaceQualityPage,
    QualityPage,
)
from wangge.dossiers.schemas import (
    ClassDecisionIn,
    ClassFilter,
    DoneIn,
    DrawingIn,
    DueFilter,
    FacilityIn,
    FactIn,
    LicenceIn,
    NobodyFilter,
    PersonIn,
    RemovalIn,
)
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.photo_copies import PhotoForm
from wangge.kernel.schemas import FateOut, Refusal
from wangge.venues.schemas import RevealedOut, RevealIn

router = Router(tags=["dossiers"])
BATCH: dict[Any, Any] = {200: list[FateOut], (403, 422): Refusal}


@router.get("/words", response=DossierWordsOut, operation_id="get_dossier_words")
def get_dossier_words(request: ActorRequest) -> DossierWordsOut:
    """Kinds of people, facilities and licences of the pack, and what falls due when."""
    return queries.list_words()


@router.get("/due", response={200: DuePage, (403, 422): Refusal}, operation_id="list_due")
def list_due(request: ActorRequest, filters: Query[DueFilter]) -> DuePage:
    """Facilities and licences by due day, the oldest first."""
    return queries.list_due(request.actor, filters, at=clock.now())


@router.get("/due/export.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_due")
def export_due(request: ActorRequest, suffix: str, filters: Query[DueFilter]) -> StreamingHttpResponse:
    """The filtered list as a file; `suffix` is csv or xlsx."""
    return services.export_due(request.actor, filters, suffix, at=clock.now())


@router.get(
    "/nobody-named", response={200: NobodyPage, (403, 422): Refusal}, operation_id="list_nobody_named"
)
def list_nobody_named(request: ActorRequest, filters: Query[NobodyFilter]) -> NobodyPage:
    """Places for which nobody is named who must be."""
    return queries.list_nobody(request.actor, filters, at=clock.now())


@router.get(
    "/quality", response={200: QualityPage, (403, 404, 422): Refusal}, operation_id="list_dossier_quality"
)
def list_dossier_quality(request: ActorRequest, under: str = "") -> QualityPage:
    """How much is known of the places of each territory below one, and how old it is."""
    return queries.list_quality(request.actor, under)


@router.get(
    "/quality/places",
    response={200: PlaceQualityPage, (403, 404, 422): Refusal},
    operation_id="list_least_known_places",
)
def list_least_known_places(request: ActorRequest, filters: Query[PlaceQualityFilter]) -> PlaceQualityPage:
    """The places of one grid, the least known first, with what each lacks."""
    return queries.list_least_known(request.actor, filters, at=clock.now())


@router.get(
    "/hollow-grids", response={200: HollowPage, (403, 404, 422): Refusal}, operation_id="list_hollow_grids"
)
def list_hollow_grids(request: ActorRequest, filters: Query[HollowFilter]) -> HollowPage:
    """Grids that are on paper only, and by what signs."""
    return queries.list_hollow(request.actor, filters)


@router.post("/people", response=BATCH, operation_id="save_dossier_people")
def save_dossier_people(request: ActorRequest, body: list[PersonIn]) -> list[dict[str, Any]]:
    """People and units responsible for places, a fate each; at most 500."""
    return fate_bodies(services.save_people(body, actor=request.actor, at=clock.now()))


@router.post("/facilities", response=BATCH, operation_id="save_facilities")
def save_facilities(request: ActorRequest, body: list[FacilityIn]) -> list[dict[str, Any]]:
    """Facilities of places, a fate each; at most 500."""
    return fate_bodies(services.save_facilities(body, actor=request.actor, at=clock.now()))


@router.post("/facilities/done", response=BATCH, operation_id="record_done")
def record_done(request: ActorRequest, body: list[DoneIn]) -> list[dict[str, Any]]:
    """Facilities were tested or maintained on a day, a fate each; at most 500."""
    return fate_bodies(services.record_done(body, actor=request.actor, at=clock.now()))


@router.post("/licences", response=BATCH, operation_id="save_licences")
def save_licences(request: ActorRequest, body: list[LicenceIn]) -> list[dict[str, Any]]:
    """Licences of places, a fate each; at most 500."""
    return fate_bodies(services.save_licences(body, actor=request.actor, at=clock.now()))


@router.post("/facts", response=BATCH, operation_id="save_facts")
def save_facts(request: ActorRequest, body: list[FactIn]) -> list[dict[str, Any]]:
    """Facts of places, a fate each; what they make of the class follows at once."""
    return fate_bodies(services.save_facts(body, actor=request.actor, at=clock.now()))


@router.post(
    "/drawings/files", response={200: DrawingFileOut, (403, 422): Refusal}, operation_id="store_drawing_file"
)
def store_drawing_file(request: ActorRequest, file: File[UploadedFile]) -> DrawingFileOut:
    """Keep the file of a plan: PDF, JPEG, PNG, WebP or DWG. The same bytes twice are one file."""
    return services.store_drawing(file, file.name or "", actor=request.actor, at=clock.now())


@router.post("/drawings", response=BATCH, operation_id="save_drawings")
def save_drawings(request: ActorRequest, body: list[DrawingIn]) -> list[dict[str, Any]]:
    """Plans of places by their uploaded files, a fate each; one may come in the place of another."""
    return fate_bodies(services.save_drawings(body, actor=request.actor, at=clock.now()))


@router.get(
    "/drawings/{uuid:entry_id}/file",
    response={200: None, (403, 404): Refusal},
    operation_id="open_drawing",
)
def open_drawing(request: ActorRequest, entry_id: UUID) -> HttpResponseBase:
    """The file of a plan, for those who may see drawings; who opened it stays in the audit trail."""
    return queries.open_drawing(request.actor, entry_id, at=clock.now())


@router.get("/classes", response={200: ClassPage, (403, 422): Refusal}, operation_id="list_differing_classes")
def list_differing_classes(request: ActorRequest, filters: Query[ClassFilter]) -> ClassPage:
    """Places whose class or tags are not what their facts make of them."""
    return queries.list_differing(request.actor, filters)


@router.post("/classes", response=BATCH, operation_id="decide_classes")
def decide_classes(request: ActorRequest, body: list[ClassDecisionIn]) -> list[dict[str, Any]]:
    """Take the proposed class and tags, or keep the present ones, each with a reason; a fate each."""
    return fate_bodies(services.decide_classes(body, actor=request.actor, at=clock.now()))


@router.post("/removals", response=BATCH, operation_id="remove_entries")
def remove_entries(request: ActorRequest, body: list[RemovalIn]) -> list[dict[str, Any]]:
    """Take entries out of their dossiers or put them back, a fate each."""
    return fate_bodies(services.set_removed(body, actor=request.actor, at=clock.now()))


@router.post(
    "/people/{uuid:entry_id}/reveal",
    response={200: RevealedOut, (403, 404, 422): Refusal},
    operation_id="reveal_dossier_person",
)
def reveal_dossier_person(request: ActorRequest, entry_id: UUID, body: RevealIn) -> RevealedOut:
    """Name and phone unmasked, for a reason that stays in the audit trail."""
    return services.reveal_person(entry_id, body.reason, actor=request.actor, at=clock.now())


@router.get(
    "/licences/{uuid:entry_id}/photos/{sha256}",
    response={200: None, (403, 404): Refusal},
    operation_id="get_licence_photo",
)
def get_licence_photo(
    request: ActorRequest, entry_id: UUID, sha256: str, form: PhotoForm = PhotoForm.PLAIN
) -> HttpResponseBase:
    """A photo or scan of a licence."""
    return queries.get_photo(request.actor, entry_id, sha256, form, at=clock.now())


@router.get("/{uuid:venue_id}", response={200: DossierOut, (403, 404): Refusal}, operation_id="get_dossier")
def get_dossier(request: ActorRequest, venue_id: UUID) -> DossierOut:
    """What hangs on a place: who answers for it and why, its people, facilities and licences."""
    return queries.get_dossier(request.actor, venue_id, at=clock.now())


@router.get(
    "/{uuid:venue_id}/history",
    response={200: EntryHistory, (403, 404): Refusal},
    operation_id="list_dossier_history",
)
def list_dossier_history(request: ActorRequest, venue_id: UUID, before: int | None = None) -> EntryHistory:
    """What became of each entry, newest first."""
    return queries.list_history(request.actor, venue_id, before)
