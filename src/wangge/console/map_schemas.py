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
