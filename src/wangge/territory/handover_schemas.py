"""Shapes of handovers at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from wangge.kernel.shapes import Schema


class HandoverIn(Schema):
    """A post ends on a day, and what is open goes on; to whom is said for each kind, there is no default."""

    id: UUID
    post_id: int
    ends_on: date  # the first day without the post
    orders: Literal["successor", "place"]
    cases: Literal["successor", "inbox"]
    successor_id: int | None = None
    reason: str = Field(min_length=1, max_length=255)


class OpenThingOut(Schema):
    id: UUID
    path: str
    name: str
    due_on: date | None


class OpenKindOut(Schema):
    """What somebody has open of one kind; the first of them are listed."""

    kind: str
    count: int
    first: list[OpenThingOut]


class SuccessorOut(Schema):
    """Somebody who may take over."""

    id: int
    name: str
    place: str


class LeaverOut(Schema):
    """What would go on if a post ended on a day, and who may take over."""

    post_id: int
    name: str
    grids: list[str]  # that the person leads: vacant, or the successor's
    open: list[OpenKindOut]
    successors: list[SuccessorOut]


class HandoverOut(Schema):
    """A handover, and whether it can still be taken back."""

    id: UUID
    user_name: str
    post_id: int
    path: str
    ends_on: date
    successor_name: str | None
    orders: str
    cases: str
    reason: str
    at: datetime
    actor_name: str
    moved: dict[str, int]
    undone_at: datetime | None


class HandoverPage(Schema):
    items: list[HandoverOut]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class HandedOnOut(Schema):
    """Once somebody else's: by which handover a thing went from whom to whom."""

    at: datetime
    actor_name: str
    from_name: str
    to_name: str | None  # None: nobody's yet
    reason: str
    undone_at: datetime | None
