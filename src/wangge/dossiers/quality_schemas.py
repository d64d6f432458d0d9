"""Shapes of how whole, how fresh and how real."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from wangge.dossiers.quality_rules import Measure, Sign
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema


class StandardOut(Schema):
    """A row of the pack by which dossiers are measured."""

    measure: Measure
    code: str
    name_zh: str
    name_en: str
    weight: int | None
    days: int | None
    percent: int | None
    times: int | None
    source: str
    is_confirmed: bool


class QualityOut(Schema):
    """How much of one dossier is known, and since when."""

    share_pct: int | None  # none: the pack asks nothing of this class
    lacks: list[StandardOut]
    seen_on: date  # the last visit or change
    fresh_until: date | None
    is_stale: bool


class TerritoryQualityRow(Schema):
    """What is known in one territory below the one asked for, or in one grid."""

    path: str
    name: str
    is_grid: bool
    grids: int
    hollow_grids: int
    places: int
    whole: int
    stale: int
    share_pct: int | None


class QualityPage(Schema):
    """The least known first; the sum stands above."""

    sum: TerritoryQualityRow
    items: list[TerritoryQualityRow]
    counted_at: datetime | None  # none: not yet
    standards: list[StandardOut]


class PlaceQualityRow(Schema):
    id: UUID
    name: str
    address: str
    class_zh: str
    class_en: str
    share_pct: int | None
    lacks: list[StandardOut]
    seen_on: date
    is_stale: bool


class PlaceQualityPage(Schema):
    items: list[PlaceQualityRow]
    total: int


class HollowRow(Schema):
    """A grid that is on paper only, and by what signs."""

    path: str
    name: str
    signs: list[Sign]
    places: int
    stale: int
    share_pct: int | None
    last_visit_on: date | None
    has_member: bool
    copied_days: int  # of its log, as the pack counts them


class HollowPage(Schema):
    items: list[HollowRow]
    total: int
    next_cursor: str | None
    counted_at: datetime | None
    standards: list[StandardOut]


class HollowFilter(Schema):
    sign: Sign | Literal[""] = ""
    grid: Text = Field("", max_length=64)
    cursor: Text = ""
    limit: int = Field(50, ge=1, le=200)


class PlaceQualityFilter(Schema):
    grid: Text = Field(min_length=2, max_length=64)  # one grid, by its closed path
    offset: int = Field(0, ge=0, le=100_000)
    limit: int = Field(50, ge=1, le=200)
