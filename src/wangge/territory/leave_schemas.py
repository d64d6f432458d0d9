"""Shapes of leaves and of whoever stands in, at the edge."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from wangge.kernel.shapes import Schema


class SubstituteIn(Schema):
    """Who stands in in one grid; no person: nobody from today on."""

    layer: str = Field("comprehensive", max_length=32)
    path: str = Field(max_length=64)
    user_id: int | None


class LeaveIn(Schema):
    """Somebody will be away in `[starts_on, ends_on)`; no person: whoever asks. The id is the command's."""

    id: UUID
    user_id: int | None = None
    kind: str = Field(max_length=32)
    starts_on: date
    ends_on: date  # the first day back
    note: str = Field(default="", max_length=255)
    substitutes: list[SubstituteIn] = Field(default_factory=list, max_length=50)


class LeaveEndIn(Schema):
    ends_on: date  # the first day back, earlier than it was


class LeaveDone(Schema):
    """What was written, and the grids that nobody stands in for to the last day."""

    leave_id: UUID
    uncovered: list[str]


class CoveredGridOut(Schema):
    """A grid that somebody who is away leads, and who stands in there."""

    layer: str
    path: str
    name: str
    substitute_id: int | None
    substitute_name: str | None
    open_days: int  # of the days still to come, so many have nobody in charge


class AwayOut(Schema):
    """One leave of somebody in the caller's territory."""

    leave_id: UUID
    user_id: int
    name: str
    place: str  # of the post, as people call it
    kind: str
    kind_zh: str
    kind_en: str
    starts_on: date
    ends_on: date
    note: str
    stands: Literal["now", "later", "over", "withdrawn"]
    grids: list[CoveredGridOut]
    can_change: bool


class AwayPage(Schema):
    items: list[AwayOut]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class UncoveredOut(Schema):
    """A grid without anybody in charge on some days, because its member is away."""

    leave_id: UUID
    layer: str
    path: str
    name: str
    absent_name: str
    first_on: date
    last_on: date
    days: int


class UncoveredPage(Schema):
    items: list[UncoveredOut]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class CandidateOut(Schema):
    """Somebody who may stand in, with what they have to do in those days already."""

    user_id: int
    name: str
    is_deputy: bool
    from_path: str
    from_name: str
    days_away: int  # more than none: cannot stand in
    standing_in: int
    loads: dict[str, int]  # open things by kind: order, case


class GridCandidatesOut(Schema):
    """A grid that somebody leads, and who may stand in there, in the order of the offer."""

    layer: str
    path: str
    name: str
    candidates: list[CandidateOut]
