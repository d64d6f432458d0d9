"""Shapes of oversight at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from wangge.cases.rules import Light
from wangge.cases.schemas import CaseRow, DeadlineLine
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.oversight.rules import ActKind


class ActCommand(Schema):
    """Urge, supervise, or show a card. `id` is made by the sender; sending it twice acts once."""

    id: UUID
    case_id: UUID
    kind: ActKind
    text: Text = Field(max_length=2000)


class AnswerCommand(Schema):
    id: UUID
    act_id: UUID
    text: Text = Field(max_length=2000)


class LiftCommand(AnswerCommand):
    pass


class ReplyCommand(Schema):
    id: UUID
    case_id: UUID
    text: Text = Field(max_length=2000)


class ActOut(Schema):
    id: UUID
    case_id: UUID
    kind: ActKind
    text: str
    by_name: str
    role: str
    at: datetime
    department_name: str | None
    answer_due_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    answer: str
    lifted_at: datetime | None
    lift_reason: str
    is_answer_late: bool
    may_answer: bool
    may_lift: bool


class ClimbOut(Schema):
    """A rung that a clock of the case reached."""

    clock: str
    clock_zh: str
    clock_en: str
    level: int
    name_zh: str
    name_en: str
    role: str
    since: datetime
    at: datetime
    is_confirmed: bool


class PromiseOut(Schema):
    code: str
    name_zh: str
    name_en: str
    starts_at: datetime
    due_at: datetime | None
    kept_at: datetime | None
    light: Literal["green", "yellow", "red", "none"]
    is_confirmed: bool
    lines: list[DeadlineLine]


class CardOut(Schema):
    """A card, and whether the pack says that it is due now."""

    card: ActKind
    name_zh: str
    name_en: str
    is_confirmed: bool


class CaseOversight(Schema):
    """All that oversight knows of a case, and what the reader may do."""

    climbs: list[ClimbOut]
    acts: list[ActOut]
    promises: list[PromiseOut]
    card_due: CardOut | None
    kinds: list[ActKind]
    may_reply: bool


class PromiseLightsIn(Schema):
    case_ids: list[UUID] = Field(max_length=200)


class PromiseLight(Schema):
    """What the reporter of a case still waits for, the most pressing first; its light."""

    case_id: UUID
    light: Light
    name_zh: str
    name_en: str
    due_at: datetime


class LateRow(Schema):
    """A late case as the page of oversight lists it."""

    case: CaseRow
    late_since: datetime
    late_clock: Literal["business", "stage"]
    level: int  # the highest rung reached; 0: none yet
    level_zh: str
    level_en: str
    urged: int
    cards: list[ActKind]  # those that stand
    letters_open: int
    card_due: CardOut | None
    promise: PromiseLight | None  # what its reporter still waits for


class LatePage(Schema):
    items: list[LateRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class ClimbRow(Schema):
    """A case that climbed to the reader's post or another."""

    id: UUID
    case_id: UUID
    matter_zh: str
    matter_en: str
    grid_name: str
    department_name: str | None
    status: str
    climb: ClimbOut


class ClimbPage(Schema):
    items: list[ClimbRow]
    next_cursor: str | None


class ActRow(Schema):
    """A letter or a card that stands, in a list."""

    act: ActOut
    matter_zh: str
    matter_en: str
    grid_name: str


class ActPage(Schema):
    items: list[ActRow]
    next_cursor: str | None


class DepartmentRow(Schema):
    """A line of the league table: what is late and what stands against a department."""

    department_id: int
    department_name: str
    open_cases: int
    late_cases: int
    yellow: int
    red: int
    black: int
    letters_open: int
    answers_late: int


class DepartmentPage(Schema):
    """A page of the league table, the worst first."""

    items: list[DepartmentRow]
    total: int


class MoveRow(Schema):
    """A case whose deadlines the calendar in force counts otherwise."""

    case_id: UUID
    matter_zh: str
    matter_en: str
    grid_name: str
    status: str
    due_at: datetime | None
    new_due_at: datetime | None
    stage_due_at: datetime | None
    new_stage_due_at: datetime | None


class StoppedRow(Schema):
    """A suspended case: its clocks stand still and are counted when it is resumed."""

    case_id: UUID
    matter_zh: str
    matter_en: str
    grid_name: str
    due_at: datetime | None


class MovePage(Schema):
    edition: int
    note_zh: str
    note_en: str
    items: list[MoveRow]
    stopped: list[StoppedRow]  # the first of them, on the first page
    stopped_total: int
    beyond: UUID | None  # where to go on; none: that was all


class MoveIn(Schema):
    edition: int
    case_ids: list[UUID] = Field(min_length=1, max_length=500)


class MovedOut(Schema):
    moved: int
    unchanged: int
