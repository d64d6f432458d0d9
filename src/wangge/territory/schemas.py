"""Shapes of the territory at the edge."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, field_validator

from wangge.kernel.shapes import Schema
from wangge.territory.handover_schemas import HandedOnOut as HandedOnOut
from wangge.territory.leave_schemas import LeaveIn as LeaveIn
from wangge.territory.leave_schemas import SubstituteIn as SubstituteIn

Datum = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]


class DivisionOut(Schema):
    path: str
    code: str
    name: str
    tier: int
    has_children: bool


class NamedPlaceOut(Schema):
    """A division or a grid, by what people call it."""

    path: str
    code: str
    name: str


class GridOut(Schema):
    id: UUID
    layer: str
    path: str
    code: str
    name: str
    tier: str
    area_m2: float
    households: int | None
    member_name: str | None  # None: a vacancy (WH-07)
    member_kind_zh: str  # of the staff kinds of the pack; empty: not said
    member_kind_en: str
    away_until: date | None  # the member is away until this day
    substitute_name: str | None  # who is in charge meanwhile; None: nobody
    valid_from: datetime
    valid_to: datetime | None
    bbox: tuple[float, float, float, float]


class GridPage(Schema):
    items: list[GridOut]
    total: int
    next_cursor: str | None


class LocateIn(Schema):
    points: list[tuple[float, float]] = Field(max_length=10_000)  # (lon, lat)
    datum: Datum = "wgs84"
    layer: str = "comprehensive"


class LocatedOut(Schema):
    path: str
    name: str


class FeatureCollection(Schema):
    """GeoJSON, WGS-84, (lon, lat)."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[dict[str, Any]]
    is_complete: bool = True  # False: more lie in the box than are shown; zoom in


class CoverageOut(Schema):
    """Gaps, overlaps and orphans of a layer."""

    layer: str
    grids: int
    gaps: int
    gap_m2: float
    overlaps: int
    overlap_m2: float
    orphans: int
    invalid: list[str]
    is_whole: bool  # the layer must leave no gap
    may_overlap: bool  # two of its grids may share ground
    shapes: FeatureCollection


class ImportProblem(Schema):
    """One thing wrong with an imported file: where, what, and the remedy, in both languages."""

    row: int | None  # as the spreadsheet shows it; of GeoJSON the place, from 1; None: the whole file
    column: str | None
    value: str
    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    is_error: bool = True  # False: a warning, the row is loaded
    file: str | None = None  # which file, where several are read at once


class ImportReport(Schema):
    """What an import did. With any error nothing is loaded."""

    kind: str
    file_name: str
    rows: int
    created: int
    updated: int
    unchanged: int
    loaded: bool  # False: dry run, or errors
    orphans: int = 0  # venues in no grid, each listed with its nearest
    problems: list[ImportProblem]
    problem_count: int  # problems shows the first 1,000


class GridImport(Schema):
    """How to read a file of grids."""

    layer: str = Field("comprehensive", max_length=32)
    tier: str = Field(max_length=32)  # the pack's word for the level
    datum: Datum  # asked, never guessed
    within: str  # a closed path: the division the file lies in
    match_by: Literal["name", "code", "file", "path"] = "name"  # file, path: its own codes or whole paths
    file_layer: str = Field(default="", max_length=128)  # asked where a file has several
    matches: dict[str, str] = Field(
        default_factory=dict
    )  # name in the file -> division code; in a form: JSON
    name_column: str = "name"
    code_column: str = "code"
    households_column: str = "households"
    repair: bool = False  # mend self-crossing polygons instead of refusing them
    overlap_m2: float = 100.0  # slivers up to this are warnings
    dry_run: bool = False

    @field_validator("matches", mode="before")
    @classmethod
    def _read_matches(cls, given: object) -> object:
        return json.loads(given or "{}") if isinstance(given, str) else given


class GridHereOut(Schema):
    """A grid that covers a place, of whatever layer."""

    id: UUID
    layer: str
    layer_zh: str
    layer_en: str
    path: str
    code: str
    name: str
    scene_zh: str  # of a dedicated grid
    scene_en: str
    member_name: str  # "": vacant
    members: int


class DivisionImport(Schema):
    """How to read a table of divisions."""

    code_column: str = "code"
    name_column: str = "name"
    dry_run: bool = False


class DivisionImportIn(DivisionImport):
    """An import that is asked for: the same id twice is one run."""

    id: UUID


class AppointmentIn(Schema):
    """Somebody covers a grid from a day on."""

    path: str
    user_id: int
    layer: str = "comprehensive"
    duty: Literal["primary", "deputy", "substitute", "team"] = "primary"
    slot: str = Field("", max_length=32)  # of the staffing rule; empty: the duty's


class AppointIn(Schema):
    starts_on: date
    appointments: list[AppointmentIn] = Field(max_length=5_000)


class AppointedOut(Schema):
    appointed: int  # those that were not so before
