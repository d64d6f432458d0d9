"""HTTP face of evidence. It translates; the rules are in services and queries."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase
from ninja import Router

from wangge.evidence import queries, services
from wangge.evidence.schemas import EvidenceOut, ExportIn, ExportOut, PublicKeyOut
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal

router = Router(tags=["evidence"])


@router.get("/keys", auth=None, response=list[PublicKeyOut], operation_id="list_evidence_keys")
def list_evidence_keys(request: HttpRequest) -> list[PublicKeyOut]:
    """The city's public keys, the one in force first. Open to everybody: it is how a bundle is checked."""
    return queries.list_keys(at=clock.now())


@router.get(
    "/cases/{uuid:case_id}",
    response={200: EvidenceOut, (403, 404): Refusal},
    operation_id="get_case_evidence",
)
def get_case_evidence(request: ActorRequest, case_id: UUID) -> EvidenceOut:
    """What the photos of a case say against what was claimed with them: advice for those who verify."""
    return queries.get_evidence(request.actor, case_id)


@router.post(
    "/exports",
    response={200: ExportOut, (403, 404, 409, 422): Refusal},
    operation_id="request_evidence_export",
)
def request_evidence_export(request: ActorRequest, command: ExportIn) -> ExportOut:
    """Ask for a signed bundle of up to 1,000 cases; a job makes it."""
    return services.request_export(command, actor=request.actor, at=clock.now())


@router.get("/exports", response={200: list[ExportOut], 403: Refusal}, operation_id="list_evidence_exports")
def list_evidence_exports(request: ActorRequest) -> list[ExportOut]:
    return queries.list_exports(request.actor)


@router.get(
    "/exports/{uuid:export_id}",
    response={200: ExportOut, (403, 404): Refusal},
    operation_id="get_evidence_export",
)
def get_evidence_export(request: ActorRequest, export_id: UUID) -> ExportOut:
    return queries.get_export(request.actor, export_id)


@router.get(
    "/exports/{uuid:export_id}/file",
    response={200: None, (403, 404, 409): Refusal},
    operation_id="download_evidence_export",
)
def download_evidence_export(request: ActorRequest, export_id: UUID) -> HttpResponseBase:
    bundle, name = services.download_export(export_id, actor=request.actor, at=clock.now())
    answer = FileResponse(bundle, as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "no-store"
    return answer
