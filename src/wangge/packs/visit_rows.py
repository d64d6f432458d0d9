"""Visits to people, arrivals and quick reports in a pack (HB-08 … HB-10). Rule: VI-1."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from wangge.cases.rules import Channel
from wangge.matters.rules import Severity
from wangge.orders.rules import Interval
from wangge.packs.entry import Entry
from wangge.visits.rules import Register


class VisitGroup(Entry):
    """People who are visited once an interval; of a protected group nobody reads who is in it unasked."""

    interval: Interval
    is_protected: bool = True
    policy: Literal["off", "advisory", "binding"] = "advisory"


class ArrivalTrigger(Entry):
    """What calls somebody to a place. A case fits when each list that is given holds what it says."""

    channels: list[Channel] = Field(default_factory=list)
    matters: list[str] = Field(default_factory=list)  # codes or groups
    severities: list[Severity] = Field(default_factory=list)
    season: str = ""  # each day of this season calls to each grid; otherwise no season does
    within_minutes: int = Field(ge=1, le=10_080)
    least_photos: int = Field(1, ge=0, le=9)
    policy: Literal["off", "advisory", "binding"] = "advisory"


class ReportKind(Entry):
    """What must be reported at once, and what becomes of it: a case, or a change of a register."""

    becomes: Register
    matters: list[str] = Field(default_factory=list)  # of a case: codes or groups, the first is preset
    place_class: str = ""  # of a place
    fact: str = ""  # of a place: the fact that it gets
    groups: list[str] = Field(default_factory=list)  # of a person
    least_photos: int = Field(0, ge=0, le=9)

    @model_validator(mode="after")
    def _names_what_it_changes(self) -> Self:
        wanted = {
            Register.CASE: self.matters,
            Register.PLACE: self.place_class,
            Register.FACT: self.fact,
            Register.PERSON: self.groups,
        }
        if not wanted[self.becomes]:
            raise ValueError(f"a report of the kind {self.becomes.value} names what it changes")
        if any(one for kind, one in wanted.items() if kind is not self.becomes):
            raise ValueError("a report changes one register")
        return self
