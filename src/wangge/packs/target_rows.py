"""Targets in a pack. Rule: TA-1, TA-2."""

from __future__ import annotations

from pydantic import Field, model_validator

from wangge.appraisal.rules import OF_THE_REGISTER, Rhythm, TargetOf
from wangge.packs.entry import Entry


class TargetRow(Entry):
    """What is to be reached by when: of an indicator, of the nodes of a level, of the register."""

    of: TargetOf
    indicator: str = ""
    tier: str = ""  # of nodes
    at_least: float | None = None  # what a node must reach; of an indicator that is better low: at most
    every: Rhythm
    plan: list[float] = Field(min_length=1, max_length=20)  # a year each
    adds: bool = False  # each month asks as much again
    first_year: int | None = Field(None, ge=2000, le=2100)  # left out: the year in which it is asked

    @model_validator(mode="after")
    def _can_be_measured(self) -> TargetRow:
        if (self.of in {TargetOf.FIGURE, TargetOf.NODES}) != bool(self.indicator):
            raise ValueError("figure and nodes, and only they, name an indicator")
        if (self.of is TargetOf.NODES) != (bool(self.tier) and self.at_least is not None):
            raise ValueError("nodes, and only they, name a tier and what each must reach")
        if self.adds and (self.every is not Rhythm.MONTH or self.of is not TargetOf.NODES):
            raise ValueError("only nodes add up month by month")
        if self.of is TargetOf.PLACES_SEEN and self.every is not Rhythm.MONTH:
            raise ValueError("places seen are counted by month")
        if self.of in OF_THE_REGISTER and self.every is not Rhythm.YEAR:
            raise ValueError("the register is known as of last night: name a year")
        return self
