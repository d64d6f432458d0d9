"""Shapes of committees and groups, and of notice boards, at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.teams.rules import BoardField
from wangge.teams.schemas import Line, Named, Path, Short

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Said = Annotated[Text, StringConstraints(strip_whitespace=True, max_length=2_000)]


class BodyKindOut(Schema):
    code: str
    name_zh: str
    name_en: str
    tier: str
    is_required: bool
    source: str
    is_confirmed: bool
    standing: int  # in the caller's territory
    missing: int


class BodyMemberIn(Schema):
    """A department, a person, or a post by its title."""

    department_id: int | None = None
    user_id: int | None = None
    title: Short = ""


class BodyIn(Schema):
    """A new or changed body of a node, whole. With `until_on` it ends on that day."""

    id: UUID  # of the command
    body_id: UUID
    base_version: int = Field(0, ge=0)
    kind: str = Field(max_length=32)
    path: Path
    name: Named
    chair_id: int | None = None
    chair_title: Short = ""
    since_on: date
    until_on: date | None = None
    members: list[BodyMemberIn] = Field(default_factory=list, max_length=200)


class BodyMemberOut(Schema):
    department_id: int | None
    user_id: int | None
    name: str  # of the department or person
    title: str


class BodyRow(Schema):
    id: UUID
    kind: str
    kind_zh: str
    kind_en: str
    path: str
    place_name: str
    name: str
    chair_id: int | None
    chair_name: str
    chair_title: str
    since_on: date
    until_on: date | None
    members: list[BodyMemberOut]
    meetings: int
    last_met_on: date | None
    version: int


class BodyPage(Schema):
    items: list[BodyRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class BodyFilter(Schema):
    q: str = Field("", max_length=64)
    kind: str = Field("", max_length=32)
    within: str = Field("", max_length=64)
    cursor: str = ""
    limit: int = Field(50, ge=1, le=200)


class MissingBodyOut(Schema):
    """A node that should have a body and has none."""

    path: str
    place_name: str
    kind: str
    kind_zh: str
    kind_en: str
    source: str
    is_confirmed: bool


class MissingBodyPage(Schema):
    items: list[MissingBodyOut]
    total: int
    next_cursor: str | None


class MeetingIn(Schema):
    """A meeting, written down once."""

    id: UUID
    body_id: UUID
    held_on: date
    topic: Annotated[Line, StringConstraints(min_length=1)]
    decision: Said = ""
    photos: list[Digest] = Field(default_factory=list, max_length=20)


class MeetingOut(Schema):
    id: UUID
    held_on: date
    topic: str
    decision: str
    photos: list[str]
    by: str
    at: datetime


class BoardOut(Schema):
    """What is written down of a grid to be published, and what of it the pack lets out."""

    layer: str
    path: str
    code: str
    name: str
    member_name: str
    range_text: str
    member_phone: str
    supervisor_name: str
    supervisor_phone: str
    report_phone: str
    photo: str
    is_published: bool
    version: int  # 0: nothing was written down yet
    allowed: list[BoardField]
    is_confirmed: bool
    source: str


class BoardIn(Schema):
    id: UUID
    path: Path
    base_version: int = Field(0, ge=0)
    range_text: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=255)] = ""
    member_phone: str = Field("", max_length=32)
    supervisor_name: Short = ""
    supervisor_phone: str = Field("", max_length=32)
    report_phone: str = Field("", max_length=32)
    photo: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    is_published: bool = True


class PublishIn(Schema):
    """Every grid of a layer in a territory."""

    layer: str = Field("comprehensive", max_length=32)
    within: Path


class PublishedOut(Schema):
    published: int
