"""Rows of a pack that say what is visited how often, and what makes a place risky."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from wangge.orders.rules import Anchor, Interval, SeasonKind, Signal, SubjectKind, fits_cycle
from wangge.packs.entry import Entry


class Season(Entry):
    """A kind of intensified period (FQ-14): of the same dates, around long holidays, or when declared."""

    kind: SeasonKind
    first: str = Field("", pattern=r"^((0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$")  # MM-DD
    last: str = Field(
        "", pattern=r"^((0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$"
    )  # before `first`: next year
    before_days: int = Field(0, ge=0, le=60)
    least_days: int = Field(0, ge=0, le=30)
    works_holidays: bool = False

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.kind is SeasonKind.DATES:
            for text in (self.first, self.last):
                date.fromisoformat(f"2025-{text}")  # a common year: a season of 29 February would come rarely
        if self.kind is SeasonKind.HOLIDAYS and not self.least_days:
            raise ValueError("least_days")
        return self


class Plan(Entry):
    """How often a kind of subject is seen (OR-1, OR-29), in fixed periods or after the last visit (OR-30)."""

    subject: SubjectKind = SubjectKind.VENUE
    classes: list[str] = Field(default_factory=list)  # none: every class; of a grid its tier
    tags: list[str] = Field(default_factory=list)  # all of them; none: whatever the tags
    interval: Interval
    anchor: Anchor = Anchor.PERIOD
    window_days: int = Field(0, ge=0, le=180)  # of `visit`: so long before the due day a visit counts
    tolerance_days: int = Field(0, ge=0, le=180)  # and so long after it
    season: str | None = None  # holds in this intensified period only; none: always
    checklist: str

    @model_validator(mode="after")
    def _anchor_is_whole(self) -> Self:
        if self.anchor is Anchor.PERIOD and (self.window_days or self.tolerance_days):
            raise ValueError("window_days and tolerance_days belong to anchor: visit")
        if self.anchor is Anchor.VISIT and self.season:
            raise ValueError("a season's rule is not counted from the last visit")
        if not fits_cycle(self.interval, self.window_days, self.tolerance_days):
            raise ValueError("window and tolerance together are shorter than the interval")
        return self


class RiskWeight(Entry):
    """Points for what is known of a place (OR-34)."""

    signal: Signal
    of: str | None = None  # the class or the tag
    points: int = Field(ge=1, le=100)  # each time
    most: int = Field(ge=1, le=100)

    @model_validator(mode="after")
    def _names_its_word(self) -> Self:
        if (self.of is not None) != (self.signal in {Signal.CLASS, Signal.TAG}):
            raise ValueError("a class or a tag names which one in `of`; nothing else does")
        return self
