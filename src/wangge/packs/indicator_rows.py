"""Indicators in a pack. Rule: IN-1, IN-2."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from wangge.appraisal.rules import MEASURES, PERCENTILES, Counted, FigureKind
from wangge.packs.entry import Entry


class IndicatorRow(Entry):
    """A figure that people are shown: what it counts, of what, and below how many it says nothing."""

    subject: Counted
    kind: FigureKind
    numerator: str
    denominator: str = ""
    small_sample: int = Field(0, ge=0, le=100_000)
    more_is: Literal["better", "worse", "neither"] = "neither"

    @model_validator(mode="after")
    def _made_of_what_is_counted(self) -> IndicatorRow:
        known = MEASURES[self.subject]
        if self.numerator not in known or (self.denominator and self.denominator not in known):
            raise ValueError(f"{self.subject.value} are counted as: {', '.join(known)}")
        if (self.kind is FigureKind.SHARE) != bool(self.denominator):
            raise ValueError("a share, and only a share, has a denominator")
        if self.kind in PERCENTILES and (self.subject, self.numerator) != (Counted.CASES, "closed"):
            raise ValueError("hours are taken of closed cases")
        return self
