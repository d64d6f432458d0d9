"""Shapes of fires at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from wangge.fires.rules import FireAction, FireGrouping, FireSource, FireStatus
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema

Line = Annotated[Text, StringConstraints(strip_whitespace=True, max_length=128)]
Note = Annotated[Text, StringConstraints(strip_whitespace=True, max_length=500)]
People = Annotated[int, Field(ge=0, le=100_000)]
Fen = Annotated[int, Field(ge=0, le=10**14)]
Path = Annotated[str, StringConstraints(max_length=64, pattern=r"^([0-9A-Za-z_-]+\.)*$")]


class FireIn(Schema):
    """A fire that was heard of. Its place by a point (WGS-84), by a place of the register, or by its grid."""

    id: UUID  # of the command
    fire_id: UUID
    occurred_at: AwareDatetime
    source: FireSource = FireSource.OTHER
    grid_path: Path = ""
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    venue_id: UUID | None = None
    address: Line = ""
    cause: str = Field("", max_length=32)
    place: str = Field("", max_length=32)
    text: Note = ""


class FireStepIn(Schema):
    """A step of the loop, or the four figures as they are known. What is left out stays as it is."""

    id: UUID
    fire_id: UUID
    base_version: int = Field(ge=1)
    action: FireAction
    at: AwareDatetime | None = None  # when it happened; left out: now
    cause: str | None = Field(None, max_length=32)
    place: str | None = Field(None, max_length=32)
    dead: People | None = None
    injured: People | None = None
    loss_fen: Fen | None = None
    note: Note = ""


class FireFilter(Schema):
    first_on: date | None = None
    last_on: date | None = None
    status: FireStatus | None = None
    cause: str = Field("", max_length=32)
    place: str = Field("", max_length=32)
    within: Text = Field("", max_length=64)
    q: Text = Field("", max_length=64)
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class FireWordOut(Schema):
    kind: str
    code: str
    name_zh: str
    name_en: str
    is_confirmed: bool


class FireRow(Schema):
    id: UUID
    code: str
    grid_path: str
    grid_name: str
    lon: float | None
    lat: float | None
    address: str
    venue_id: UUID | None
    venue_name: str
    source: FireSource
    cause: str
    cause_zh: str
    cause_en: str
    place: str
    place_zh: str
    place_en: str
    status: FireStatus
    occurred_at: datetime
    confirmed_at: datetime | None
    out_at: datetime | None
    ended_at: datetime | None
    dead: int
    injured: int
    loss_fen: int
    text: str
    version: int
    notice_zh: str  # FR-1
    notice_en: str


class FireEventOut(Schema):
    id: UUID
    action: str
    at: datetime
    by: str
    detail: dict[str, str]


class FireDetail(FireRow):
    events: list[FireEventOut]
    may: list[FireAction]  # what this post may do next


class FirePage(Schema):
    items: list[FireRow]
    total: int
    next_cursor: UUID | None
    notice_zh: str
    notice_en: str


class FirePoint(Schema):
    """A fire on the map."""

    id: UUID
    lon: float
    lat: float
    status: FireStatus
    occurred_at: datetime
    dead: int
    injured: int


class FirePoints(Schema):
    items: list[FirePoint]
    is_complete: bool


class FireFigureFilter(Schema):
    first: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    last: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    territory: Text = Field("", max_length=64)
    by: FireGrouping = FireGrouping.NONE


class FireFourOut(Schema):
    fires: int
    dead: int
    injured: int
    loss_fen: int


class FireChangeOut(Schema):
    """In per cent of the same months a year before; computed, never typed."""

    fires: float | None
    dead: float | None
    injured: float | None
    loss_fen: float | None


class FireFigureRow(Schema):
    key: str
    name_zh: str
    name_en: str
    now: FireFourOut
    before: FireFourOut
    change: FireChangeOut


class FireFigures(Schema):
    territory: str
    territory_name: str
    by: FireGrouping
    total: FireFigureRow
    rows: list[FireFigureRow]
    notice_zh: str
    notice_en: str
