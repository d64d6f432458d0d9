"""Shapes of the double draw at the edge."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from wangge.accounts.rules import Role
from wangge.kernel.schemas import Sent
from wangge.kernel.shapes import Schema


class DoubleDrawIn(Sent):
    """Draw places and inspectors. `id` is the command's id."""

    id: UUID
    path: str = Field(pattern=r"^([0-9A-Za-z-]+\.)+$", max_length=64)
    class_code: str = Field("", max_length=32)  # "": places of every class
    tags: list[str] = Field(default_factory=list, max_length=9)
    roles: list[Role] = Field(
        default_factory=lambda: [Role.GRID_MEMBER, Role.GRID_CHIEF], min_length=1, max_length=2
    )
    count: int = Field(ge=1, le=2_000)
    seed: str = Field("", max_length=64)  # drawn in public, a dice or a lottery; "": the server makes one
    checklist_code: str = Field(min_length=1, max_length=32)
    starts_on: date
    ends_on: date  # exclusive
    reason: str = Field(min_length=1, max_length=200)


class DoubleDrawPool(Schema):
    """What lies in the two drums."""

    places: int
    inspectors: int
    places_for_nobody: int  # every inspector has the place in an own grid


class DoubleDrawDone(Schema):
    id: UUID
    made: int
    seed: str
    digest: str


class DrawnOut(Schema):
    """One of the list that is published, in the order in which it was drawn."""

    position: int
    order_id: UUID | None  # None: nobody may go
    venue_id: UUID
    venue_name: str
    address: str
    grid_path: str
    inspector: str | None
    status: str | None
    findings: int


class DoubleDrawOut(Schema):
    """A draw as it is published: with the seed and the digest of both drums anybody can draw again."""

    id: UUID
    path: str
    place: str
    reason: str
    seed: str
    is_seed_given: bool
    digest: str
    count: int
    pool_places: int
    pool_inspectors: int
    made_by: str
    made_at: datetime
    starts_on: date
    ends_on: date
    undone_at: datetime | None
    is_reproduced: bool  # drawn again just now from what was kept: the same list
    drawn: list[DrawnOut]
