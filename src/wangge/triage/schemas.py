"""Shapes of suggestions at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from wangge.cases.rules import Channel
from wangge.cases.schemas import (
    Datum,
    Lat,
    Lon,
)
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.matters.rules import Severity

Stage = Literal["report", "desk"]  # while it is written; when it leaves the desk


class DraftIn(Schema):
    """A report that is being written. Without a point or a venue only the text counts."""

    text: Text = Field("", max_length=2000)
    lon: Lon | None = None
    lat: Lat | None = None
    datum: Datum = "wgs84"
    venue_id: UUID | None = None
    channel: Channel = Channel.PATROL
    matter_code: Text = Field("", max_length=16)  # chosen already: duplicates are sought of it


class Reason(Schema):
    """Why: a word of the text, or a fact of the place."""

    kind: Literal["word", "text", "fact", "rule", "history"]
    zh: str
    en: str


class MatterSuggestion(Schema):
    code: str
    name_zh: str
    name_en: str
    confidence: float  # 0 … 1
    reasons: list[Reason]


class SeveritySuggestion(Schema):
    severity: Severity
    confidence: float
    reason: Reason


class DepartmentSuggestion(Schema):
    id: int
    name: str
    confidence: float | None  # None: by the routes alone, nothing is measured
    reason: Reason


class SuggestionOut(Schema):
    """What is suggested; a person decides."""

    matters: list[MatterSuggestion]  # the likeliest first, at most three
    severity: SeveritySuggestion | None
    department: DepartmentSuggestion | None
    version: int | None  # None: the words alone
    is_measured: bool  # False: the confidence is that of the words, which nobody measured in this city


class DuplicateOut(Schema):
    """A case that may be the same."""

    id: UUID
    pct: int  # of likeness
    text: str
    address: str
    matter_code: str
    matter_zh: str
    matter_en: str
    reported_at: datetime
    is_open: bool  # only an open one can take another in
    metres: int
    reasons: list[Reason]


class DecisionIn(Schema):
    """What was suggested for a case; what was chosen is read from the case. `id` is the command's id."""

    id: UUID
    case_id: UUID
    at: AwareDatetime
    stage: Stage
    version: int | None = Field(None, ge=1, le=2**53)
    matters: list[Text] = Field(default_factory=list, max_length=3)
    confidence: float | None = Field(None, ge=0, le=1)
    severity: Severity | None = None
    department_id: int | None = Field(None, ge=1, le=2**53)
    duplicates: list[UUID] = Field(default_factory=list, max_length=5)


class Score(Schema):
    accuracy_pct: float
    macro_f1_pct: float


class Step(Schema):
    """A step of confidence: what was said, and how often it was right."""

    count: int
    said_pct: float
    right_pct: float


class WrongPair(Schema):
    right: str
    right_zh: str
    right_en: str
    said: str
    said_zh: str
    said_en: str
    count: int


class Forward(Schema):
    """What later cases say of a version that was taught by earlier ones (TR-5)."""

    judged_on: int
    model: Score
    words: Score
    majority: Score
    top3_pct: float
    calibration_error_pct: float
    reliability: list[Step]
    worst_pairs: list[WrongPair]


class Beside(Schema):
    """What history says of later cases, beside the rules of the pack."""

    judged_on: int
    history_pct: float | None
    rules_pct: float | None
    is_used: bool


class VersionOut(Schema):
    id: int
    trained_at: datetime
    pack_version: str
    cases: int
    labels: int
    is_better: bool
    is_in_force: bool
    is_damaged: bool
    size_bytes: int
    forward: Forward
    department: Beside
    severity: Beside


class WeekOut(Schema):
    """What people chose in a week, Monday to Sunday."""

    starts_on: date
    decisions: int
    first_pct: float | None
    top3_pct: float | None
    department_pct: float | None


class ChosenOut(Schema):
    """What people chose of late, beside what was suggested."""

    weeks: list[WeekOut]
    decisions: int
    first_pct: float | None
    calibration_error_pct: float | None
    duplicates_shown: int
    duplicates_merged: int


class TriageOut(Schema):
    """The page of the administrator."""

    in_force: int | None
    is_automatic: bool
    chosen_by: str
    learnable: int  # closed cases to learn from
    needed: int
    is_training: bool
    versions: list[VersionOut]
    chosen: ChosenOut


class UseIn(Schema):
    """Which version to ask: its number, none for the words alone; `automatic`: the newest better one."""

    version: int | None = Field(None, ge=1, le=2**53)
    automatic: bool = False
