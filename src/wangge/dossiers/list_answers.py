"""Shapes of the lists over many dossiers: what is due, where nobody is named, where the class differs."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from wangge.dossiers.answers import ClassProposalOut, MissingKindOut
from wangge.dossiers.rules import Sort, State, What
from wangge.kernel.shapes import Schema
from wangge.venues.schemas import VenueRow


class DueRow(Schema):
    id: UUID
    version: int
    sort: Sort
    kind: str
    kind_zh: str
    kind_en: str
    venue_id: UUID
    venue_name: str
    class_zh: str
    class_en: str
    grid_path: str
    grid_name: str
    count: int
    place: str
    number: str
    what: What
    due_on: date | None
    days: int | None  # left; late ones are negative
    state: State
    rule_zh: str
    rule_en: str
    source: str
    is_confirmed: bool


class DuePage(Schema):
    items: list[DueRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class NobodyRow(VenueRow):
    missing: list[MissingKindOut]


class NobodyPage(Schema):
    items: list[NobodyRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class ClassRow(VenueRow):
    """A place whose class or tags are not what its facts make of them."""

    proposal: ClassProposalOut


class ClassPage(Schema):
    items: list[ClassRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None
