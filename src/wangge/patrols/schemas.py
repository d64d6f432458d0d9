"""What patrols take and give over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Field

from wangge.kernel.shapes import Schema
from wangge.patrols.rules import DutySwitch, MinutesPlace, PatrolAction, PatrolState


class DutyCommand(Schema):
    """One step of a patrol: start it, pause, resume, stop, or a plate scanned on the way."""

    id: UUID
    at: datetime
    action: PatrolAction
    session_id: UUID  # made on the phone at the start
    plate: str = Field(default="", max_length=64)  # of a check-in: the code on the plate, or its address


class TrackBatchIn(Schema):
    """A batch of own positions: `points` are [milliseconds since 1970, lon, lat, accuracy, mock 0 or 1]."""

    id: UUID  # UUIDv7, made when the batch was closed
    datum: str = "wgs84"
    points: list[list[float]] = Field(max_length=1000)


class PatrolDutyOut(Schema):
    """The patrol duty in force, as screens name it."""

    code: str
    name_zh: str
    name_en: str
    times: int
    minutes: int
    place: MinutesPlace
    policy: DutySwitch
    is_confirmed: bool
    source: str


class TrackLimitOut(Schema):
    code: str
    value: float
    unit: str
    name_zh: str
    name_en: str
    is_confirmed: bool


class OnDutyOut(Schema):
    """Somebody on duty, and where the last point that arrived was taken; nothing of it before one came."""

    user_id: int
    name: str
    grid_path: str
    grid_name: str
    state: PatrolState
    started_at: datetime
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    seen_at: datetime | None


class OnDutyList(Schema):
    items: list[OnDutyOut]
    is_complete: bool
    at: datetime  # by the server's clock: how old a position is


class DutySpanOut(Schema):
    starts_at: datetime
    ends_at: datetime | None


class PatrolSessionOut(Schema):
    id: UUID
    state: PatrolState
    started_at: datetime
    ended_at: datetime | None
    is_cut: bool
    spans: list[DutySpanOut]


class PatrolDaySession(Schema):
    """One patrol's part of a day."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    inside_s: int
    anywhere_s: int
    credited_s: int


class PatrolRemark(Schema):
    """A stretch of a day that did not count as walked, and why."""

    since: datetime
    until: datetime
    why: Literal["gap", "stay", "checked_in", "too_fast", "mocked", "no_signal"]
    credited_s: int


class PatrolDayRow(Schema):
    id: int
    on: date
    member_name: str
    grid_path: str
    grid_name: str
    inside_s: int
    anywhere_s: int
    counted_s: int
    credited_s: int
    gap_s: int
    flagged_s: int
    outside_s: int
    metres: int
    session_count: int
    attained: bool | None
    missing_s: int
    is_away: bool
    is_kept: bool


class PatrolDayDetail(PatrolDayRow):
    sessions: list[PatrolDaySession]
    remarks: list[PatrolRemark]
    duty: PatrolDutyOut | None
    limits: list[TrackLimitOut]
    pack_version: str
    counted_at: datetime | None


class DayFilter(Schema):
    first_on: date | None = None
    last_on: date | None = None
    grid: str = Field("", max_length=64)
    q: str = Field("", max_length=64)
    attained: bool | None = None
    flagged: bool = False
    mine: bool = False
    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)


class PatrolDayPage(Schema):
    items: list[PatrolDayRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None
    duty: PatrolDutyOut | None


class MyPatrol(Schema):
    """What the phone shows: the patrol that goes on, and today so far."""

    session: PatrolSessionOut | None
    today: PatrolDayDetail
    server_at: datetime


class TrackerIn(Schema):
    id: UUID
    name: str = Field(min_length=1, max_length=64)
    kind: Literal["osmand", "owntracks"]


class TrackerOut(Schema):
    id: UUID
    name: str
    kind: str
    paired_at: datetime
    revoked_at: datetime | None


class PairedOut(TrackerOut):
    """A tracker just paired: its token is shown now and never again."""

    token: str
    url: str
    qr: str  # a picture as a data URI


class GridLogRow(Schema):
    on: date
    member_name: str
    grid_path: str
    grid_name: str
    text: str
    is_mine: bool
    signed_at: datetime | None
    version: int


class GridLogFact(Schema):
    """One thing done, as the log tells it."""

    at: datetime | None
    zh: str
    en: str


class GridLogPage(Schema):
    items: list[GridLogRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class GridLogDetail(GridLogRow):
    facts: list[GridLogFact]
    minutes: int


class GridLogCommand(Schema):
    """The owner's words for a day, or the signature under it."""

    id: UUID
    on: date
    text: str = Field("", max_length=4000)
    sign: bool = False
    base_version: int = Field(ge=0)


class LogFilter(Schema):
    first_on: date | None = None
    last_on: date | None = None
    grid: str = Field("", max_length=64)
    q: str = Field("", max_length=64)
    signed: bool | None = None
    mine: bool = False
    cursor: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=200)
