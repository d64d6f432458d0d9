"""Reading documents. Every read starts from `visible_to(actor)`, or from a room that let the reader in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.http import HttpResponse

from wangge.accounts import queries as accounts
from wangge.documents import printing
from wangge.documents.filling import fill
from wangge.documents.models import Document, DocumentQuerySet, NumberFormat, Template, Voiding
from wangge.documents.placeholders import PLACEHOLDERS, sample
from wangge.documents.rules import (
    TITLES,
    DocumentKind,
    Issued,
    Organisation,
    organisation_key,
    write_number,
)
from wangge.documents.schemas import (
    DocumentRow,
    KindOut,
    NumberFormatOut,
    PlaceholderOut,
    SettingsOut,
    TemplateOut,
)
from wangge.documents.shipped import shipped_template
from wangge.kernel import files
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.territory import queries as territory

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def list_of(subject_type: str, subject_id: UUID) -> list[DocumentRow]:
    """Return what was issued for a thing, the newest first. The caller has let the reader see the thing."""
    found = Document.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return rows_out(list(whole_rows(found).order_by("-issued_at", "-id")))


def get_document(actor: Actor, document_id: UUID) -> Document:
    """Return the document. Raises: NotVisible."""
    document = whole_rows(Document.objects.visible_to(actor)).filter(pk=document_id).first()
    if document is None:
        raise NotVisible()
    return document


def get_of(subject_type: str, subject_id: UUID, document_id: UUID) -> Document:
    """Return a document of a thing that the caller let the reader see. Raises: NotVisible."""
    found = Document.objects.filter(subject_type=subject_type, subject_id=subject_id, pk=document_id)
    document = whole_rows(found).first()
    if document is None:
        raise NotVisible()
    return document


def list_issued(document_ids: Iterable[UUID]) -> list[Issued]:
    """Return these documents, oldest first; what `holds_personal` is for who may reveal (DO-6)."""
    found = Document.objects.filter(pk__in=list(document_ids))
    issued = []
    for one in found.select_related("voiding", "print").order_by("issued_at", "id"):
        voiding, printed = getattr(one, "voiding", None), getattr(one, "print", None)
        reason = voiding.reason if voiding else None
        told = Issued(one.pk, one.kind, one.number_text, one.issued_at, one.issued_by_name, reason)
        kept = (one.file_id, printed.file_id) if printed else (one.file_id,)
        issued.append(replace(told, holds_personal=one.holds_personal, files=kept))
    return issued


def voiding_of(document: Document) -> Voiding | None:
    """Return why the document no longer holds, None while it holds. Rule: DO-7."""
    return Voiding.objects.filter(document=document).first()


def row_of(document: Document) -> DocumentRow:
    """Return one document as a line of a list."""
    return rows_out([document])[0]


def organisation_of(actor: Actor) -> Organisation:
    """Return whose documents this person issues. Rule: DO-2."""
    if actor.department_id:
        name = accounts.get_departments([actor.department_id])[actor.department_id].name
    else:
        name = territory.names_of([actor.scope]).get(actor.scope, actor.scope)
    return Organisation(organisation_key(actor), name)


def kinds_out(kinds: Iterable[DocumentKind]) -> list[KindOut]:
    """Return the kinds with their titles."""
    return [KindOut(kind=kind, title_zh=TITLES[kind][0], title_en=TITLES[kind][1]) for kind in kinds]


def has_pdf() -> bool:
    """Return whether this machine can make PDF. Rule: DO-8."""
    return printing.converter() is not None


def template_in_force(kind: DocumentKind) -> tuple[bytes, str]:
    """Return the Word template of the kind and what it is called. Rule: DO-5."""
    own = Template.objects.filter(kind=kind, is_active=True).first()
    if own is None:
        return shipped_template(kind), "wangge"
    with files.open_file(own.file_id) as file:
        return file.read(), f"{own.name} v{own.version}"[:160]


def get_settings(actor: Actor, *, at: datetime) -> SettingsOut:
    """Return templates, number formats and placeholders. Raises: NotYourRole."""
    actor.check_can("documents.configure")
    versions = list(Template.objects.order_by("kind", "-version"))
    own = {one.kind: one for one in versions if one.is_active}
    year = at.astimezone(CHINA).year
    return SettingsOut(
        templates=[_template_out(kind, own.get(kind.value)) for kind in DocumentKind],
        versions=[_template_out(DocumentKind(one.kind), one) for one in versions],
        number_formats=[
            NumberFormatOut(
                kind=DocumentKind(one.kind),
                organisation=one.organisation,
                organisation_name=one.organisation_name,
                pattern=one.pattern,
                example=write_number(
                    one.pattern, organisation=one.organisation_name or "镜湖区消防大队", year=year, number=1
                ),
                is_confirmed=one.is_confirmed,
                pack_version=one.pack_version,
            )
            for one in NumberFormat.objects.filter(is_active=True).order_by("kind", "organisation")
        ],
        placeholders=[
            PlaceholderOut(
                name=one.name,
                zh=one.zh,
                en=one.en,
                is_personal=one.is_personal,
                parts=[f"{name}/{zh}" for name, zh in one.parts],
                sample="" if isinstance(one.sample, list) else one.sample,
            )
            for one in PLACEHOLDERS
        ],
        has_pdf=has_pdf(),
    )


def get_template_file(actor: Actor, kind: DocumentKind) -> HttpResponse:
    """Return the template in force as it is, to start one's own from. Raises: NotYourRole."""
    actor.check_can("documents.configure")
    return attachment(template_in_force(kind)[0], f"{TITLES[kind][0]}-模板.docx", "docx")


