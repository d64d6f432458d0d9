"""Shapes of campaigns at the edge."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from wangge.kernel.schemas import Sent
from wangge.kernel.shapes import Schema

PATH = r"^([0-9A-Za-z-]+\.)+$"


class PhaseIn(Sent):
    """A part of a campaign: preparing, a pilot, doing, summing up."""

    name: str = Field(min_length=1, max_length=64)
    starts_on: date
    ends_on: date  # exclusive
    has_visits: bool = False  # every place of the campaign in `path` is visited in these days
    path: str = Field("", max_length=64)  # of a pilot; "": the whole campaign
    is_pilot: bool = False


class CampaignIn(Sent):
    """Set up a campaign. `id` is the command's id."""

    id: UUID
    name: str = Field(min_length=1, max_length=64)
    path: str = Field(pattern=PATH, max_length=64)
    reason: str = Field(min_length=1, max_length=200)
    classes: list[str] = Field(default_factory=list, max_length=20)
    tags: list[str] = Field(default_factory=list, max_length=9)
    checklist_code: str = Field(min_length=1, max_length=32)
    visited_pct: int = Field(100, ge=0, le=100)
    disposed_pct: int = Field(90, ge=0, le=100)
    phases: list[PhaseIn] = Field(min_length=1, max_length=6)


class CampaignCount(Schema):
    """What setting it up would make."""

    places: int
    visits: int
    grids: int
    unassigned: int


class CampaignDone(Schema):
    id: UUID
    made: int


class PhaseOut(Schema):
    name: str
    starts_on: date
    ends_on: date
    path: str
    place: str
    is_pilot: bool
    assignment: UUID | None  # its orders
    visits: int
    done: int
    missed: int


class CampaignGrid(Schema):
    """How far a grid is."""

    path: str
    name: str
    visits: int
    done: int
    missed: int
    with_findings: int


class Figures(Schema):
    """How far a campaign is, beside its targets."""

    visits: int
    done: int
    missed: int
    with_findings: int
    cases: int
    disposed: int
    visited_pct: float | None  # done of its visits
    disposed_of_pct: float | None  # ended of the cases it found; without a case there is no share
    meets_targets: bool


class VerdictIn(Sent):
    """Accept a campaign, or send it back. `id` is the command's id."""

    id: UUID
    is_accepted: bool
    note: str = Field("", max_length=500)  # needed to send it back, and to accept what misses a target


class VerdictOut(Schema):
    is_accepted: bool
    note: str
    by: str
    at: datetime
    figures: Figures


class CampaignRow(Schema):
    id: UUID
    name: str
    path: str
    place: str
    starts_on: date
    ends_on: date  # exclusive
    made_by: str
    made_at: datetime
    accepted_at: datetime | None
    figures: Figures


class CampaignOut(CampaignRow):
    reason: str
    classes: list[str]
    tags: list[str]
    checklist_zh: str
    checklist_en: str
    visited_target: int
    disposed_target: int
    can_judge: bool  # by the caller: somebody other than who set it up
    phases: list[PhaseOut]
    grids: list[CampaignGrid]  # the furthest behind first; at most 300
    grids_in_all: int
    verdicts: list[VerdictOut]


class CampaignPage(Schema):
    items: list[CampaignRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None
