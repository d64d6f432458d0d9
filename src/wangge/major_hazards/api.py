"""HTTP face of major hazards. It translates; the rules are in services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from wangge.documents.schemas import DocumentRow, IssueIn, OfferOut, VoidIn
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, answer
from wangge.kernel.photo_copies import PhotoForm
from wangge.kernel.schemas import FateOut, Refusal
from wangge.major_hazards import paperwork, queries, services
from wangge.major_hazards.answers import (
    AssessmentPage,
    CaseMajorOut,
    CountsOut,
    DecisionPage,
    ElementSetOut,
    HazardPage,
    SignerOut,
)
from wangge.major_hazards.schemas import (
    AssessIn,
    AssessmentFilter,
    DecisionFilter,
    EditionFile,
    ElementSetIn,
    HazardFilter,
    ListIn,
    ProgressIn,
    ProposeIn,
    ReinspectIn,
    SignIn,
)
from wangge.territory.schemas import ImportReport

router = Router(tags=["major hazards"])
SINGLE: dict[Any, Any] = {200: FateOut, 208: FateOut, (403, 404, 409, 422): FateOut}
PAGE_REFUSALS: dict[Any, Any] = {(403, 422): Refusal}


@router.get("", response={200: HazardPage, **PAGE_REFUSALS}, operation_id="list_major_hazards")
def list_major_hazards(request: ActorRequest, filters: Query[HazardFilter]) -> HazardPage:
    """The ledger."""
    return queries.list_hazards(request.actor, filters, at=clock.now())


@router.get("/export.{suffix}", response={200: None, **PAGE_REFUSALS}, operation_id="export_major_hazards")
def export_major_hazards(
    request: ActorRequest, suffix: str, filters: Query[HazardFilter]
) -> StreamingHttpResponse:
    """The ledger as a file; `suffix` is csv or xlsx."""
    return services.export_ledger(request.actor, filters, suffix, at=clock.now())


@router.get("/counts", response={200: CountsOut, 403: Refusal}, operation_id="count_major_hazards")
def count_major_hazards(request: ActorRequest) -> CountsOut:
    return queries.get_counts(request.actor)


@router.get("/element-sets", response=list[ElementSetOut], operation_id="list_element_sets")
def list_element_sets(request: ActorRequest) -> list[ElementSetOut]:
    return queries.list_element_sets()


@router.post(
    "/element-sets",
    response={200: list[ElementSetOut], (403, 409, 422): Refusal},
    operation_id="import_element_set",
)
def import_element_set(request: ActorRequest, body: ElementSetIn) -> list[ElementSetOut]:
    """An edition of the standard; one that assessments used is not changed."""
    services.import_element_set(body, actor=request.actor, at=clock.now())
    return queries.list_element_sets()


@router.get(
    "/element-sets/template.xlsx",
    response={200: None, 403: Refusal},
    operation_id="get_element_set_template",
)
def get_element_set_template(request: ActorRequest) -> HttpResponseBase:
    """The sheet that the import reads."""
    return services.write_template(request.actor, at=clock.now())


@router.post(
    "/element-sets/file",
    response={200: ImportReport, (403, 409, 422): Refusal},
    operation_id="import_element_set_file",
)
def import_element_set_file(
    request: ActorRequest, edition: Form[EditionFile], file: File[UploadedFile]
) -> ImportReport:
    """An edition from csv or Excel. With any error nothing is written."""
    return services.import_edition(file, edition, actor=request.actor, at=clock.now())


@router.get("/assessments", response={200: AssessmentPage, **PAGE_REFUSALS}, operation_id="list_assessments")
def list_assessments(request: ActorRequest, filters: Query[AssessmentFilter]) -> AssessmentPage:
    return queries.list_assessments(request.actor, filters)


@router.get("/decisions", response={200: DecisionPage, **PAGE_REFUSALS}, operation_id="list_decisions")
def list_decisions(request: ActorRequest, filters: Query[DecisionFilter]) -> DecisionPage:
    return queries.list_decisions(request.actor, filters)


@router.get("/signers", response={200: list[SignerOut], 403: Refusal}, operation_id="list_signers")
def list_signers(request: ActorRequest, q: str = "") -> list[SignerOut]:
    """People who may sign, by the beginning of their name."""
    return queries.list_signers(request.actor, q, at=clock.now())


@router.get(
    "/cases/{uuid:case_id}", response={200: CaseMajorOut, 404: Refusal}, operation_id="get_case_major"
)
def get_case_major(request: ActorRequest, case_id: UUID) -> CaseMajorOut:
    """All that the case page shows of it."""
    return queries.get_case_major(request.actor, case_id, at=clock.now())


@router.post("/assess", response=SINGLE, operation_id="assess_major")
def assess_major(request: ActorRequest, body: AssessIn) -> Any:
    return answer(services.assess([body], actor=request.actor, at=clock.now())[0])


@router.post("/propose", response=SINGLE, operation_id="propose_decision")
def propose_decision(request: ActorRequest, body: ProposeIn) -> Any:
    """Ask people to decide that it is major, or to de-list it."""
    return answer(services.propose([body], actor=request.actor, at=clock.now())[0])


@router.post("/sign", response=SINGLE, operation_id="sign_decision")
def sign_decision(request: ActorRequest, body: SignIn) -> Any:
    """Sign for oneself."""
    return answer(services.sign([body], actor=request.actor, at=clock.now())[0])


@router.post("/list", response=SINGLE, operation_id="list_major_hazard")
def list_major_hazard(request: ActorRequest, body: ListIn) -> Any:
    return answer(services.list_hazards([body], actor=request.actor, at=clock.now())[0])


@router.post("/progress", response=SINGLE, operation_id="report_progress")
def report_progress(request: ActorRequest, body: ProgressIn) -> Any:
    return answer(services.report_progress([body], actor=request.actor, at=clock.now())[0])


@router.post("/reinspect", response=SINGLE, operation_id="reinspect_major")
def reinspect_major(request: ActorRequest, body: ReinspectIn) -> Any:
    return answer(services.reinspect([body], actor=request.actor, at=clock.now())[0])


@router.get(
    "/{uuid:subject_id}/photos/{sha256}",
    response={200: None, (403, 404): Refusal},
    operation_id="get_major_photo",
)
def get_major_photo(
    request: ActorRequest, subject_id: UUID, sha256: str, form: PhotoForm = PhotoForm.PLAIN
) -> HttpResponseBase:
    """A photo of an assessment or of a hazard."""
    return queries.get_photo(request.actor, subject_id, sha256, form, at=clock.now())


@router.get(
    "/{uuid:hazard_id}/documents", response={200: OfferOut, 404: Refusal}, operation_id="list_major_documents"
)
def list_major_documents(request: ActorRequest, hazard_id: UUID) -> OfferOut:
    """Notices that were issued for the hazard, and what the caller may issue."""
    return paperwork.get_offer(request.actor, hazard_id)


@router.post("/{uuid:hazard_id}/documents", response=SINGLE, operation_id="issue_major_document")
def issue_major_document(request: ActorRequest, hazard_id: UUID, body: IssueIn) -> Any:
    return answer(paperwork.issue(hazard_id, body, actor=request.actor, at=clock.now()))


@router.post(
    "/{uuid:hazard_id}/documents/preview.{suffix}",
    response={200: None, (403, 404, 409, 422): Refusal},
    operation_id="preview_major_document",
)
def preview_major_document(
    request: ActorRequest, hazard_id: UUID, suffix: str, body: IssueIn
) -> HttpResponse:
    return paperwork.preview(request.actor, hazard_id, body, suffix, at=clock.now())


@router.get(
    "/{uuid:hazard_id}/documents/{uuid:document_id}.{suffix}",
    response={200: None, (403, 404, 409, 422): Refusal},
    operation_id="get_major_document",
)
def get_major_document(
    request: ActorRequest, hazard_id: UUID, document_id: UUID, suffix: str
) -> HttpResponse:
    return paperwork.get_file(request.actor, hazard_id, document_id, suffix, at=clock.now())


@router.post(
    "/{uuid:hazard_id}/documents/{uuid:document_id}/void",
    response={200: DocumentRow, (403, 404, 409): Refusal},
    operation_id="void_major_document",
)
def void_major_document(
    request: ActorRequest, hazard_id: UUID, document_id: UUID, body: VoidIn
) -> DocumentRow:
    return paperwork.void(request.actor, hazard_id, document_id, reason=body.reason, at=clock.now())
