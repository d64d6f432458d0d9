"""Shapes of the map."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from wangge.console.map_rules import MOST_METRES, PlaceState
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.territory.schemas import GridHereOut


class MapFilter(Schema):
    """Which places the map shows; of several words one is enough."""

    venue_class: list[Text] = Field(default_factory=list, max_length=50)
    tag: list[Text] = Field(default_factory=list, max_length=50)
    state: list[PlaceState] = Field(default_factory=list)


class MapKind(Schema):
    code: str
    name_zh: str
    name_en: str


class MapLayer(Schema):
    code: str
    name_zh: str
    name_en: str
    grids: int


class MapLegend(Schema):
    """What the map can be narrowed by, and where its ground comes from."""

    layers: list[MapLayer]
    kinds: list[MapKind]
    tags: list[str]
    places_from: int  # the level from which places are shown one by one
    tianditu_key: str  # empty: no other server is asked for anything
    has_base_file: bool  # the city has put a ground of its own in place (MP-12)


class HeatFilter(Schema):
    """Which cases: of these days, of these hours of the day `[first_hour, after_hour)`."""

    first_on: date
    last_on: date
    first_hour: int = Field(0, ge=0, le=23)
    after_hour: int = Field(24, ge=1, le=24)
    matter: Text = Field("", max_length=16)


class HeatOut(Schema):
    cells: list[tuple[float, float, int]]  # middle of a cell of some 200 m (WGS-84), how many
    hours: list[int]  # 24: of all hours of those days
    total: int
    is_complete: bool


class DayCase(Schema):
    """A case that was open on the day, in minutes of it."""

    id: UUID
    lon: float
    lat: float
    name_zh: str
    name_en: str
    from_minute: int
    to_minute: int | None  # none: still open at midnight


class DayWalk(Schema):
    """Somebody on duty, by no name."""

    number: int
    steps: list[tuple[int, float, float]]  # minute, lon, lat


class DayFire(Schema):
    id: UUID
    lon: float
    lat: float
    minute: int
    name: str


class MapDayOut(Schema):
    on: date
    cases: list[DayCase]
    walks: list[DayWalk]
    fires: list[DayFire]
    is_complete: bool


class CircleFilter(Schema):
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-85, le=85)
    radius_m: float = Field(gt=0, le=MOST_METRES)


class CirclePlace(Schema):
    id: UUID
    name: str
    class_zh: str
    class_en: str
    metres: int
    lon: float
    lat: float


class CircleCase(Schema):
    id: UUID
    matter_zh: str
    matter_en: str
    light: str
    metres: int


class CircleMember(Schema):
    user_id: int
    name: str
    grid_name: str
    metres: int
    seen_at: datetime


class CircleTeam(Schema):
    id: UUID
    name: str
    kind_zh: str
    kind_en: str
    metres: int


class CircleKind(Schema):
    code: str
    name_zh: str
    name_en: str
    count: int


class CircleOut(Schema):
    """Who and what is in a circle, the nearest first; counts are of all, lists of the first 50."""

    places: int | None  # null: the post does not read places
    by_kind: list[CircleKind]
    nearest: list[CirclePlace]
    cases: int | None
    cases_are_all: bool
    open_cases: list[CircleCase]
    members: list[CircleMember]
    grids: list[GridHereOut]  # of every layer, with who leads them
    has_members: bool  # the post reads who is on duty
    teams: list[CircleTeam]
    on: date
