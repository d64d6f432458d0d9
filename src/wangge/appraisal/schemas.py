"""Shapes of the indicators."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from wangge.appraisal.rules import Counted, FigureKind, Grouping
from wangge.appraisal.target_schemas import TargetFilter as TargetFilter
from wangge.appraisal.target_schemas import TargetIn as TargetIn
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema


class MeasureOut(Schema):
    code: str
    zh: str
    en: str


class IndicatorOut(Schema):
    """An indicator with all that it is made of, for whoever asks what a figure means."""

    code: str
    name_zh: str
    name_en: str
    subject: Counted
    kind: FigureKind
    numerator: MeasureOut
    denominator: MeasureOut | None
    unit: str  # pct, hours, or the subject
    small_sample: int  # below it the figure is shown as too small to compare
    more_is: str
    source: str
    is_confirmed: bool
    pack_version: str


class Narrowed(Schema):
    """Which cases and orders are counted. An empty word narrows nothing."""

    first: str = Field(description="First month, as 2025-01")
    last: str = Field(description="Last month, as 2025-12")
    territory: Text = Field("", max_length=64)
    channel: Text = Field("", max_length=16)
    matter: Text = Field("", max_length=16)
    department: int | None = Field(None, ge=0, le=2**62)  # 0: none yet


class FigureFilter(Narrowed):
    by: Grouping = Grouping.NONE


class RowFilter(Narrowed):
    """The rows behind one figure."""

    indicator: Text = Field(max_length=32)
    part: str = Field("numerator", pattern="^(numerator|denominator)$")
    itself: bool = False  # the territory alone, without what lies below it
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class FigureOut(Schema):
    indicator: str
    value: float | None
    numerator: int | None
    denominator: int | None
    is_small: bool
    before: float | None  # the same months a year earlier
    change: float | None  # per cent, or points for a share


class FigureRow(Schema):
    key: str
    name_zh: str
    name_en: str
    is_itself: bool = False
    has_below: bool = False
    figures: list[FigureOut]


class FigureTable(Schema):
    territory: str
    territory_name: str
    by: Grouping
    indicators: list[IndicatorOut]
    total: FigureRow
    rows: list[FigureRow]
    counted_at: datetime


class BehindRow(Schema):
    id: UUID
    subject: Counted
    name_zh: str
    name_en: str
    grid_path: str
    grid_name: str
    on: str
    status: str
    hours: int | None


class BehindPage(Schema):
    items: list[BehindRow]
    total: int
    next_cursor: UUID | None
