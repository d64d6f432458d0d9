"""HTTP face of the catalogue: matters, their admission, and where they go."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.matters import queries, services
from wangge.matters.schemas import (
    AdmissionFilter,
    AdmissionMove,
    AdmissionOut,
    AdmissionsOut,
    CatalogueOut,
    GapsOut,
    MatterDraft,
    MatterOut,
    PowerOut,
    ProposalImport,
    RouteAnswer,
    RouteOut,
    RouteQuestion,
)
from wangge.territory.schemas import ImportReport

router = Router(tags=["matters"])


@router.get("", response=list[MatterOut], operation_id="list_matters")
def list_matters(request: ActorRequest) -> list[MatterOut]:
    return queries.list_matters()


@router.get("/catalogue", response={200: CatalogueOut, 403: Refusal}, operation_id="get_catalogue")
def get_catalogue(request: ActorRequest) -> CatalogueOut:
    """The matters in force with the words, upgrade rules and counts of the catalogue."""
    return queries.get_catalogue(request.actor)


@router.get("/export.{suffix}", operation_id="export_matters", response={200: None, (403, 422): Refusal})
def export_matters(request: ActorRequest, suffix: str) -> HttpResponseBase:
    """The catalogue as a file; `suffix` is csv or xlsx."""
    return services.export_matters(request.actor, suffix, at=clock.now())


@router.get("/admissions", response={200: AdmissionsOut, 403: Refusal}, operation_id="list_admissions")
def list_admissions(request: ActorRequest, filters: Query[AdmissionFilter]) -> AdmissionsOut:
    return queries.list_admissions(request.actor, filters)


@router.post(
    "/admissions", response={200: AdmissionOut, (403, 404, 409, 422): Refusal}, operation_id="draft_matter"
)
def draft_matter(request: ActorRequest, draft: MatterDraft) -> AdmissionOut:
    """A matter that a department proposes; sent again with the same id it changes the draft."""
    return services.draft_matter(draft, actor=request.actor, at=clock.now())


@router.post(
    "/admissions/moves", response={200: list[FateOut], (403, 422): Refusal}, operation_id="move_admissions"
)
def move_admissions(request: ActorRequest, steps: list[AdmissionMove]) -> list[dict[str, Any]]:
    """Versions submitted, admitted, returned or withdrawn, one fate each, in order; at most 500."""
    return fate_bodies(services.move_admissions(steps, actor=request.actor, at=clock.now()))


@router.get("/imports/template.xlsx", operation_id="get_matter_template", response={200: None, 403: Refusal})
def get_matter_template(request: ActorRequest) -> HttpResponseBase:
    """The empty sheet that the import reads."""
    return services.write_template(request.actor)


@router.post("/imports", response={200: ImportReport, (403, 422): Refusal}, operation_id="import_matters")
def import_matters(
    request: ActorRequest, options: Form[ProposalImport], file: File[UploadedFile]
) -> ImportReport:
    """Proposals from csv or Excel. With any error nothing is written."""
    return services.import_upload(file, options, actor=request.actor, at=clock.now())


@router.get("/routes", response={200: list[RouteOut], 403: Refusal}, operation_id="list_routes")
def list_routes(request: ActorRequest) -> list[RouteOut]:
    return queries.list_routes(request.actor)


@router.get(
    "/routes/explain", response={200: RouteAnswer, (403, 404, 422): Refusal}, operation_id="explain_route"
)
def explain_route(request: ActorRequest, question: Query[RouteQuestion]) -> RouteAnswer:
    """Whose a matter is in a place: which rows speak of it, which won and why, and who there would get it."""
    return queries.explain_route(request.actor, question, at=clock.now())


@router.get("/routes/gaps", response={200: GapsOut, 403: Refusal}, operation_id="list_route_gaps")
def list_route_gaps(request: ActorRequest) -> GapsOut:
    """Matters that would go nowhere, over every grid of the caller's scope at once."""
    return queries.list_gaps(request.actor, at=clock.now())


@router.get("/powers", response={200: list[PowerOut], 403: Refusal}, operation_id="list_powers")
def list_powers(request: ActorRequest) -> list[PowerOut]:
    return queries.list_powers(request.actor)
