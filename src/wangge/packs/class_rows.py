"""Rows of a pack on the class of a place: which facts are kept, and what they make of it (DS-9, DS-10)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from wangge.packs.entry import Entry, Strict
from wangge.packs.matter_rows import PathPrefix


class FactWord(Strict):
    """One word that a fact may hold."""

    code: str = Field(max_length=32, pattern=r"^[a-z][a-z0-9_]*$")
    zh: str = Field(min_length=1, max_length=64)
    en: str = Field(min_length=1, max_length=64)


class FactField(Entry):
    """A fact of a place beyond the register: a number, a yes or no, or one of a few words."""

    form: Literal["number", "whole", "yes_no", "word"]
    unit_zh: str = Field("", max_length=16)
    unit_en: str = Field("", max_length=16)
    least: float = 0
    most: float = 1_000_000
    words: list[FactWord] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_its_words(self) -> Self:
        if bool(self.words) != (self.form == "word"):
            raise ValueError("words belong to the form word, and only to it")
        return self


class Bound(Strict):
    """From where to where a fact lies; both ends are inside."""

    fact: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.at_least is None and self.at_most is None and self.below is None:
            raise ValueError("at_least, at_most or below")
        return self


class ClassRule(Entry):
    """A place of these uses within these bounds is of this class, or carries this tag."""

    path: str = PathPrefix  # of the province whose rule it is; none: everywhere
    uses: list[str] = Field(min_length=1)
    bounds: list[Bound] = Field(default_factory=list)
    venue_class: str = ""
    tag: str = ""

    @model_validator(mode="after")
    def _makes_something(self) -> Self:
        if not self.venue_class and not self.tag:
            raise ValueError("venue_class or tag")
        return self
