"""Reading documents. Every read starts from `visible_to(actor)`, or from a room that let the reader in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.http import HttpResponse

from wangge.accounts import queries as accounts
from wangge.documents import printing
from wangge.documents.filling import fill
from wangge.documents.models import Document, DocumentQuerySet, NumberFormat, Template
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
    DocumentFilter,
    DocumentPage,
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

COUNTED = 10_000
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def list_documents(actor: Actor, filters: DocumentFilter) -> DocumentPage:
    """Return one page of the visible documents, the newest first. Raises: NotYourRole, Unreadable."""
    actor.check_can("documents.read")
    found = beyond = _select(Document.objects.visible_to(actor), filters)
    if filters.cursor:
        at, identifier = _read_key(filters.cursor)
        beyond = found.filter(issued_at__lte=at).filter(Q(issued_at__lt=at) | Q(id__lt=identifier))
    rows = list(_whole(beyond).order_by("-issued_at", "-id")[: filters.limit + 1])
    page = rows[: filters.limit]
    total = found[: COUNTED + 1].count()
    last = page[-1] if len(rows) > len(page) else None
    return DocumentPage(
        items=_rows(page),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=f"{last.issued_at.isoformat()}|{last.id}" if last else None,
    )


def list_of(subject_type: str, subject_id: UUID) -> list[DocumentRow]:
    """Return what was issued for a thing, the newest first. The caller has let the reader see the thing."""
    found = Document.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return _rows(list(_whole(found).order_by("-issued_at", "-id")))


def get_document(actor: Actor, document_id: UUID) -> Document:
    """Return the document. Raises: NotVisible."""
    document = _whole(Document.objects.visible_to(actor)).filter(pk=document_id).first()
    if document is None:
        raise NotVisible()
    return document


def get_of(subject_type: str, subject_id: UUID, document_id: UUID) -> Document:
    """Return a document of a thing that the caller let the reader see. Raises: NotVisible."""
    found = Document.objects.filter(subject_type=subject_type, subject_id=subject_id, pk=document_id)
    document = _whole(found).first()
    if document is None:
        raise NotVisible()
    return document


def list_issued(subject_type: str, subject_ids: Iterable[UUID]) -> dict[UUID, list[Issued]]:
    """Return what was issued for things, oldest first; what `holds_personal` is for who may reveal (DO-6)."""
    found = Document.objects.filter(subject_type=subject_type, subject_id__in=list(subject_ids))
    issued: dict[UUID, list[Issued]] = defaultdict(list)
    for one in found.select_related("voiding", "print").order_by("issued_at", "id"):
        voiding, printed = getattr(one, "voiding", None), getattr(one, "print", None)
        reason = voiding.reason if voiding else None
        told = Issued(one.pk, one.kind, one.number_text, one.issued_at, one.issued_by_name, reason)
        kept = (one.file_id, printed.file_id) if printed else (one.file_id,)
        issued[one.subject_id].append(replace(told, holds_personal=one.holds_personal, files=kept))
    return issued


def row_of(document: Document) -> DocumentRow:
    """Return one document as a line of a list."""
    return _rows([document])[0]


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
    own = {one.kind: one for one in Template.objects.filter(is_active=True)}
    year = at.astimezone(CHINA).year
    return SettingsOut(
        templates=[_template_out(kind, own.get(kind.value)) for kind in DocumentKind],
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


def _select(found: DocumentQuerySet, filters: DocumentFilter) -> DocumentQuerySet:
    if filters.q:
        found = found.filter(
            Q(number_text__contains=filters.q)
            | Q(recipient__contains=filters.q)
            | Q(issued_by_name__startswith=filters.q)
        )
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.is_void is not None:
        found = found.filter(voiding__isnull=not filters.is_void)
    if filters.issued_from:
        found = found.filter(issued_at__gte=_midnight(filters.issued_from))
    if filters.issued_to:
        found = found.filter(issued_at__lt=_midnight(filters.issued_to) + timedelta(days=1))
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def _read_key(cursor: str) -> tuple[datetime, UUID]:
    at, _, identifier = cursor.partition("|")
    try:
        return datetime.fromisoformat(at), UUID(identifier)
    except ValueError:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="start again from the first page",
        ) from None


def _whole(found: DocumentQuerySet) -> DocumentQuerySet:
    return found.select_related("voiding")


def _rows(documents: list[Document]) -> list[DocumentRow]:
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
