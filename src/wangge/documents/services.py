"""Writes of documents: issuing, voiding, printing; templates and number formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.http import HttpResponse, StreamingHttpResponse

from wangge.accounts import queries as accounts
from wangge.documents import filling, printing, queries, register
from wangge.documents.issuing import PRINT, WORD, draft, issue, told
from wangge.documents.models import Document, NumberFormat, Print, Template, Voiding
from wangge.documents.rules import (
    AlreadyVoided,
    DocumentKind,
    Paper,
    check_may_issue,
    check_pattern,
    chinese_date,
    title_of,
)
from wangge.documents.schemas import DocumentFilter, DocumentRow, NumberFormatIn
from wangge.documents.stamping import stamp_void
from wangge.kernel import audit, files
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible

__all__ = [
    "PRINT",
    "export",
    "hand_out",
    "hand_out_own",
    "install_number_formats",
    "issue",
    "preview",
    "print_documents",
    "set_number_format",
    "upload_template",
    "use_shipped_template",
    "use_template",
    "void",
]


@transaction.atomic
def void(document: Document, *, reason: str, actor: Actor, at: datetime) -> DocumentRow:
    """Declare that an issued document no longer holds. Its number is not given again.

    Raises: NotYourRole, AlreadyVoided.
    Rule:   DO-7. The caller has let the actor see the document.
    """
    check_may_issue(DocumentKind(document.kind), actor)
    row = Voiding(
        document=document,
        reason=reason,
        voided_by=actor.user_id,
        voided_by_name=actor.name,
        voided_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyVoided(number=document.number_text) from error
    audit.record([told(document, "documents.void", reason=reason)], actor=actor, at=at)
    document.voiding = row
    return queries.row_of(document)


@transaction.atomic
def hand_out(document: Document, suffix: str, *, actor: Actor, at: datetime) -> HttpResponse:
    """Return the document as Word or PDF, and leave an audit row. The same file every time; a voided one is
    stamped on the way out, what is kept stays as it was issued.

    Raises: NotYourRole if it holds personal data that the post may not see; NoConverter, ConversionFailed.
    Rule:   DO-6, DO-7, DO-8. The caller has let the actor see the document.
    """
    if document.holds_personal:
        actor.check_can("documents.reveal")
    voiding = queries.voiding_of(document)
    digest = document.file_id if queries.check_suffix(suffix) == "docx" else ""
    if voiding is None:
        digest = digest or _printed(document, actor, at)
    audit.record([told(document, "documents.hand_out", suffix=suffix)], actor=actor, at=at)
    name = f"{document.number_text} {title_of(DocumentKind(document.kind))}.{suffix}".replace("/", "-")
    with files.open_file(digest or document.file_id) as file:
        content = file.read()
    if voiding is not None:
        day = chinese_date(voiding.voided_at.astimezone(CHINA))
        content = stamp_void(content, f"{day} {voiding.voided_by_name}：{voiding.reason}")
        content = content if suffix == "docx" else printing.to_pdf(content)
        name = f"作废 {name}"
    return queries.attachment(content, name, suffix)


def preview(paper: Paper, suffix: str, *, actor: Actor, at: datetime) -> HttpResponse:
    """Return the paper as it would be issued, without a number; nothing is kept.

    Raises: NotForYourPost, NotYourRole, NoConverter, ConversionFailed, Unreadable.
    Rule:   DO-1, DO-6.
    """
    word = draft(paper, actor, at)
    content = printing.to_pdf(word) if queries.check_suffix(suffix) == "pdf" else word
    return queries.attachment(content, f"{title_of(paper.kind)}-预览.{suffix}", suffix)


def hand_out_own(document_id: UUID, suffix: str, *, actor: Actor, at: datetime) -> HttpResponse:
    """Return a document of the list as a file. Raises: NotVisible, and as `hand_out`."""
    return hand_out(queries.get_document(actor, document_id), suffix, actor=actor, at=at)


def print_documents(document_ids: Iterable[str], *, at: datetime) -> int:
    """Make the PDFs that are not there yet, so that nobody waits for them; returns how many were made.

    Rule: DO-8. Where LibreOffice is missing nothing is made, and nothing is lost: the Word file is there.
    """
    if printing.converter() is None:
        return 0
    wanted = Document.objects.filter(pk__in=list(document_ids), print__isnull=True)
    for document in wanted:
        _printed(document, None, at)
    return len(wanted)


@transaction.atomic
def upload_template(
    kind: DocumentKind, content: IO[bytes], name: str, *, actor: Actor, at: datetime
) -> Template:
    """Put a city's own Word template into force; the earlier ones are kept.

    Raises: NotYourRole, Unreadable, TemplateWrong, UnknownPlaceholder.
    Rule:   DO-5.
    """
    actor.check_can("documents.configure")
    filling.check_is_docx(name)
    stored = files.store_file(content, actor=actor, at=at, media_type=WORD)
    with files.open_file(stored.sha256) as file:
        filling.check_template(file.read())
    _lock(f"template {kind}")
    known = Template.objects.filter(kind=kind)
    version = (known.aggregate(last=Max("version"))["last"] or 0) + 1
    known.filter(is_active=True).update(is_active=False)
    template = Template.objects.create(
        kind=kind,
        version=version,
        file=stored,
        name=name[-128:],
        uploaded_by=actor.user_id,
        uploaded_by_name=actor.name,
        uploaded_at=at,
    )
    detail = {"version": version, "sha256": stored.sha256}
    audit.record([("documents.upload_template", "template", kind.value, detail)], actor=actor, at=at)
    return template


@transaction.atomic
def use_shipped_template(kind: DocumentKind, *, actor: Actor, at: datetime) -> None:
    """Go back to the template of the house. Raises: NotYourRole. Rule: DO-5."""
    actor.check_can("documents.configure")
    Template.objects.filter(kind=kind, is_active=True).update(is_active=False)
    audit.record([("documents.use_shipped_template", "template", kind.value, {})], actor=actor, at=at)


@transaction.atomic
def use_template(kind: DocumentKind, version: int, *, actor: Actor, at: datetime) -> None:
    """Put an earlier version into force again. Raises: NotYourRole, NotVisible. Rule: DO-5."""
    actor.check_can("documents.configure")
    _lock(f"template {kind}")
    known = Template.objects.filter(kind=kind)
    if not known.filter(version=version).exists():
        raise NotVisible()
    known.filter(is_active=True).exclude(version=version).update(is_active=False)
    known.filter(version=version).update(is_active=True)
    detail = {"version": version}
    audit.record([("documents.use_template", "template", kind.value, detail)], actor=actor, at=at)


def export(actor: Actor, filters: DocumentFilter, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return the list as csv or xlsx, and leave an audit row. Raises: NotYourRole, Unreadable."""
    answer = register.export(actor, filters, suffix, at=at)
    detail = {"filters": filters.model_dump(mode="json", exclude_defaults=True), "suffix": suffix}
    audit.record([("documents.export", "document", "", detail)], actor=actor, at=at)
    return answer


