"""Shapes of looking again, at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.rechecks.rules import MOST, RecheckKind, RecheckVerdict

Path = Annotated[Text, Field(max_length=64, pattern=r"^([0-9A-Za-z_-]+\.)+$")]
LONGEST = 366  # days of work that one draw looks at


class RecheckPopulationIn(Schema):
    """From what is drawn."""

    kind: RecheckKind
    path: Path
    since_on: date
    until_on: date

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if not 0 <= (self.until_on - self.since_on).days <= LONGEST:
            raise ValueError(f"until_on lies up to {LONGEST} days after since_on")
        return self


class RecheckPopulationOut(Schema):
    population: int
    members: int  # whose work it is


class RecheckDrawIn(RecheckPopulationIn):
    """Draw a sample. The same seed and the same work always draw the same."""

    id: UUID
    title: Text = Field(min_length=1, max_length=64)
    size: int = Field(ge=1, le=MOST)
    due_on: date
    seed: Text = Field("", max_length=64)  # said in public before; empty: made now

    @model_validator(mode="after")
    def _has_somebody_to_cross(self) -> Self:
        if self.kind is RecheckKind.CROSS_PATROL and self.size < 2:
            raise ValueError("a cross patrol needs two grids")
        return self


class RecheckResultIn(Schema):
    """What whoever looked again found."""

    id: UUID
    sample_id: UUID
    base_version: int = Field(ge=1)
    verdict: RecheckVerdict
    rating: int | None = Field(None, ge=1, le=5)
    note: Text = Field("", max_length=500)
    photos: list[Text] = Field(default_factory=list, max_length=9)


class RecheckWithdrawIn(Schema):
    reason: Text = Field(min_length=2, max_length=200)


class RecheckDrawOut(Schema):
    id: UUID
    kind: RecheckKind
    title: str
    path: str
    place_name: str
    since_on: date
    until_on: date
    due_on: date
    seed: str
    population: int
    population_sha256: str
    size: int
    looked: int
    well: int
    badly: int
    well_pct: int | None
    is_overdue: bool
    drawn_at: datetime
    drawn_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_reason: str


class RecheckDrawPage(Schema):
    items: list[RecheckDrawOut]
    next_cursor: UUID | None


class RecheckSampleOut(Schema):
    id: UUID
    position: int
    grid_path: str
    grid_name: str
    venue_id: UUID | None
    venue_name: str
    address: str
    order_id: UUID | None
    case_id: UUID | None
    done_at: datetime | None
    member_id: int | None
    member: str
    walker: str
    verdict: RecheckVerdict | None
    rating: int | None
    note: str
    photos: list[str]
    looked_at: datetime | None
    looked_by: str
    version: int


class RecheckDetail(RecheckDrawOut):
    samples: list[RecheckSampleOut]


class RecheckFigureFilter(Schema):
    path: Annotated[Text, Field(max_length=64)] = ""  # empty: the reader's scope
    since_on: date
    until_on: date


class RecheckMember(Schema):
    """What looking again told of one member's work. Under a handful it says little."""

    member_id: int
    member: str
    well: int
    badly: int
    well_pct: int | None
    by_kind: dict[RecheckKind, tuple[int, int]]  # well, badly


class RecheckFigures(Schema):
    well: int
    badly: int
    well_pct: int | None
    by_kind: dict[RecheckKind, tuple[int, int]]
    members: list[RecheckMember]  # worst first
