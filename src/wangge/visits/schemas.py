"""Shapes of visits, arrivals and quick reports at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.visits.rules import PersonOutcome, Register, Standing

Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Datum = Literal["wgs84", "gcj02", "cgcs2000"]
Metres = Annotated[float, Field(ge=0, le=100_000)]
Photos = Annotated[list[Text], Field(default_factory=list, max_length=9)]
Phone = Annotated[Text, Field(max_length=32, pattern=r"^[0-9+*() -]*$")]


class VisitedPersonIn(Schema):
    """Somebody to visit, new or changed. What comes in masked or is left out stays as it is."""

    id: UUID
    at: AwareDatetime
    person_id: UUID
    base_version: int = Field(0, ge=0)  # 0: new
    name: Text = Field(min_length=1, max_length=64)
    phone: Phone = ""
    address: Text = Field(min_length=1, max_length=255)
    lon: Lon
    lat: Lat
    datum: Datum = "wgs84"
    groups: list[Annotated[Text, Field(max_length=32)]] | None = Field(None, min_length=1, max_length=12)


class VisitIn(Schema):
    """A visit to a person; `id` is made on the phone."""

    id: UUID
    at: AwareDatetime
    person_id: UUID
    outcome: PersonOutcome
    note: Text = Field("", max_length=500)
    photos: Photos
    lon: Lon | None = None
    lat: Lat | None = None
    datum: Datum = "wgs84"
    accuracy_m: Metres = 0


class ArrivalCallIn(Schema):
    """Somebody is called to a place by hand."""

    id: UUID
    at: AwareDatetime
    trigger: Text = Field(min_length=1, max_length=32)
    text: Text = Field(min_length=2, max_length=500)
    address: Text = Field("", max_length=255)
    lon: Lon
    lat: Lat
    datum: Datum = "wgs84"


class ArriveIn(Schema):
    """Somebody is there, and this proves it."""

    id: UUID
    at: AwareDatetime
    arrival_id: UUID
    lon: Lon | None = None
    lat: Lat | None = None
    datum: Datum = "wgs84"
    accuracy_m: Metres = 0
    photos: Photos
    note: Text = Field("", max_length=500)


class QuickReportIn(Schema):
    """A quick report. `subject_id` is the id of what it makes: a case, a place, a fact or a person."""

    id: UUID
    at: AwareDatetime
    kind: Text = Field(min_length=1, max_length=32)
    subject_id: UUID
    lon: Lon
    lat: Lat
    datum: Datum = "wgs84"
    address: Text = Field("", max_length=255)
    text: Text = Field("", max_length=2000)
    photos: Photos
    matter_code: Text = Field("", max_length=16)  # of a case
    venue_id: UUID | None = None  # the place of a case, a fact, or one that is rented out now
    value: Text = Field("", max_length=32)  # of a fact
    name: Text = Field("", max_length=64)  # of a place or a person
    phone: Phone = ""
    groups: list[Annotated[Text, Field(max_length=32)]] = Field(default_factory=list, max_length=12)


class VisitRevealIn(Schema):
    """Why somebody must read what is protected; it stays in the audit trail."""

    reason: Text = Field(min_length=2, max_length=500, pattern=r"\S.*\S")


class RevealedVisited(Schema):
    name: str
    phone: str
    groups: list[str]


class GroupOut(Schema):
    code: str
    name_zh: str
    name_en: str
    interval: str
    is_protected: bool
    policy: str
    source: str
    is_confirmed: bool


class TriggerOut(Schema):
    code: str
    name_zh: str
    name_en: str
    within_minutes: int
    least_photos: int
    season: str
    is_by_hand: bool  # nothing in the house calls by itself
    policy: str
    source: str
    is_confirmed: bool


class ReportKindOut(Schema):
    code: str
    name_zh: str
    name_en: str
    becomes: Register
    matters: list[str]
    place_class: str
    fact: str
    groups: list[str]
    least_photos: int
    source: str
    is_confirmed: bool


class VisitWords(Schema):
    """What the pack says of visits, and the bounds of proof."""

    groups: list[GroupOut]
    triggers: list[TriggerOut]
    reports: list[ReportKindOut]
    limits: dict[str, float]
    limits_confirmed: bool


class PersonRow(Schema):
    """A person to visit, masked. `is_protected`: there are groups that only a reveal tells."""

    id: UUID
    name: str  # 张**
    phone: str  # 138****5678
    address: str
    lon: float
    lat: float
    grid_path: str
    grid_name: str
    groups: list[str]  # those that anybody may read
    is_protected: bool
    standing: Standing
    due_on: date  # the last day of the period
    last_met_on: date | None
    last_tried_on: date | None
    since_on: date
    ended_on: date | None
    version: int


class PersonPage(Schema):
    items: list[PersonRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class PersonFilter(Schema):
    """What to list; of people who left nothing is owed."""

    grid: Text = Field("", max_length=64)  # a closed path: the subtree
    standing: Standing | None = None
    group: Text = Field("", max_length=32)  # an open one only
    mine: bool = False  # in the grids that the caller covers today
    left: bool = False  # those who are not in the register any more
    cursor: Text = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


class PersonVisitOut(Schema):
    id: UUID
    person_id: UUID
    person_name: str  # masked
    address: str
    grid_path: str
    grid_name: str
    at: datetime
    by_name: str
    outcome: PersonOutcome
    note: str
    photos: list[str]
    is_near: bool | None
    off_m: int | None


class VisitPage(Schema):
    items: list[PersonVisitOut]
    next_cursor: str | None


class PersonDetail(PersonRow):
    visits: list[PersonVisitOut]  # the last ten, newest first


class ArrivalRow(Schema):
    id: UUID
    trigger: str
    trigger_zh: str
    trigger_en: str
    grid_path: str
    grid_name: str
    case_id: UUID | None
    text: str
    address: str
    lon: float | None
    lat: float | None
    least_photos: int
    called_at: datetime
    due_at: datetime
    called_by_name: str | None  # null: the house
    arrived_at: datetime | None
    arrived_by_name: str | None
    minutes: int | None  # from the call to the arrival
    is_late: bool  # came late, or is not there in time
    off_m: int | None
    photos: list[str]
    note: str
    ended_at: datetime | None


class ArrivalPage(Schema):
    items: list[ArrivalRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class ArrivalFilter(Schema):
    grid: Text = Field("", max_length=64)
    state: Literal["open", "late", "arrived", "ended"] | None = None
    trigger: Text = Field("", max_length=32)
    mine: bool = False
    called_from: date | None = None
    called_to: date | None = None  # the last day
    cursor: Text = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


class QuickRow(Schema):
    id: UUID
    kind: str
    kind_zh: str
    kind_en: str
    becomes: Register
    subject_id: UUID
    grid_path: str
    grid_name: str
    text: str
    address: str
    photos: list[str]
    at: datetime
    by_name: str


class QuickPage(Schema):
    items: list[QuickRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class QuickFilter(Schema):
    grid: Text = Field("", max_length=64)
    kind: Text = Field("", max_length=32)
    first_on: date | None = None
    last_on: date | None = None
    cursor: Text = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


class VisitCoverage(Schema):
    """Of the people of a grid who were owed a visit in a month, how many were met."""

    path: str
    name: str
    owed: int
    met: int
    met_pct: float | None


class GroupCoverage(Schema):
    """Null: of so few people of a protected group nothing is told."""

    code: str
    name_zh: str
    name_en: str
    owed: int | None
    met: int | None
    met_pct: float | None


class TriggerFigures(Schema):
    """Of the calls of a month: came, came in time, and the median minutes of those who came."""

    code: str
    name_zh: str
    name_en: str
    called: int
    arrived: int
    in_time: int
    arrived_pct: float | None
    median_minutes: float | None


class QuickFigures(Schema):
    code: str
    name_zh: str
    name_en: str
    reported: int


class VisitFigures(Schema):
    """A month of a territory: who was visited, who came, what was reported (domain 4.5)."""

    month: str
    owed: int
    met: int
    met_pct: float | None
    groups: list[GroupCoverage]
    triggers: list[TriggerFigures]
    reports: list[QuickFigures]


class CoveragePage(Schema):
    items: list[VisitCoverage]
    next_cursor: str | None
