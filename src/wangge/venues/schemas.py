"""Shapes of the register at the edge."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator

from wangge.accounts.rules import Language, Medium
from wangge.kernel.shapes import Schema
from wangge.venues.rules import HIGH_M, ContactKind, Way


def said(reason: str) -> str:
    """Return a reason without blanks around it. Raises: ValueError if it says nothing."""
    if len(reason.strip()) < 2:
        raise ValueError("say why")
    return reason.strip()


class VenueClassOut(Schema):
    code: str
    name_zh: str
    name_en: str


class VenueRow(Schema):
    id: UUID
    code: str
    name: str
    class_code: str
    class_zh: str
    class_en: str
    tags: list[str]
    tag_names: list[
        VenueClassOut
    ]  # of the tags, in their order; one that no pack names is called by its code
    address: str
    grid_path: str
    grid_name: str
    is_orphan: bool
    nearest_name: str | None
    nearest_m: float | None
    lon: float
    lat: float
    is_open: bool
    is_merged: bool  # into another: it stands in no list
    last_visited_on: date | None
    version: int


class VenueShort(Schema):
    id: UUID
    code: str
    name: str


class VenueDetail(VenueRow):
    area_m2: float | None
    height_m: float | None
    credit_code: str
    keeper_name: str  # masked: 张*
    keeper_phone: str  # masked: 138****5678
    source: str
    updated_at: datetime
    merged_into: VenueShort | None  # the place that stands for this one
    merged: list[VenueShort]  # what went into this one


class VenuePage(Schema):
    items: list[VenueRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class VenueIn(Schema):
    """A new or changed dossier. The grid is found from the point, never sent."""

    id: UUID
    base_version: int = 0  # 0: new
    code: str = Field(max_length=64)
    name: str = Field(max_length=128)
    class_code: str
    tags: list[str] = Field(default_factory=list)
    address: str = Field("", max_length=255)
    lon: float
    lat: float
    area_m2: float | None = Field(None, ge=0, le=1e9)
    height_m: float | None = Field(None, ge=0, le=HIGH_M)  # left out: as it is
    credit_code: str = ""
    keeper_name: str = ""
    keeper_phone: str = ""
    is_open: bool = True


class FieldChange(Schema):
    """One field before and after, as people read it; of a sealed one only that it changed."""

    field: str
    is_sealed: bool
    old_zh: str
    old_en: str
    new_zh: str
    new_en: str


class VenueChangeOut(Schema):
    version: int
    at: datetime
    by: str  # "": the installation
    way: Way
    source: str
    reason: str
    fields: list[FieldChange]


class VenueHistory(Schema):
    """Newest first. What was changed before the house kept it is not there."""

    items: list[VenueChangeOut]
    created_at: datetime
    source: str
    next_before: int | None  # the version to go on from


class OpenIn(Schema):
    """Close a place down or open it again."""

    is_open: bool
    reason: str = Field(min_length=2, max_length=500)

    @field_validator("reason")
    @classmethod
    def _says_something(cls, given: str) -> str:
        return said(given)


class VenueFilter(Schema):
    """What to list."""

    q: str = Field("", max_length=64)  # name, address or code
    venue_class: str = ""
    tag: str = ""
    grid: str = ""  # a closed path: the subtree
    orphan: bool | None = None
    is_open: bool | None = None
    part_of: UUID | None = None  # what belongs to this place now
    cursor: str = ""
    limit: int = Field(50, ge=1, le=200)


class VenueImport(Schema):
    """How to read a file of venues. `columns` names the file's column for each field where they differ."""

    source: str = Field(max_length=64)  # the register's name: code is unique inside it
    datum: Literal["wgs84", "gcj02", "bd09", "cgcs2000"]  # asked, never guessed
    territory: str  # a closed path: what the file claims to lie in
    layer: str = "comprehensive"
    class_code: str = ""  # for files without a class column
    columns: dict[str, str] = Field(default_factory=dict)  # ours -> theirs; in a form: one JSON object
    max_distance_m: float = Field(1_000.0, ge=0)  # how far outside the territory's grids a point may lie
    repair: bool = False  # mend self-crossing outlines instead of refusing them
    dry_run: bool = False

    @field_validator("columns", mode="before")
    @classmethod
    def _read_columns(cls, given: object) -> object:
        return json.loads(given or "{}") if isinstance(given, str) else given


class VenueImportIn(VenueImport):
    """An import that is asked for: the same id twice is one run."""

    id: UUID


class VenueExportIn(Schema):
    """The filtered register as a file, made by a worker."""

    id: UUID
    suffix: Literal["csv", "xlsx"] = "xlsx"
    filters: VenueFilter


class ContactIn(Schema):
    """Somebody to tell: of one place, or without one of a whole territory."""

    venue_id: UUID | None = None
    path: str = Field("", max_length=64)  # a closed path
    kind: ContactKind
    name: str = Field(min_length=1, max_length=64)
    medium: Medium
    address: str = Field(min_length=1, max_length=254)
    language: Language = Language.ZH


class ContactOut(Schema):
    """A contact, masked; with a path it is one of the territory."""

    id: int
    kind: ContactKind
    name: str
    medium: Medium
    address: str
    language: Language
    path: str


class RevealIn(Schema):
    """Why somebody must read what is masked; it stays in the audit trail."""

    reason: str = Field(min_length=2, max_length=500)

    @field_validator("reason")
    @classmethod
    def _says_something(cls, given: str) -> str:
        return said(given)


class RevealedOut(Schema):
    name: str
    address: str


class ContactIdOut(Schema):
    id: int
