"""The sections of the ledgers in a pack (SC-11, GQ-09). Rule: LE-1."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from wangge.ledgers.rules import LedgerKind
from wangge.packs.entry import Entry


class LedgerRow(Entry):
    """A section: its number, whence its rows come, which of them, and in which columns."""

    number: str = Field(pattern=r"^[1-9][0-9]?(\.[1-9][0-9]?)?$")
    kind: LedgerKind
    classes: list[str] = Field(default_factory=list)  # of places; none: every class
    tags: list[str] = Field(default_factory=list)  # of places: one of them
    drawings: list[str] = Field(default_factory=list)  # kinds of drawings; none: every kind
    columns: list[str] = Field(default_factory=list)  # none: all that there are

    @model_validator(mode="after")
    def _narrows_what_it_has(self) -> Self:
        if (self.classes or self.tags) and self.kind is not LedgerKind.PLACES:
            raise ValueError("classes and tags are of places")
        if self.drawings and self.kind is not LedgerKind.DRAWINGS:
            raise ValueError("drawings are of drawings")
        return self
