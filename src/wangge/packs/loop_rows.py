"""What a pack says of the closed loop: its clocks, its ladder, and the stages it is shown by."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wangge.accounts.rules import Role
from wangge.packs.entry import Entry, Strict


class StageClock(Entry):
    working_days: int | None = Field(None, ge=0)
    hours: int | None = Field(None, ge=1)  # plain hours, through the night
    working_hours: int | None = Field(None, ge=1)  # counted inside `work_spans`


class WorkSpan(Entry):
    """Hours in which a working day is worked, China time."""

    starts: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    ends: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class Promise(StageClock):
    """What people are promised. What keeps it: a verdict on a tip, or an answer to who gave it."""

    kept_by: Literal["verified", "replied"] | None = None
    matters: list[str] = Field(default_factory=list)  # prefixes of codes; none: every other matter


class Card(Entry):
    """When a card is due to a department that is late, and how long its answer may take."""

    after_working_days: int = Field(ge=0)
    answer_working_days: int = Field(ge=1)


class Light(Entry):
    at_pct: int = Field(ge=1, le=1000)


class Rung(Entry):
    after_working_days: int = Field(ge=0)
    role: Role


class Limit(Entry):
    """A number that bounds the closed loop."""

    value: int = Field(ge=0, le=32_000)
    unit: Literal["times", "working_days", "m"]


class Stage(Entry):
    pass


class ShownStage(Strict):
    """One stage of a template: the statuses of a case in it, or the steps and marks that fulfil it."""

    zh: str = Field(min_length=1, max_length=32)
    en: str = Field(min_length=1, max_length=64)
    statuses: list[str] = Field(default_factory=list)
    by: list[str] = Field(default_factory=list)


class StageTemplate(Entry):
    stages: list[ShownStage] = Field(min_length=2, max_length=12)


class StageUse(Entry):
    """Which template shows the cases of a channel; the code `others` is for the rest."""

    template: str
