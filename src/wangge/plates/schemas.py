"""Shapes of plates at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from wangge.kernel.schemas import Sent, Text
from wangge.kernel.shapes import Schema
from wangge.plates.rules import PlateKind, SheetState

MOST = 5_000  # plates of a sheet


class PlateFormIn(Schema):
    """The row of a pack."""

    kind: PlateKind
    width_mm: float
    height_mm: float
    margin_mm: float
    title_zh: str
    title_en: str
    hint_zh: str
    hint_en: str
    lines: list[str]
    public: list[str]
    is_confirmed: bool


class SheetIn(Schema):
    """Plates to print: of places by their ids, or of all places or all grids of a territory."""

    id: UUID
    kind: PlateKind = PlateKind.VENUE
    venue_ids: list[UUID] = Field(default_factory=list, max_length=MOST)
    grid: str = Field("", max_length=64)  # a closed path
    only_new: bool = False  # leave out what has a plate already
    language: Literal["zh", "en"] = "zh"

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if bool(self.venue_ids) == bool(self.grid) or (self.venue_ids and self.kind is PlateKind.GRID):
            raise ValueError("name places, or a territory")
        return self


class SheetOut(Schema):
    id: UUID
    name: str
    kind: PlateKind
    count: int
    done: int
    pages: int
    state: SheetState
    asked_at: datetime
    asked_by: str


class SheetPage(Schema):
    items: list[SheetOut]
    next_cursor: str | None


class PlateOut(Schema):
    """The plate of a place, if it has one."""

    code: str  # as it stands on the plate
    url: str
    made_at: datetime
    is_confirmed: bool  # its form, by a city


class ReplaceIn(Sent):
    """A plate is lost or torn off: its code ends, a new one begins."""

    id: UUID
    venue_id: UUID
    reason: Annotated[Text, Field(min_length=2, max_length=500)]


class PhoneIn(Schema):
    path: str = Field(max_length=64)
    phone: str = Field(pattern=r"^$|^[0-9+\-() ]{3,32}$")  # empty: none


class PhoneOut(Schema):
    path: str
    name: str
    phone: str


class FaceOut(Schema):
    """What a plate tells a stranger."""

    kind: PlateKind
    title_zh: str
    title_en: str
    hint_zh: str
    hint_en: str
    lines: list[tuple[str, str]]  # field and value, in the order of the pack
