"""HTTP face of the closed loop. It translates; the rules are in services."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from ninja import Query, Router
from ninja.responses import Status

from wangge.cases import calling, paperwork, place_log, queries, services
from wangge.cases.call_schemas import CallIn, CallOutRow
from wangge.cases.detail_schemas import CaseDetail
from wangge.cases.schemas import (
    CaseDocumentIn,
    CaseFilter,
    CasePage,
    CaseReport,
    CircleFigures,
    DeadlineOut,
    GridCases,
    HandlerAdvice,
    InboxOut,
    SavedFilterIn,
    SavedFilterOut,
    StepCommand,
    WorkCounts,
)
from wangge.documents.schemas import DocumentRow, IssueIn, OfferOut, VoidIn
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, answer, fate_bodies
from wangge.kernel.photo_copies import PhotoForm
from wangge.kernel.schemas import FateOut, Refusal
from wangge.notices.schemas import ToldPage
from wangge.territory.schemas import FeatureCollection

router = Router(tags=["cases"])
SINGLE: dict[Any, Any] = {200: FateOut, 208: FateOut, (403, 404, 409, 422): FateOut}


@router.get("", response=CasePage, operation_id="list_cases")
def list_cases(request: ActorRequest, filters: Query[CaseFilter]) -> CasePage:
    return queries.list_cases(request.actor, filters, at=clock.now())


@router.get("/export.{suffix}", operation_id="export_cases", response={200: None, 403: Refusal})
def export_cases(request: ActorRequest, suffix: str, filters: Query[CaseFilter]) -> HttpResponseBase:
    """The filtered list as a file; `suffix` is csv or xlsx."""
    return services.export_cases(request.actor, filters, suffix, at=clock.now())


@router.get("/shapes.geojson", response=FeatureCollection, operation_id="list_case_points")
def list_case_points(request: ActorRequest, bbox: str, filters: Query[CaseFilter]) -> FeatureCollection:
    """Open cases in the box `min_lon,min_lat,max_lon,max_lat` (WGS-84), at most 5,000."""
    return queries.list_points(request.actor, bbox, filters, at=clock.now())


@router.get(
    "/figures/by-grid", response={200: list[GridCases], 403: Refusal}, operation_id="count_cases_by_grid"
)
def count_cases_by_grid(request: ActorRequest, first_on: date, last_on: date) -> list[GridCases]:
    """Cases reported and closed from the first to the last day, by the grid of that moment (China's days)."""
    since, until = clock.days(first_on, last_on)
    return queries.count_by_grid(request.actor, since=since, until=until)


@router.get("/figures", response=CircleFigures, operation_id="get_case_figures")
def get_case_figures(request: ActorRequest) -> CircleFigures:
    return queries.get_figures(request.actor, at=clock.now())


@router.get("/counts", response=WorkCounts, operation_id="count_work")
def count_work(request: ActorRequest) -> WorkCounts:
    """How many open cases wait for the caller, are the caller's own, and may be seen; by light."""
    return queries.count_work(request.actor, at=clock.now())


@router.get("/saved", response=list[SavedFilterOut], operation_id="list_saved_filters")
def list_saved_filters(request: ActorRequest) -> list[SavedFilterOut]:
    """The caller's own lists, and those that the office shares."""
    return queries.list_saved(request.actor)


@router.post("/saved", response={200: SavedFilterOut, (404, 409, 422): Refusal}, operation_id="save_filter")
def save_filter(request: ActorRequest, body: SavedFilterIn) -> SavedFilterOut:
    return services.save_filter(body, actor=request.actor, at=clock.now())


@router.delete("/saved/{uuid:filter_id}", response={204: None, 404: Refusal}, operation_id="delete_filter")
def delete_filter(request: ActorRequest, filter_id: UUID) -> Status[None]:
    services.delete_filter(filter_id, actor=request.actor, at=clock.now())
    return Status(204, None)


@router.get("/told", response={200: ToldPage, 403: Refusal}, operation_id="list_told_of_place")
def list_told_of_place(
    request: ActorRequest, venue_id: UUID, beyond: int | None = None, limit: int = 20
) -> ToldPage:
    """The urge log of a place: who was told about its cases, by what, and whether it arrived."""
    return place_log.list_told(request.actor, venue_id, beyond=beyond, limit=min(max(limit, 1), 100))


@router.get("/inboxes", response={200: list[InboxOut], 403: Refusal}, operation_id="list_inboxes")
def list_inboxes(request: ActorRequest) -> list[InboxOut]:
    """What lies unsigned in the inbox of each department, the longest waiting first."""
    return queries.list_inboxes(request.actor, at=clock.now())


@router.post("/reports", response=list[FateOut], operation_id="report_cases")
def report_cases(request: ActorRequest, reports: list[CaseReport]) -> list[dict[str, Any]]:
    """New cases, one fate each, in order; at most 500."""
    return fate_bodies(services.report_cases(reports, actor=request.actor, at=clock.now()))


@router.post("/steps", response=list[FateOut], operation_id="take_steps")
def take_steps(request: ActorRequest, steps: list[StepCommand]) -> list[dict[str, Any]]:
    """Steps on many cases, one fate each, in order; at most 500."""
    return fate_bodies(services.take_steps(steps, actor=request.actor, at=clock.now()))


@router.post("/report", response=SINGLE, operation_id="report_case")
def report_case(request: ActorRequest, report: CaseReport) -> Any:
    return answer(services.report_cases([report], actor=request.actor, at=clock.now())[0])


@router.post("/step", response=SINGLE, operation_id="take_step")
def take_step(request: ActorRequest, step: StepCommand) -> Any:
    return answer(services.take_steps([step], actor=request.actor, at=clock.now())[0])


@router.post("/calls", response={200: list[FateOut], (403, 422): Refusal}, operation_id="call_teams")
def call_teams(request: ActorRequest, body: list[CallIn]) -> list[dict[str, Any]]:
    """Teams were called to cases, answered, came or left: an event of the case each, a fate each."""
    return fate_bodies(calling.call_teams(body, actor=request.actor, at=clock.now()))


@router.get(
    "/{uuid:case_id}/calls", response={200: list[CallOutRow], (403, 404): Refusal}, operation_id="list_calls"
)
def list_calls(request: ActorRequest, case_id: UUID) -> list[CallOutRow]:
    """Teams that were called to the case, the first called first."""
    return calling.list_calls(request.actor, case_id)


@router.post("/documents", response=list[FateOut], operation_id="issue_case_documents")
def issue_case_documents(request: ActorRequest, documents: list[CaseDocumentIn]) -> list[dict[str, Any]]:
    """Notices and records of many cases, one fate each, in order; at most 50."""
    return fate_bodies(services.issue_documents(documents, actor=request.actor, at=clock.now()))


@router.get(
    "/{uuid:case_id}/documents", response={200: OfferOut, 404: Refusal}, operation_id="list_case_documents"
)
def list_case_documents(request: ActorRequest, case_id: UUID) -> OfferOut:
    """What was issued for the case, and what the caller may issue."""
    return paperwork.get_offer(request.actor, case_id)


@router.post("/{uuid:case_id}/documents", response=SINGLE, operation_id="issue_case_document")
def issue_case_document(request: ActorRequest, case_id: UUID, body: IssueIn) -> Any:
    command = CaseDocumentIn(case_id=case_id, **body.model_dump())
    return answer(services.issue_documents([command], actor=request.actor, at=clock.now())[0])


@router.post(
    "/{uuid:case_id}/documents/preview.{suffix}",
    response={200: None, (403, 404, 409, 422): Refusal},
    operation_id="preview_case_document",
)
def preview_case_document(
    request: ActorRequest, case_id: UUID, suffix: str, body: IssueIn
) -> HttpResponseBase:
    """What would be issued, without a number; `suffix` is docx or pdf."""
    return paperwork.preview(request.actor, case_id, body, suffix, at=clock.now())


@router.get(
    "/{uuid:case_id}/documents/{uuid:document_id}.{suffix}",
    response={200: None, (403, 404, 409, 422): Refusal},
    operation_id="get_case_document",
)
def get_case_document(
    request: ActorRequest, case_id: UUID, document_id: UUID, suffix: str
) -> HttpResponseBase:
    return paperwork.get_file(request.actor, case_id, document_id, suffix, at=clock.now())


@router.post(
    "/{uuid:case_id}/documents/{uuid:document_id}/void",
    response={200: DocumentRow, (403, 404, 409): Refusal},
    operation_id="void_case_document",
)
def void_case_document(request: ActorRequest, case_id: UUID, document_id: UUID, body: VoidIn) -> DocumentRow:
    return services.void_document(
        case_id, document_id, reason=body.reason, actor=request.actor, at=clock.now()
    )


@router.get("/{uuid:case_id}", response={200: CaseDetail, 404: Refusal}, operation_id="get_case")
def get_case(request: ActorRequest, case_id: UUID) -> CaseDetail:
    return queries.get_detail(request.actor, case_id, at=clock.now())


@router.get(
    "/{uuid:case_id}/handlers",
    response={200: HandlerAdvice, (403, 404): Refusal},
    operation_id="advise_handler",
)
def advise_handler(request: ActorRequest, case_id: UUID) -> HandlerAdvice:
    """On whom of the department the open cases weigh least: a suggestion, nobody is assigned."""
    return queries.advise_handler(request.actor, case_id, at=clock.now())


@router.get(
    "/{uuid:case_id}/deadline", response={200: DeadlineOut, 404: Refusal}, operation_id="explain_deadline"
)
def explain_deadline(request: ActorRequest, case_id: UUID) -> DeadlineOut:
    return queries.explain_deadline(request.actor, case_id)


@router.get(
    "/{uuid:case_id}/photos/{sha256}",
    operation_id="get_case_photo",
    response={200: None, 403: Refusal, 404: Refusal},
)
def get_case_photo(
    request: ActorRequest, case_id: UUID, sha256: str, form: PhotoForm = PhotoForm.PLAIN
) -> HttpResponseBase:
    """A photo: `plain` and `small` are copies without EXIF; `original` is for those who judge by it."""
    return queries.get_photo(request.actor, case_id, sha256, form, at=clock.now())
