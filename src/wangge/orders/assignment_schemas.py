"""Shapes of visits that are asked for beside the plan."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from wangge.kernel.schemas import Sent
from wangge.kernel.shapes import Schema


class AlikeIn(Sent):
    """Look at like places. `id` is the command's id."""

    id: UUID
    case_id: UUID | None = None  # the finding it begins with; its place is left out
    class_code: str = Field(min_length=1, max_length=32)
    tags: list[str] = Field(default_factory=list, max_length=9)
    path: str = Field(pattern=r"^([0-9A-Za-z-]+\.)+$", max_length=64)
    checklist_code: str = Field(min_length=1, max_length=32)
    starts_on: date
    ends_on: date  # exclusive
    reason: str = Field(min_length=1, max_length=200)


class AlikeCount(Schema):
    """What an order for like places would make."""

    places: int
    already: int  # have such a visit open, and are left out
    unassigned: int  # in a grid without a member
    grids: int
    members: int
    heaviest: int  # visits of the member with most of them


class ChecklistChoice(Schema):
    code: str
    name_zh: str
    name_en: str


class ClassChoice(Schema):
    code: str
    name_zh: str
    name_en: str
    checklist_code: str  # that its plan rule asks with


class AlikeProposal(Schema):
    """What a case proposes: its place's class and tags, the own territory, the next days."""

    case_id: UUID
    venue_name: str
    class_code: str
    tags: list[str]
    path: str
    place: str
    checklist_code: str
    starts_on: date
    ends_on: date
    reason: str
    classes: list[ClassChoice]
    checklists: list[ChecklistChoice]


class PlaceChoice(Schema):
    path: str
    name: str


class BesideChoices(Schema):
    """What may be chosen where visits are asked for beside the plan: the own territory first."""

    path: str
    places: list[PlaceChoice]
    classes: list[ClassChoice]
    checklists: list[ChecklistChoice]


class AlikeDone(Schema):
    """What was made."""

    id: UUID
    made: int


class Undone(Schema):
    withdrawn: int
    kept: int  # done, missed or visited: they stay


class AssignmentOut(Schema):
    id: UUID
    kind: str
    path: str
    place: str
    reason: str
    case_id: UUID | None
    class_zh: str
    class_en: str
    tags: list[str]
    checklist_zh: str
    checklist_en: str
    starts_on: date
    ends_on: date
    made_by: str
    made_at: datetime
    undone_by: str | None
    undone_at: datetime | None
    open: int
    done: int
    missed: int
    withdrawn: int
    with_findings: int


class AssignmentPage(Schema):
    items: list[AssignmentOut]
    total: int
    total_is_exact: bool
    next_cursor: str | None
