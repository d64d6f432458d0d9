"""One case as it is shown: its events, its stages, its buttons, and why its deadline is what it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from wangge.cases.rules import Action, Asked, CoState, Mark
from wangge.cases.schemas import CaseRow, Sha256
from wangge.kernel.shapes import Schema


class EventOut(Schema):
    seq: int
    action: Action | Mark
    before: str
    after: str
    actor_name: str
    role: str
    at: datetime
    detail: dict[str, Any]
    department_name: str | None  # whom the step sent the case to
    hash: str


Carried = Literal["reason", "photos", "department", "departments", "case", "days", "matter"]


class AllowedAction(Schema):
    """A button: what this person may do with this case now, what the step needs and what it may carry."""

    action: Action
    needs: list[Carried]
    takes: list[Carried]


StageState = Literal["done", "now", "ahead", "skipped"]


class StageOut(Schema):
    """A stage of the pack's way."""

    name: str
    name_en: str
    state: StageState
    at: datetime | None


class HaveOut(Schema):
    """One of the four that each case names: who patrols, reports, resolves, supervises."""

    part: Literal["patrol", "report", "resolve", "supervise"]
    name: str | None
    place: str | None = None  # the grid, or the department
    is_hidden: bool = False


class CoHandlerOut(Schema):
    department_id: int
    department_name: str
    state: CoState
    person_name: str | None
    at: datetime


class RequestOut(Schema):
    """What the department has asked for and nobody has answered."""

    asked: Asked
    days: int | None
    reason: str
    by_name: str
    at: datetime


class PlaceOut(Schema):
    """Where the work was fed back from."""

    distance_m: int | None  # None: not known
    limit_m: int
    is_near: bool


class UsedOut(Schema):
    """How often the clocks were stopped or moved at a request, and how often the pack allows it."""

    suspensions: int
    suspensions_most: int
    extensions: int
    extensions_most: int
    extension_days_most: int


class MergedOut(Schema):
    id: UUID
    matter_zh: str
    matter_en: str
    text: str
    address: str
    reported_at: datetime
    version: int


class CaseDetail(CaseRow):
    photos: list[Sha256]
    events: list[EventOut]
    actions: list[AllowedAction]
    suggested_department_id: int | None
    chain_is_valid: bool
    order_id: UUID | None
    pack_version: str
    basis: str
    is_confirmed: bool  # False: severity and deadline are an unconfirmed preset
    stages: list[StageOut]
    haves: list[HaveOut]
    co_handlers: list[CoHandlerOut]
    answerable_name: str | None  # the first receiver, where nobody else has signed yet
    request: RequestOut | None
    place: PlaceOut
    used: UsedOut
    stops_operation: bool
    is_resumed: bool
    merged: list[MergedOut]  # those of them that the reader sees
    absorbed: int  # how many there are
    merged_into: MergedOut | None
