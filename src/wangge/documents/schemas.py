"""Shapes of documents at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from wangge.documents.rules import DocumentKind
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema

Suffix = Literal["docx", "pdf"]


class SignatureIn(Schema):
    """Who signed on paper or on the screen; the picture was uploaded before."""

    role: Text = Field(min_length=1, max_length=32)
    name: Text = Field("", max_length=64)
    sha256: Text = Field("", max_length=64)


class IssueIn(Schema):
    """Issue a document. `id` becomes the document's id: sent twice, it is one document and one number."""

    id: UUID
    kind: DocumentKind
    recipient: Text = Field("", max_length=255)  # empty: the place's name
    demand: Text = Field("", max_length=2000)
    conclusion: Text = Field("", max_length=2000)
    note: Text = Field("", max_length=500)
    deadline_on: date | None = None  # empty: the deadline of the thing itself
    with_photos: bool = True
    signatures: list[SignatureIn] = Field(default_factory=list, max_length=6)
    reveal_reason: Text = Field("", max_length=500)  # why name and phone stand there unmasked


class VoidIn(Schema):
    reason: Text = Field(min_length=2, max_length=500)


class DocumentRow(Schema):
    id: UUID
    kind: DocumentKind
    title_zh: str
    title_en: str
    number_text: str
    organisation_name: str
    recipient: str
    subject_type: str
    subject_id: UUID
    grid_name: str
    issued_at: datetime
    issued_by_name: str
    holds_personal: bool
    template_name: str
    sha256: str
    void_reason: str | None
    voided_by_name: str | None
    voided_at: datetime | None


class DocumentPage(Schema):
    items: list[DocumentRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class DocumentFilter(Schema):
    q: Text = Field("", max_length=64)  # number, recipient or issuer
    organisation: Text = Field("", max_length=128)  # its whole name
    kind: DocumentKind | None = None
    is_void: bool | None = None
    issued_from: date | None = None
    issued_to: date | None = None  # this day included
    cursor: Text = ""
    limit: int = Field(50, ge=1, le=200)


class KindOut(Schema):
    kind: DocumentKind
    title_zh: str
    title_en: str


class OfferOut(Schema):
    """What can be issued for a thing, and what was."""

    kinds: list[KindOut]
    documents: list[DocumentRow]
    can_void: bool
    can_reveal: bool
    has_pdf: bool


class PlaceholderOut(Schema):
    name: str
    zh: str
    en: str
    is_personal: bool
    parts: list[str]
    sample: str


class TemplateOut(Schema):
    kind: DocumentKind
    title_zh: str
    title_en: str
    name: str  # of the file; empty: the shipped one
    version: int  # 0: the shipped one
    uploaded_by_name: str
    uploaded_at: datetime | None


class NumberFormatOut(Schema):
    kind: DocumentKind
    organisation: str
    organisation_name: str
    pattern: str
    example: str
    is_confirmed: bool
    pack_version: str


class NumberFormatIn(Schema):
    kind: DocumentKind
    department_id: int | None = None  # None: for all that have none of their own
    pattern: Text = Field(min_length=1, max_length=64)


class SettingsOut(Schema):
    templates: list[TemplateOut]  # in force
    versions: list[TemplateOut]  # every one that was uploaded
    number_formats: list[NumberFormatOut]
    placeholders: list[PlaceholderOut]
    has_pdf: bool
