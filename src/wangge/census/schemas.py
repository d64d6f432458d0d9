"""Shapes of a census at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from wangge.census.rules import CensusVerdict, Finding, Review, Side
from wangge.kernel.schemas import Sent, Text
from wangge.kernel.shapes import Schema
from wangge.venues.rules import HIGH_M
from wangge.venues.schemas import VenueRow

Asked = Literal[
    "name",
    "class_code",
    "tags",
    "address",
    "area_m2",
    "height_m",
    "credit_code",
    "keeper_name",
    "keeper_phone",
]
Note = Annotated[Text, Field(max_length=500)]


class CensusIn(Schema):
    """Open a census."""

    id: UUID
    name: str = Field(min_length=2, max_length=64)
    path: str = Field("", max_length=64)  # a closed path; empty: the opener's own scope
    starts_on: date
    ends_on: date
    asked: list[Asked] = Field(min_length=1)
    note: str = Field("", max_length=500)

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("it ends before it starts")
        return self


class Counts(Schema):
    """How far a census is: places by what was found, and those nobody has walked to."""

    total: int  # walked and not walked; new places beside it
    walked: int
    unwalked: int
    seen: int
    changed: int
    gone: int
    duplicate: int
    new: int
    waiting: int  # for a reviewer


class CensusOut(Schema):
    id: UUID
    name: str
    path: str
    path_name: str
    starts_on: date
    ends_on: date
    asked: list[Asked]
    note: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    unwalked: int | None


class CensusDetail(CensusOut):
    counts: Counts


class CensusPage(Schema):
    items: list[CensusOut]
    next_cursor: str | None


class GridProgress(Schema):
    path: str
    name: str
    member: str
    counts: Counts


class GridProgressPage(Schema):
    items: list[GridProgress]
    next_cursor: str | None


class MemberProgress(Schema):
    user_id: int
    name: str
    answered: int
    seen: int
    changed: int
    gone: int
    duplicate: int
    new: int
    last_at: datetime


class WalkRow(Schema):
    """A place to walk to, and what was found there."""

    venue: VenueRow
    answer_id: UUID | None
    finding: Finding | None
    review: Review | None
    answered_at: datetime | None


class WalkPage(Schema):
    items: list[WalkRow]
    next_cursor: str | None


class FoundValues(Sent):
    """What is otherwise than recorded; a field that is left out is as it was."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Text, Field(min_length=1, max_length=128)] | None = None
    class_code: Annotated[Text, Field(max_length=32)] | None = None
    tags: list[Annotated[Text, Field(min_length=1, max_length=32)]] | None = None
    address: Annotated[Text, Field(max_length=255)] | None = None
    area_m2: Annotated[float, Field(ge=0, le=1e9)] | None = None
    height_m: Annotated[float, Field(ge=0, le=HIGH_M)] | None = None
    credit_code: Annotated[Text, Field(max_length=32)] | None = None
    keeper_name: Annotated[Text, Field(max_length=64)] | None = None
    keeper_phone: Annotated[Text, Field(max_length=32)] | None = None


class AnswerIn(Sent):
    """What a member found; the id is made on the phone."""

    id: UUID
    at: AwareDatetime
    finding: Finding
    venue_id: UUID | None = None
    venue_version: int = 0
    other_id: UUID | None = None
    values: FoundValues = FoundValues()
    note: Note = ""
    lon: float | None = None  # WGS-84
    lat: float | None = None


class ValueOut(Schema):
    """One field as recorded and as found; a personal one masked."""

    field: str
    recorded: str
    found: str


class AnswerOut(Schema):
    id: UUID
    finding: Finding
    review: Review
    grid_path: str
    grid_name: str
    venue: VenueRow | None
    other: VenueRow | None
    values: list[ValueOut]
    note: str
    lon: float | None
    lat: float | None
    at: datetime
    by: str
    reviewed_at: datetime | None
    reviewed_by: str
    reason: str


class AnswerPage(Schema):
    items: list[AnswerOut]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class AnswerFilter(Schema):
    review: Review | None = None
    finding: Finding | None = None
    grid: str = ""
    cursor: str = ""
    limit: int = Field(50, ge=1, le=200)


class ReviewIn(Sent):
    id: UUID
    answer_id: UUID
    verdict: CensusVerdict
    reason: Note = ""


class CompareIn(Schema):
    """A register of somebody else. `columns` names the file's column for each field where they differ."""

    id: UUID
    name: str = Field(min_length=1, max_length=64)
    name_column: str = "名称"
    code_column: str = ""
    credit_column: str = "统一社会信用代码"
    address_column: str = "地址"


class ComparisonOut(Schema):
    id: UUID
    name: str
    file_name: str
    rows: int
    both: int
    only_there: int
    only_here: int
    at: datetime
    by: str


class ComparedOut(Schema):
    side: Side
    row: int | None
    code: str
    name: str
    address: str
    credit_code: str
    venue_id: UUID | None


class ComparedPage(Schema):
    items: list[ComparedOut]
    next_cursor: str | None
