"""Rows of dossiers in a pack: kinds of people, facilities and licences, and after how long what is due."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from wangge.dossiers.rules import COLUMNS, Sign
from wangge.packs.entry import Entry


class PersonKind(Entry):
    """Who is responsible for a place in one way or another."""

    answers_rank: int | None = Field(None, ge=1, le=99)  # its link in the chain of HB-16; none: not in it
    unit: bool = False  # an organisation: its name is shown whole
    required: bool = False  # every place must have one (HB-04)
    required_in: list[str] = Field(default_factory=list)  # places of these classes must (HB-04)
    single: bool = False  # one at a time


class FacilityKind(Entry):
    soon_days: int = Field(ge=0, le=366)  # so long before it is due, it is soon


class LicenceKind(Entry):
    soon_days: int = Field(ge=0, le=366)  # so long before its last day a renewal is reminded of


class DrawingKind(Entry):
    """A kind of plan of a place."""


class DueInterval(Entry):
    """After so many months or days something of these kinds is due; of several the smallest wins."""

    what: Literal["test", "maintain", "scrap"]
    kinds: list[str] = Field(min_length=1)
    months: int | None = Field(None, ge=1, le=1200)
    days: int | None = Field(None, ge=1, le=3660)
    classes: list[str] = Field(default_factory=list)  # of places; none: every class

    @model_validator(mode="after")
    def _counts_one_way(self) -> Self:
        if (self.months is None) == (self.days is None):
            raise ValueError("months or days")
        return self


class KnownField(Entry):
    """Something that is known of a whole dossier, and how much it weighs (DS-12)."""

    needs: Literal["column", "person", "facility", "licence", "fact"]
    of: str = Field(min_length=1, max_length=32)  # the column of the register, or the kind of entry
    weight: int = Field(ge=1, le=100)
    classes: list[str] = Field(default_factory=list)  # of places; none: every class

    @model_validator(mode="after")
    def _column_is_there(self) -> Self:
        if self.needs == "column" and self.of not in COLUMNS:
            raise ValueError(f"one of {', '.join(COLUMNS)}")
        return self


class Freshness(Entry):
    """After how many days without a visit or a change a dossier is stale; of several the smallest (DS-13)."""

    days: int = Field(ge=1, le=3660)
    classes: list[str] = Field(default_factory=list)


class HollowSign(Entry):
    """By what a grid exists on paper only; the code is the sign (DS-14, TZ-06)."""

    days: int | None = Field(None, ge=1, le=3660)  # of no_visit
    percent: int | None = Field(None, ge=1, le=100)  # of known_little and stale; how like copied logs are
    times: int | None = Field(None, ge=2, le=366)  # of copied_logs: on so many of the days

    @model_validator(mode="after")
    def _has_its_figures(self) -> Self:
        figures = {
            "no_visit": {"days"},
            "known_little": {"percent"},
            "stale": {"percent"},
            "copied_logs": {"times", "days", "percent"},
        }
        wanted = figures.get(Sign(self.code), set())  # an unknown sign is a ValueError of its own
        given = {name for name in ("days", "percent", "times") if getattr(self, name) is not None}
        if given != wanted:
            raise ValueError(f"{self.code}: {' and '.join(sorted(wanted)) or 'no figure'}")
        return self
