"""Shapes of dossiers as they come in: entries, removals and filters."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.venues.schemas import said

Photos = Annotated[list[Text], Field(default_factory=list, max_length=9)]
Kind = Annotated[Text, Field(min_length=1, max_length=32)]
FIRST, LAST = date(1900, 1, 1), date(2200, 1, 1)
Day = Annotated[date, Field(ge=FIRST, le=LAST)]


class EntryIn(Schema):
    """One entry, new or changed. `id` is the command's; `entry_id` the entry's, made by the sender."""

    id: UUID
    entry_id: UUID
    venue_id: UUID
    base_version: int = Field(0, ge=0)  # 0: new
    kind: Kind
    source: Text = Field("", max_length=64)


class PersonIn(EntryIn):
    """Who is responsible. What comes in masked stays as it is."""

    name: Text = Field(min_length=1, max_length=128)
    phone: Text = Field("", max_length=32, pattern=r"^[0-9+*() -]*$")
    credit_code: Text = Field("", max_length=32)
    since_on: Day | None = None
    until_on: Day | None = None

    @model_validator(mode="after")
    def _runs_forward(self) -> PersonIn:
        if self.since_on and self.until_on and self.until_on <= self.since_on:
            raise ValueError("until_on must lie after since_on")
        return self


class FacilityIn(EntryIn):
    count: int = Field(1, ge=1, le=100_000)
    place: Text = Field("", max_length=64)
    maker: Text = Field("", max_length=64)
    made_on: Day | None = None
    tested_on: Day | None = None
    maintained_on: Day | None = None
    contract_until: Day | None = None

    @model_validator(mode="after")
    def _was_made_first(self) -> FacilityIn:
        for done in (self.tested_on, self.maintained_on):
            if self.made_on and done and done < self.made_on:
                raise ValueError("tested_on and maintained_on must not lie before made_on")
        return self


class DoneIn(Schema):
    """A facility was tested or maintained on a day."""

    id: UUID
    entry_id: UUID
    base_version: int = Field(ge=1)
    what: Literal["test", "maintain"]
    done_on: Day


class LicenceIn(EntryIn):
    number: Text = Field("", max_length=64)
    issued_by: Text = Field("", max_length=128)
    valid_from: Day | None = None
    valid_until: Day | None = None  # none: without end
    photos: Photos

    @model_validator(mode="after")
    def _runs_forward(self) -> LicenceIn:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until must not lie before valid_from")
        return self


class DrawingIn(EntryIn):
    """A plan whose file was uploaded. `replaces`: the drawing in whose place it comes, from its first day."""

    title: Text = Field(min_length=1, max_length=64)
    file: Text = Field(pattern=r"^[0-9a-f]{64}$")
    file_name: Text = Field(min_length=1, max_length=128)
    valid_from: Day
    replaces: UUID | None = None


class FactIn(EntryIn):
    """A fact of a place; its text is read as the pack's fact says. Yes and no are 1 and 0."""

    value: Text = Field(min_length=1, max_length=32)


class ClassDecisionIn(Schema):
    """Take the proposed class and tags, or keep the present ones."""

    id: UUID
    venue_id: UUID
    base_version: int = Field(ge=1)  # of the proposal
    accepts: bool
    reason: Text = Field(min_length=2, max_length=500)

    @field_validator("reason")
    @classmethod
    def _says_something(cls, given: str) -> str:
        return said(given)


class RemovalIn(Schema):
    """Take an entry out of the dossier, or put it back."""

    id: UUID
    entry_id: UUID
    sort: Literal["person", "facility", "licence", "fact", "drawing"]
    base_version: int = Field(ge=1)
    is_removed: bool = True
    reason: Text = Field(min_length=2, max_length=500)

    @field_validator("reason")
    @classmethod
    def _says_something(cls, given: str) -> str:
        return said(given)


class DueFilter(Schema):
    """What is due: late, or within so many days."""

    due: Literal["overdue", "coming", "unknown"] | None = None  # none: late and coming
    days: int = Field(30, ge=0, le=3660)
    sort: Literal["facility", "licence"] | None = None
    kind: Text = Field("", max_length=32)
    venue_class: Text = Field("", max_length=32)
    grid: Text = Field("", max_length=64)  # a closed path: the subtree
    cursor: Text = ""
    limit: int = Field(50, ge=1, le=200)


class NobodyFilter(Schema):
    """Places for which nobody is named."""

    kind: Text = Field("", max_length=32)  # none: nobody of any kind that every place must have
    venue_class: Text = Field("", max_length=32)
    grid: Text = Field("", max_length=64)
    cursor: Text = ""
    limit: int = Field(50, ge=1, le=200)


class ClassFilter(Schema):
    """Places whose class or tags are not what their facts make of them."""

    venue_class: Text = Field("", max_length=32)  # the present one
    grid: Text = Field("", max_length=64)
    cursor: Text = ""
    limit: int = Field(50, ge=1, le=200)


class HoldingImport(Schema):
    """How to read a file of people, facilities, licences or facts."""

    sort: Literal["person", "facility", "licence", "fact"]
    source: Text = Field(min_length=1, max_length=64)  # the list's name: a number is unique inside it
    dry_run: bool = False


class HoldingImportIn(HoldingImport):
    """An import that is asked for: the same id twice is one run."""

    id: UUID


class HoldingExport(Schema):
    """Which people, facilities, licences or facts go out."""

    sort: Literal["person", "facility", "licence", "fact"] = "facility"
    grid: Text = Field("", max_length=64)  # a closed path: the subtree
    reason: Text = Field("", max_length=500)  # of people: shown whole to whoever may reveal and says why

    @field_validator("reason")
    @classmethod
    def _says_something(cls, given: str) -> str:
        return said(given) if given else ""