@transaction.atomic
def set_number_format(given: NumberFormatIn, *, actor: Actor, at: datetime) -> None:
    """Set how the numbers of a kind look for one department, or for all without a format of their own.

    Raises: NotYourRole, NotVisible, NumberFormatWrong.
    Rule:   DO-3. The count goes on: a new format gives no number twice.
    """
    actor.check_can("documents.configure")
    check_pattern(given.pattern)
    key = name = ""
    if given.department_id is not None:
        department = accounts.get_departments([given.department_id]).get(given.department_id)
        if department is None or not actor.covers(department.path):
            raise NotVisible()
        key, name = f"department:{department.id}", department.name
    _lock(f"number format {given.kind}")
    NumberFormat.objects.filter(kind=given.kind, organisation=key, is_active=True).update(is_active=False)
    NumberFormat.objects.update_or_create(
        kind=given.kind,
        organisation=key,
        pack_version="",
        defaults={
            "pattern": given.pattern,
            "organisation_name": name,
            "is_confirmed": True,
            "is_active": True,
        },
    )
    detail = {"pattern": given.pattern, "organisation": key}
    audit.record([("documents.set_number_format", "template", given.kind.value, detail)], actor=actor, at=at)


@transaction.atomic
def install_number_formats(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make the formats of a pack those of everybody who has none set by hand. Rule: PK-4, DO-3."""
    known = NumberFormat.objects.exclude(pack_version="")
    known.update(is_active=False)
    by_hand = set(NumberFormat.objects.filter(is_active=True, organisation="").values_list("kind", flat=True))
    for row in rows:
        NumberFormat.objects.update_or_create(
            kind=row["kind"],
            organisation="",
            pack_version=pack_version,
            defaults={
                "pattern": check_pattern(row["pattern"]),
                "is_confirmed": row["is_confirmed"],
                "is_active": row["kind"] not in by_hand,
            },
        )


def _printed(document: Document, actor: Actor | None, at: datetime) -> str:
    """Return the digest of the PDF; it is made when it is not there."""
    made = Print.objects.filter(document=document).values_list("file_id", flat=True).first()
    if made:
        return str(made)
    with files.open_file(document.file_id) as file:
        pdf = printing.to_pdf(file.read())
    stored = files.store_file(pdf, actor=_house(document, actor), at=at, media_type="application/pdf")
    Print.objects.bulk_create([Print(document=document, file=stored, made_at=at)], ignore_conflicts=True)
    return str(Print.objects.values_list("file_id", flat=True).get(document=document))


def _house(document: Document, actor: Actor | None) -> Actor:
    """Return who keeps the PDF: the reader, or for the installation whoever issued the document."""
    return actor or Actor(document.issued_by, document.issued_by_name, "installation", document.grid_path)


def _lock(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"documents {what}"])
