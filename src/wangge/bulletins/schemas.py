"""Shapes of bulletins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from wangge.bulletins.rules import BulletinKind
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema


class BulletinFilter(Schema):
    kind: BulletinKind | None = None
    within: Text = Field("", max_length=64)
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class BulletinIn(Schema):
    """A bulletin of a territory and of the week or month that holds a day."""

    id: UUID  # of the command, and of the bulletin
    kind: BulletinKind
    on: date
    path: Annotated[str, StringConstraints(max_length=64, pattern=r"^([0-9A-Za-z_-]+\.)*$")] = (
        ""  # own territory
    )


class BulletinRow(Schema):
    id: UUID
    document_id: UUID
    kind: BulletinKind
    title_zh: str
    title_en: str
    number_text: str
    path: str
    place_name: str
    starts_on: date
    last_on: date
    summary: str
    is_scheduled: bool
    is_void: bool
    made_at: datetime


class BulletinPage(Schema):
    items: list[BulletinRow]
    total: int
    next_cursor: UUID | None
    has_pdf: bool  # LibreOffice is installed here
    may_make: bool
