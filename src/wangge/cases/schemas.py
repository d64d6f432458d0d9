"""Shapes of the closed loop at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from wangge.cases.rules import Action, Channel, Light, Status
from wangge.documents.schemas import IssueIn
from wangge.kernel.schemas import Sent, Text
from wangge.kernel.shapes import Schema
from wangge.matters.rules import Severity

Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Sha256 = Text
Datum = Literal["wgs84", "gcj02", "cgcs2000"]


class CaseReport(Sent):
    """A new case. `id` is made by the sender; sending it twice makes one case."""

    id: UUID
    at: AwareDatetime
    matter_code: Text
    text: Text = Field("", max_length=2000)
    lon: Lon
    lat: Lat
    datum: Datum = "wgs84"
    address: Text = Field("", max_length=255)
    venue_id: UUID | None = None
    channel: Channel = Channel.PATROL
    photos: list[Sha256] = Field(default_factory=list, max_length=9)
    fixed_on_spot: bool = False
    after_photos: list[Sha256] = Field(default_factory=list, max_length=9)


class StepCommand(Sent):
    """One step on one case. `id` is the command's id; `base_version` is the version its sender looked at."""

    id: UUID
    case_id: UUID
    action: Action
    at: AwareDatetime
    base_version: int
    reason: Text = Field("", max_length=2000)
    photos: list[Sha256] = Field(default_factory=list, max_length=9)
    department_id: int | None = Field(None, ge=1, le=2**53)  # dispatch, transfer, release
    co_department_ids: list[Annotated[int, Field(ge=1, le=2**53)]] = Field(
        default_factory=list, max_length=9
    )  # dispatch, invite
    days: Annotated[int, Field(ge=1, le=365)] | None = None  # ask_extension: working days
    merged_into: UUID | None = None  # merge
    matter_code: Text = Field(default="", max_length=16)  # reclassify
    lon: Lon | None = None
    lat: Lat | None = None


class CaseDocumentIn(IssueIn):
    """Issue a document of a case."""

    case_id: UUID


class CaseFilter(Schema):
    """What to list. Times are `[reported_from, reported_to)`."""

    q: Text = Field("", max_length=64)  # text, address, venue, matter, or the first characters of the id
    status: list[Status] = Field(default_factory=list)
    matter: Text = ""  # a code or a group: H3 finds H301…H311
    severity: Severity | None = None
    department_id: int | None = None
    grid: Text = ""  # a closed path: the subtree
    venue_id: UUID | None = None
    light: Light | None = None
    is_open: bool | None = None
    ids: list[UUID] = Field(default_factory=list, max_length=200)  # only these
    waiting_for_me: bool = False  # only cases on which the caller has a next step
    mine: bool = False  # only open cases that the caller reported or signed for
    reported_from: AwareDatetime | None = None
    reported_to: AwareDatetime | None = None
    sort: Literal["newest", "oldest", "due", "light"] = "newest"
    cursor: Text = ""
    limit: int = Field(50, ge=1, le=200)


class CaseRow(Schema):
    """A line of the list."""

    id: UUID
    status: Status
    stage_name: str  # the pack's word for the status
    stage_name_en: str
    matter_code: str
    matter_zh: str
    matter_en: str
    severity: Severity
    text: str
    address: str
    grid_path: str
    grid_name: str
    venue_id: UUID | None
    venue_name: str | None
    lon: float
    lat: float
    channel: Channel
    department_name: str | None
    reporter_name: str | None  # hidden from departments and strangers to the report
    handler_name: str | None
    reported_at: datetime
    due_at: datetime | None
    stage_due_at: datetime | None
    light: Light
    rework: int
    version: int


class LightCounts(Schema):
    """Open cases by the light they show at this moment."""

    total: int
    red: int
    yellow: int
    green: int
    none: int


class DepartmentCount(Schema):
    id: int | None  # null: nobody has them yet
    name: str | None
    open: int
    red: int


class WorkCounts(Schema):
    """How much work there is now; every figure is counted, none is estimated."""

    waiting: LightCounts  # the caller has a next step
    mine: LightCounts  # the caller reported it or signed for it
    open: LightCounts  # everything open that the caller may see
    by_status: dict[str, int]
    by_department: list[DepartmentCount]


class SavedFilterIn(Schema):
    """A list to keep; `query` is what stands behind the `?` of its address."""

    id: UUID
    name: Text = Field(min_length=1, max_length=32, pattern=r"\S")
    query: Text = Field("", max_length=500)
    is_shared: bool = False


class SavedFilterOut(Schema):
    id: UUID
    name: str
    query: str
    is_shared: bool  # everybody of the same territory and department sees it
    is_mine: bool
    owner_name: str


class CasePage(Schema):
    items: list[CaseRow]
    total: int
    total_is_exact: bool  # False: more than are counted
    next_cursor: str | None


class CircleFigures(Schema):
    """The reactive half of the circle in figures. Every rate names its formula in docs/rules/cases.md."""

    reported: int
    by_status: dict[str, int]
    fixed_on_spot: int
    effective_disposal_pct: float | None  # closed and valid / reported less rejected and merged
    closed_on_time_pct: float | None
    overdue: int
    yellow: int
    yellow_at_pct: int  # of the time, as the pack says
    rework: int
    stage_hours: dict[str, dict[str, float]]  # stage -> median, p90


class HandlerLoad(Schema):
    id: int
    name: str
    open_cases: int  # that the person signed for
    weight: float  # the sum of the pack's weights of their severities
    is_reporter: bool  # who reported the case does not handle it


class EnforcerOut(Schema):
    """A department that the list of powers names for the matter, and by what."""

    id: int
    name: str
    power_zh: str
    power_en: str
    basis: str
    is_confirmed: bool


class HandlerAdvice(Schema):
    """Who could sign: a suggestion, nobody is assigned."""

    department_id: int | None
    department_name: str | None
    suggested_id: int | None
    handlers: list[HandlerLoad]
    looks_first: str | None  # the grid member of the place, where a tip waits for a look on site
    enforcers: list[EnforcerOut]  # to whom it may be handed over; none: the list does not speak of it


class InboxOut(Schema):
    """What lies unsigned in the inbox of a department."""

    department_id: int
    department_name: str
    unsigned: int
    oldest_at: datetime
    oldest_hours: float
    late: int  # of which the time to sign is up
    handlers: int  # whose post is in force


class GridCases(Schema):
    """Cases of a grid as it was at the moment (TE-14)."""

    path: str
    name: str
    reported: int
    closed: int


class DeadlineLine(Schema):
    at: datetime
    zh: str
    en: str


class DeadlineOut(Schema):
    """The ledger of both clocks; each ends with the deadline as it stands."""

    due_at: datetime | None
    lines: list[DeadlineLine]
    stage_due_at: datetime | None
    stage_lines: list[DeadlineLine]
