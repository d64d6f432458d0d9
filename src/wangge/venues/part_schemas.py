"""Shapes of what is part of what."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema


class PartIn(Schema):
    """From a day on a place belongs to another, or to none."""

    id: UUID  # of the command
    venue_id: UUID  # the part
    base_version: int = Field(ge=1)  # of the part
    whole_id: UUID | None = None  # none: it belongs to no place any more
    on: date | None = None  # none: since ever, where no link was ever written
    reason: Text = Field("", max_length=500)


class PartPlace(Schema):
    """The other end of a link."""

    id: UUID
    code: str
    name: str
    class_zh: str
    class_en: str
    address: str
    is_open: bool
    since_on: date | None
    until_on: date | None


class PartsOut(Schema):
    """What a place belongs to, and what belongs to it; other territories are counted, not named."""

    wholes: list[PartPlace]  # the nearest first, up to the outermost
    parts: list[PartPlace]  # standing, by name; at most 100
    parts_count: int
    former: list[PartPlace]  # wholes of earlier days, the latest first
    hidden: int  # wholes, parts and former wholes of other territories
