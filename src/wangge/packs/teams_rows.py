"""Teams, bodies and notice boards in a pack. Rule: TM-1, TM-10, TM-21."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from wangge.packs.entry import Entry, Strict
from wangge.teams.rules import BoardField


class TeamEquipment(Strict):
    """What every team of a kind must have, and how often it is looked after."""

    code: str = Field(max_length=32, pattern=r"^[a-z][a-z0-9_]*$")
    zh: str = Field(min_length=1, max_length=64)
    en: str = Field(min_length=1, max_length=128)
    at_least: int = Field(1, ge=1, le=9_999)
    interval_days: int | None = Field(None, ge=1, le=3_660)


class TeamKind(Entry):
    """A kind of team: strength, equipment, and in how many minutes it should be there."""

    least_people: int = Field(0, ge=0, le=9_999)
    most_people: int | None = Field(None, ge=1, le=9_999)
    target_minutes: int | None = Field(None, ge=1, le=240)
    comes: bool = True  # it can be called to a place
    equipment: list[TeamEquipment] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.most_people is not None and self.most_people < self.least_people:
            raise ValueError("most_people is less than least_people")
        return self


class BodyKind(Entry):
    """A committee, group or head of every node of a level."""

    tier: str
    is_required: bool = True


class BoardRule(Entry):
    """What the notice page of a layer's grids may show; the code is the layer's."""

    fields: list[BoardField] = Field(min_length=1)
