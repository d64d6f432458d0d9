"""Issuing a document: its number, its Word file, its row, in one transaction."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from PIL import Image, ImageOps

from wangge.documents import filling, queries
from wangge.documents.models import Document, NumberFormat
from wangge.documents.placeholders import LISTS
from wangge.documents.rules import (
    DocumentKind,
    NumberFormatMissing,
    NumberRow,
    NumberTaken,
    Organisation,
    Paper,
    check_may_issue,
    chinese_date,
    pattern_for,
    title_of,
    write_number,
)
from wangge.kernel import audit, files, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, Unreadable
from wangge.kernel.secrets import mask_name, mask_phone

PRINT = "documents.print_documents"
WORD = queries.MEDIA_TYPES["docx"]
NOT_NUMBERED = "（预览，未编号）"
PHOTO_SIDE = 1000  # pixels: 7.2 cm in print at 350 dpi
NEXT = """
INSERT INTO documents_series (kind, organisation, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (kind, organisation, year) DO UPDATE SET last = documents_series.last + 1
RETURNING last
"""


@transaction.atomic
def issue(papers: Sequence[Paper], *, actor: Actor, at: datetime) -> dict[UUID, Document | Refused]:
    """Number, fill and keep each paper; what became of it, by its id.

    Part of the caller's transaction. A paper that is refused gives its number back before the next takes one.
    Raises: nothing for a single paper: a refusal is its fate.
    Rule:   DO-1 … DO-7. Of one series only one transaction at a time holds the next number.
    """
    organisation = queries.organisation_of(actor)
    done: dict[UUID, Document | Refused] = {}
    for paper in sorted(papers, key=lambda one: (one.kind, one.id)):  # series are locked in one order
        try:
            with transaction.atomic():
                done[paper.id] = _issue(paper, organisation, actor, at)
        except Refused as refusal:
            done[paper.id] = refusal
    issued = [one for one in done.values() if isinstance(one, Document)]
    audit.record((told(one, "documents.issue") for one in issued), actor=actor, at=at)
    if issued:
        jobs.defer(PRINT, document_ids=[str(one.pk) for one in issued])
    return done


def told(document: Document, action: str, **detail: str) -> audit.Entry:
    """Return the audit entry of what was done to a document."""
    facts = {"number": document.number_text, "kind": document.kind, "subject": str(document.subject_id)}
    return action, "document", str(document.pk), facts | detail


def draft(paper: Paper, actor: Actor, at: datetime) -> bytes:
    """Return the paper as a Word file without a number. Raises: as `issue` refuses. Rule: DO-1, DO-6."""
    _check(paper, actor)
    facts = _facts(paper, queries.organisation_of(actor).name, NOT_NUMBERED, actor, at)
    return filling.fill(queries.template_in_force(paper.kind)[0], facts, pictures=_pictures(facts))


def _issue(paper: Paper, organisation: Organisation, actor: Actor, at: datetime) -> Document:
    _check(paper, actor)
    year = at.astimezone(CHINA).year
    number, number_text = _next_number(paper.kind, organisation, year)
    template, template_name = queries.template_in_force(paper.kind)
    facts = _facts(paper, organisation.name, number_text, actor, at)
    holds_personal = _holds_personal(paper)
    word = filling.fill(template, facts, pictures=_pictures(facts))
    stored = files.store_file(word, actor=actor, at=at, media_type=WORD)
    row = Document(
        id=paper.id,
        kind=paper.kind,
        organisation=organisation.key,
        organisation_name=organisation.name,
        year=year,
        number=number,
        number_text=number_text,
        subject_type=paper.subject_type,
        subject_id=paper.subject_id,
        grid_path=paper.grid_path,
        department_id=paper.department_id,
        recipient=str(facts.get("recipient", ""))[:255],
        template_name=template_name,
        facts=facts,
        file=stored,
        holds_personal=holds_personal,
        issued_by=actor.user_id,
        issued_by_name=actor.name,
        issued_at=at,
    )
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        if "document_number_text_once" not in str(error):
            raise
        raise NumberTaken(number=number_text) from error
    if holds_personal:
        audit.record([told(row, "documents.reveal", reason=paper.reveal_reason)], actor=actor, at=at)
    return row


def _check(paper: Paper, actor: Actor) -> None:
    check_may_issue(paper.kind, actor)
    if paper.reveal_reason:
        actor.check_can("documents.reveal")


def _holds_personal(paper: Paper) -> bool:
    return bool(paper.reveal_reason) and any(paper.personal.values())


def _facts(
    paper: Paper, organisation_name: str, number_text: str, actor: Actor, at: datetime
) -> dict[str, Any]:
    """Return all that goes on paper. Rule: DO-6 (masked unless for a reason)."""
    return {
        **paper.facts,
        **(paper.personal if _holds_personal(paper) else _masked(paper.personal)),
        "number": number_text,
        "title": title_of(paper.kind),
        "organisation": organisation_name,
        "issued_on": chinese_date(at.astimezone(CHINA)),
        "issuer": actor.name,
    }


def _next_number(kind: DocumentKind, organisation: Organisation, year: int) -> tuple[int, str]:
    rows = NumberFormat.objects.filter(kind=kind, is_active=True, organisation__in=["", organisation.key])
    pattern = pattern_for(organisation.key, [NumberRow(row.organisation, row.pattern) for row in rows])
    if pattern is None:
        raise NumberFormatMissing(title=title_of(kind))
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [kind.value, organisation.key, year])
        number = int(cursor.fetchone()[0])
    return number, write_number(pattern, organisation=organisation.name, year=year, number=number)


def _masked(personal: Mapping[str, str]) -> dict[str, str]:
    return {
        name: mask_phone(value) if name.endswith("phone") else mask_name(value)
        for name, value in personal.items()
    }


def _pictures(facts: Mapping[str, Any]) -> dict[str, bytes]:
    """Return each photo and signature of the facts, turned upright and made small, without its EXIF."""
    named = [digest for name in LISTS if name.endswith("photos") for digest in facts.get(name) or ()]
    named += [one["picture"] for one in facts.get("signatures") or () if one.get("picture")]
    return {digest: _small(digest) for digest in dict.fromkeys(named)}


def _small(digest: str) -> bytes:
    try:
        with files.open_file(digest) as file:
            photo = ImageOps.exif_transpose(Image.open(file))
            photo.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
            packed = io.BytesIO()
            photo.convert("RGB").save(packed, "JPEG", quality=82)
    except (NotVisible, OSError) as error:
        raise Unreadable(
            field="photos",
            why_zh=f"照片 {digest[:8]} 读不出来",
            why_en=f"photo {digest[:8]} cannot be read",
        ) from error
    return packed.getvalue()
