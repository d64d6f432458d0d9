"""Shapes of duplicates and merges at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from wangge.kernel.schemas import Sent, Text
from wangge.kernel.shapes import Schema
from wangge.venues.merge_rules import LikeReason
from wangge.venues.schemas import VenueRow

Choice = Literal[
    "name",
    "class_code",
    "tags",
    "address",
    "place",
    "area_m2",
    "height_m",
    "credit_code",
    "keeper",
    "is_open",
]
Why = Annotated[Text, Field(max_length=500)]


class DuplicateFilter(Schema):
    """Which pairs to list."""

    grid: str = ""  # a closed path: both lie in it
    reason: LikeReason | None = None
    cursor: str = ""
    limit: int = Field(20, ge=1, le=100)


class DuplicateRow(Schema):
    """Two dossiers that may be one place, and why."""

    one: VenueRow
    other: VenueRow
    score: int
    reasons: list[LikeReason]
    metres: float


class DuplicatePage(Schema):
    """The likeliest first."""

    items: list[DuplicateRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None
    looked_at: datetime | None  # none: nobody has looked here yet
    is_looking: bool
    from_score: int
    is_confirmed: bool  # by a city, or the figures are a preset


class LookIn(Schema):
    path: str = Field("", max_length=64)  # a closed path; empty: all that one sees


class LookOut(Schema):
    is_looking: bool


class NotSameIn(Sent):
    """Two dossiers are two places."""

    id: UUID
    one_id: UUID
    other_id: UUID
    reason: Why = ""
    is_withdrawn: bool = False  # they may be asked about again


class VenueMergeIn(Sent):
    """One dossier goes into another."""

    id: UUID
    stay_id: UUID
    stay_version: int
    gone_id: UUID
    gone_version: int
    take: list[Choice] | None = None  # where the one that stays follows the other; none: the newer
    reason: Why = ""


class VenueUnmergeIn(Sent):
    """A merge is undone."""

    id: UUID
    merge_id: UUID
    reason: Why = ""


class SideOut(Schema):
    """One choice side by side, personal ones masked."""

    choice: str  # as in `take`
    stay_zh: str
    stay_en: str
    gone_zh: str
    gone_en: str
    is_equal: bool
    takes: bool  # by default the one that stays follows the other


class VenueMergePreview(Schema):
    stay: VenueRow
    gone: VenueRow
    sides: list[SideOut]


class VenueMergeOut(Schema):
    id: UUID
    stay_id: UUID
    stay_name: str
    stay_code: str
    gone_id: UUID
    gone_name: str
    gone_code: str
    at: datetime
    by: str
    reason: str
    taken: list[Choice]
    moved: dict[str, int]
    undone_at: datetime | None
    undone_by: str


class VenueMergePage(Schema):
    items: list[VenueMergeOut]
    next_cursor: str | None
