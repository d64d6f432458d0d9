"""Shapes of the wall."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema


class SavedViewIn(Schema):
    """A page as its address has it, under a name."""

    id: UUID
    page: str = Field(pattern=r"^[a-z][a-z-]{0,31}$")
    name: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
    query: Text = Field(max_length=1_000)
    is_shared: bool = False


class SavedViewOut(Schema):
    id: UUID
    page: str
    name: str
    query: str
    is_shared: bool
    is_own: bool


class WallToday(Schema):
    """The circle since midnight in China."""

    reported: int
    closed: int
    orders_open: int  # opened today or before, still to be done, not missed
    orders_done: int  # done today
    with_finding: int  # of those, with a hazard


class WallLights(Schema):
    total: int
    red: int
    yellow: int
    green: int
    none: int


class WallPlace(Schema):
    path: str
    name: str
    open: int
    late: int


class WallEvent(Schema):
    number: int
    case_id: UUID
    action: str
    before: str
    after: str
    grid_name: str
    matter_zh: str
    matter_en: str
    at: datetime


class WallOut(Schema):
    """What the wall shows; every figure names the list it comes from."""

    at: datetime
    territory: str
    territory_name: str
    today: WallToday
    lights: WallLights
    places: list[WallPlace]
    events: list[WallEvent]
    live_port: int | None  # of the same host; null: the stream is at `live_path`, or there is none
    live_path: str


class DeskCard(Schema):
    """A number of things that wait, and the list that holds just those."""

    code: str
    count: int
    is_exact: bool
    tone: str  # red, yellow, plain
    path: str  # of the console's page
    query: dict[str, str]


class DeskCase(Schema):
    id: UUID
    matter_zh: str
    matter_en: str
    stage_zh: str
    stage_en: str
    grid_name: str
    light: str
    due_at: datetime | None


class DeskDepartment(Schema):
    id: int
    name: str
    open: int
    red: int


class DeskOut(Schema):
    """What a post sees on opening: what waits for it, and where that is."""

    at: datetime
    cards: list[DeskCard]
    next_cases: list[DeskCase]
    departments: list[DeskDepartment]
