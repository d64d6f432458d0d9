"""HTTP face of documents. It translates. Issuing and voiding are asked of the room of the thing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from wangge.documents import queries, register, services
from wangge.documents.rules import DocumentKind
from wangge.documents.schemas import (
    DocumentFilter,
    DocumentPage,
    NumberFormatIn,
    SettingsOut,
)
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal

router = Router(tags=["documents"])


@router.get("", response={200: DocumentPage, 403: Refusal}, operation_id="list_documents")
def list_documents(request: ActorRequest, filters: Query[DocumentFilter]) -> DocumentPage:
    return register.list_documents(request.actor, filters)


@router.get("/export.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_documents")
def export_documents(
    request: ActorRequest, suffix: str, filters: Query[DocumentFilter]
) -> StreamingHttpResponse:
    """The list as a file; `suffix` is csv or xlsx."""
    return services.export(request.actor, filters, suffix, at=clock.now())


@router.get("/settings", response={200: SettingsOut, 403: Refusal}, operation_id="get_document_settings")
def get_document_settings(request: ActorRequest) -> SettingsOut:
    """Templates, number formats, and the placeholders that a template may hold."""
    return queries.get_settings(request.actor, at=clock.now())


@router.post(
    "/templates/{kind}", response={200: SettingsOut, (403, 422): Refusal}, operation_id="upload_template"
)
def upload_template(request: ActorRequest, kind: DocumentKind, file: File[UploadedFile]) -> SettingsOut:
    """A city's own Word file with placeholders; an unknown placeholder is named."""
    services.upload_template(kind, file, file.name or "", actor=request.actor, at=clock.now())
    return queries.get_settings(request.actor, at=clock.now())


@router.delete(
    "/templates/{kind}", response={200: SettingsOut, 403: Refusal}, operation_id="use_shipped_template"
)
def use_shipped_template(request: ActorRequest, kind: DocumentKind) -> SettingsOut:
    services.use_shipped_template(kind, actor=request.actor, at=clock.now())
    return queries.get_settings(request.actor, at=clock.now())


@router.post(
    "/templates/{kind}/versions/{int:version}",
    response={200: SettingsOut, (403, 404): Refusal},
    operation_id="use_template",
)
def use_template(request: ActorRequest, kind: DocumentKind, version: int) -> SettingsOut:
    """Put an earlier version into force again."""
    services.use_template(kind, version, actor=request.actor, at=clock.now())
    return queries.get_settings(request.actor, at=clock.now())


@router.get("/templates/{kind}/file", response={200: None, 403: Refusal}, operation_id="get_template_file")
def get_template_file(request: ActorRequest, kind: DocumentKind) -> HttpResponse:
    return queries.get_template_file(request.actor, kind)


@router.get(
    "/templates/{kind}/preview.{suffix}",
    response={200: None, (403, 409, 422): Refusal},
    operation_id="preview_template",
)
def preview_template(request: ActorRequest, kind: DocumentKind, suffix: str) -> HttpResponse:
    """The template in force with sample data; `suffix` is docx or pdf."""
    return queries.preview(request.actor, kind, suffix)


@router.post(
    "/number-formats", response={200: SettingsOut, (403, 404, 422): Refusal}, operation_id="set_number_format"
)
def set_number_format(request: ActorRequest, body: NumberFormatIn) -> SettingsOut:
    services.set_number_format(body, actor=request.actor, at=clock.now())
    return queries.get_settings(request.actor, at=clock.now())


@router.get(
    "/{uuid:document_id}/file.{suffix}",
    response={200: None, (403, 404, 409, 422): Refusal},
    operation_id="get_document_file",
)
def get_document_file(request: ActorRequest, document_id: UUID, suffix: str) -> HttpResponse:
    """The document as Word or PDF: the same file every time."""
    return services.hand_out_own(document_id, suffix, actor=request.actor, at=clock.now())
