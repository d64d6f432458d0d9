"""Shapes of changes of grids, of their lineage, and of how the pack divides a city."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from wangge.kernel.shapes import Schema
from wangge.territory.schemas import Datum, FeatureCollection, ImportProblem


class ChangeIn(Schema):
    """What every change carries. With `dry_run` it is told what would move, and nothing is written."""

    id: UUID  # made by the sender: a retry is the same change
    reason: str = Field(min_length=1, max_length=255)
    dry_run: bool = False


class SplitIn(ChangeIn):
    grid_id: UUID
    line: list[tuple[float, float]] = Field(min_length=2, max_length=1_000)  # (lon, lat)
    datum: Datum = "wgs84"
    names: list[str] = Field(default_factory=list, max_length=20)  # west to east, north to south
    heir: int | None = Field(None, ge=0, le=19)  # the piece that the members keep; none: the largest


class MergeIn(ChangeIn):
    grid_ids: list[UUID] = Field(min_length=2, max_length=50)
    name: str = Field(min_length=1, max_length=64)


class OutlineIn(Schema):
    """A GeoJSON Polygon or MultiPolygon."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class PieceIn(Schema):
    grid_id: UUID | None = None  # none: a new grid
    name: str = Field("", max_length=64)
    geometry: OutlineIn


class RedrawIn(ChangeIn):
    pieces: list[PieceIn] = Field(min_length=1, max_length=50)
    ended: list[UUID] = Field(default_factory=list, max_length=50)  # grids that no piece goes on with
    datum: Datum = "wgs84"


class BorderIn(ChangeIn):
    """Another border between two neighbours: the line cuts both together, each keeps its code."""

    grid_ids: list[UUID] = Field(min_length=2, max_length=2)
    line: list[tuple[float, float]] = Field(min_length=2, max_length=1_000)  # (lon, lat)
    datum: Datum = "wgs84"


class DrawIn(ChangeIn):
    """A new grid of a layer under a division or grid."""

    layer: str = Field(max_length=32)
    under: str = Field(max_length=64)  # a closed path
    name: str = Field(min_length=1, max_length=64)
    scene: str = Field("", max_length=32)
    geometry: OutlineIn
    datum: Datum = "wgs84"


class UndoIn(ChangeIn):
    pass


class HandedOut(Schema):
    user_name: str
    before: str
    after: str
    duty: str


class ChangeOut(Schema):
    """What a change did, or with `dry_run` would do."""

    id: UUID
    kind: str
    layer: str
    path: str
    at: datetime
    actor_name: str
    reason: str
    is_done: bool
    can_undo: bool
    ended: list[str]  # the names, with their codes
    shapes: FeatureCollection  # of the grids that begin, with path, name and m2
    moved: dict[str, int]  # venue, order, case → how many
    members: list[HandedOut]


class RecodeReport(Schema):
    """What a recoding did, or with a dry run would do. With any error nothing is changed."""

    id: UUID
    is_done: bool
    divisions: int
    grids: int
    members: int
    posts: int
    moved: dict[str, int]
    problems: list[ImportProblem]


class RecodeIn(Schema):
    """A table of old and new codes; a column `name` may rename."""

    id: UUID
    reason: str = Field(min_length=1, max_length=255)
    old_column: str = "old"
    new_column: str = "new"
    name_column: str = "name"
    dry_run: bool = False


class ChangeRow(Schema):
    id: UUID
    kind: str
    layer: str
    path: str
    at: datetime
    actor_name: str
    reason: str
    moved: dict[str, int]
    before: list[str]
    after: list[str]
    can_undo: bool


class ChangePage(Schema):
    items: list[ChangeRow]
    next_cursor: str | None


class AncestorOut(Schema):
    """A grid in the family of another: what it came from, or what became of it."""

    id: UUID
    path: str
    name: str
    valid_from: datetime
    valid_to: datetime | None
    shared_m2: float
    change_id: UUID
    kind: str
    at: datetime


class LineageOut(Schema):
    before: list[AncestorOut]
    after: list[AncestorOut]


class ShortageOut(Schema):
    """A grid whose team is not what the pack asks for."""

    path: str
    name: str
    layer: str
    tier: str
    rule: str
    slot: str
    slot_zh: str
    slot_en: str
    at_least: int
    at_most: int | None
    there: int
    source: str
    is_confirmed: bool


class ShortagePage(Schema):
    items: list[ShortageOut]
    total: int
    next_cursor: str | None


class TierOut(Schema):
    code: str
    level: int
    digits: int
    name_zh: str
    name_en: str
    grid_zh: str
    grid_en: str
    source: str
    is_confirmed: bool


class LayerOut(Schema):
    code: str
    name_zh: str
    name_en: str
    tier: str
    under: str
    prefix: str
    first: int
    last: int
    is_whole: bool
    source: str
    is_confirmed: bool
    grids: int  # that stand in the caller's scope


class SlotOut(Schema):
    rule: str
    layer: str
    tier: str
    scene: str
    slot: str
    name_zh: str
    name_en: str
    at_least: int
    at_most: int | None
    source: str
    is_confirmed: bool


class NamedOut(Schema):
    code: str
    name_zh: str
    name_en: str


class TreeOut(Schema):
    """How the active pack divides the city."""

    tiers: list[TierOut]
    layers: list[LayerOut]
    scenes: list[NamedOut]
    staffing: list[SlotOut]


class MemberRow(Schema):
    """Somebody in a grid."""

    path: str
    grid_name: str
    user_id: int
    name: str
    duty: str
    slot_zh: str  # of the staffing rule; "": the duty's
    slot_en: str
    starts_on: date
    ends_on: date | None


class MemberPage(Schema):
    items: list[MemberRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None