def preview(actor: Actor, kind: DocumentKind, suffix: str) -> HttpResponse:
    """Return the template in force filled with sample data. Raises: NotYourRole, NoConverter, Unreadable."""
    actor.check_can("documents.configure")
    title = TITLES[kind][0]
    filled = fill(template_in_force(kind)[0], sample() | {"title": title}, pictures=None)
    content = printing.to_pdf(filled) if check_suffix(suffix) == "pdf" else filled
    return attachment(content, f"{title}-样张.{suffix}", suffix)


def check_suffix(suffix: str) -> str:
    """Return the suffix. Raises: Unreadable unless it is docx or pdf."""
    if suffix not in MEDIA_TYPES:
        raise Unreadable(field="suffix", why_zh="只能是 docx 或 pdf", why_en="docx or pdf")
    return suffix


def attachment(content: bytes, name: str, suffix: str) -> HttpResponse:
    """Return a file for download, never kept by a proxy."""
    answer = HttpResponse(content, content_type=MEDIA_TYPES[suffix])
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    quoted = "".join(f"%{byte:02X}" for byte in name.encode())
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"document.{suffix}\"; filename*=UTF-8''{quoted}"
    )
    return answer


def find_gaps() -> list[str]:
    """Return the series whose numbers have a gap or a double: there are none (DO-4)."""
    return [
        f"{kind} {organisation} {year}: {count}/{last}"
        for kind, organisation, year, last, count in _counted_series()
        if count != last
    ]


def _counted_series() -> Iterable[tuple[str, str, int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.kind, s.organisation, s.year, s.last, count(d.id) FROM documents_series s"
            " LEFT JOIN documents_document d USING (kind, organisation, year)"
            " GROUP BY s.id ORDER BY s.kind, s.organisation, s.year"
        )
        return [(kind, whose, year, last, count) for kind, whose, year, last, count in cursor.fetchall()]


def whole_rows(found: DocumentQuerySet) -> DocumentQuerySet:
    """Return the documents with what voided them, in one statement."""
    return found.select_related("voiding")


def rows_out(documents: list[Document]) -> list[DocumentRow]:
    """Return documents as lines of a list."""
    grids: Mapping[str, str] = territory.names_of({one.grid_path for one in documents})
    return [_row(one, grids) for one in documents]


def _row(document: Document, grids: Mapping[str, str]) -> DocumentRow:
    voiding = getattr(document, "voiding", None)
    kind = DocumentKind(document.kind)
    return DocumentRow(
        id=document.pk,
        kind=kind,
        title_zh=TITLES[kind][0],
        title_en=TITLES[kind][1],
        number_text=document.number_text,
        organisation_name=document.organisation_name,
        recipient=document.recipient,
        subject_type=document.subject_type,
        subject_id=document.subject_id,
        grid_name=grids.get(document.grid_path, document.grid_path),
        issued_at=document.issued_at,
        issued_by_name=document.issued_by_name,
        holds_personal=document.holds_personal,
        template_name=document.template_name,
        sha256=document.file_id,
        void_reason=voiding.reason if voiding else None,
        voided_by_name=voiding.voided_by_name if voiding else None,
        voided_at=voiding.voided_at if voiding else None,
    )


def _template_out(kind: DocumentKind, own: Template | None) -> TemplateOut:
    return TemplateOut(
        kind=kind,
        title_zh=TITLES[kind][0],
        title_en=TITLES[kind][1],
        name=own.name if own else "",
        version=own.version if own else 0,
        uploaded_by_name=own.uploaded_by_name if own else "",
        uploaded_at=own.uploaded_at if own else None,
    )
