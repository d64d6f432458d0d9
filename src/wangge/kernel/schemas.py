"""Shapes that every face shares."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from wangge.kernel.shapes import Schema


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("text holds no NUL character")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]  # what a PostgreSQL column takes


class Sent(BaseModel):
    """What a client sends by the hundred: read from JSON alone, at two thirds of a `Schema`'s cost."""


class Refusal(Schema):
    """The body of every no."""

    code: str
    zh: str
    en: str
    facts: dict[str, str] = Field(default_factory=dict)


class RunOut(Schema):
    """How far an import or export is. `share_pct` is null while nobody knows how much there is."""

    id: UUID
    kind: str
    way: Literal["in", "out"]
    asked_name: str
    asked_at: datetime
    is_own: bool
    scope: str
    file_name: str
    file_bytes: int
    is_dry_run: bool
    again_of: UUID | None
    state: Literal["waiting", "running", "done", "refused", "cancelled", "interrupted", "failed"]
    is_ending: bool  # somebody has asked for its end
    started_at: datetime | None
    ended_at: datetime | None
    share_pct: int | None
    rows: int
    rows_total: int | None
    written: int
    created: int
    updated: int
    unchanged: int
    bad_rows: int
    problems: int
    has_file: bool  # what came in is kept: it can be done again without a new upload
    has_problem_file: bool
    has_result: bool
    files_until: datetime | None
    refusal: Refusal | None


class RunPage(Schema):
    items: list[RunOut]
    next_before: UUID | None  # the run to go on from


class RunAgain(Schema):
    """Do a run that is over once more, with the same options."""

    id: UUID
    dry_run: bool = False


class FateOut(Schema):
    command_id: UUID
    outcome: Literal["applied", "repeated", "refused", "conflict", "unreadable"]
    status: int
    code: str | None = None
    zh: str | None = None
    en: str | None = None
    result: dict[str, Any] = Field(default_factory=dict)
