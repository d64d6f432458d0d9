"""Shapes of major hazards as they come in: editions, commands and filters."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.major_hazards.rules import Exemption, Outcome, Panel, PlaceKind, Suspicion

Photos = Annotated[list[Text], Field(default_factory=list, max_length=9)]
Stage = Literal["to_list", "listed", "delisted"]


class ElementIn(Schema):
    code: Text = Field(pattern=r"^\d+(\.\d+)*$", max_length=16)
    is_direct: bool
    zh: Text = Field(min_length=1, max_length=255)
    en: Text = Field(min_length=1, max_length=255)
    place_kinds: list[PlaceKind] = Field(default_factory=list)  # none: every kind of place
    is_confirmed: bool = False


class CountIn(Schema):
    code: Text = Field(min_length=1, max_length=32)
    at_least: int = Field(ge=1, le=99)
    zh: Text = Field(min_length=1, max_length=255)
    en: Text = Field(min_length=1, max_length=255)
    place_kinds: list[PlaceKind] = Field(default_factory=list)
    elements: list[Text] = Field(default_factory=list)  # codes or their beginnings; none: any comprehensive
    is_confirmed: bool = False


class EditionHead(Schema):
    """What an edition of the standard says of itself, and how many must sign."""

    code: Text = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")
    name_zh: Text = Field(min_length=1, max_length=128)
    name_en: Text = Field(min_length=1, max_length=128)
    source: Text = Field(min_length=1, max_length=64)
    is_confirmed: bool = False
    remedy_zh: Text = Field("", max_length=500)
    remedy_en: Text = Field("", max_length=500)
    members: int = Field(ge=1, le=99)
    experts: int = Field(ge=1, le=99)
    experts_agree: int = Field(ge=1, le=99)
    experts_of: int = Field(ge=1, le=99)


class EditionFile(EditionHead):
    """How a file of an edition is taken."""

    dry_run: bool = False  # only look for mistakes


class ElementSetIn(EditionHead):
    """One edition of the standard, as it is imported."""

    elements: list[ElementIn] = Field(default_factory=list, max_length=500)
    counts: list[CountIn] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _holds_together(self) -> ElementSetIn:
        codes = [one.code for one in self.elements]
        if len(codes) != len(set(codes)):
            raise ValueError("an element code stands twice")
        for rule in self.counts:
            for word in rule.elements:
                if not any(code == word or code.startswith(f"{word}.") for code in codes):
                    raise ValueError(f"count {rule.code} names {word}, which no element has")
        if self.experts_agree > self.experts_of:
            raise ValueError("more experts agree than there are")
        return self


class TickIn(Schema):
    element: Text = Field(max_length=16)
    note: Text = Field("", max_length=1000)
    photos: Photos


class AssessIn(Schema):
    """Assess a case or a venue. `id` becomes the assessment's."""

    id: UUID
    case_id: UUID | None = None
    venue_id: UUID | None = None
    element_set: Text = Field(max_length=32)
    place_kind: PlaceKind
    ticks: list[TickIn] = Field(default_factory=list, max_length=60)
    exemption: Exemption | None = None
    exemption_reason: Text = Field("", max_length=1000)
    exemption_photos: Photos

    @model_validator(mode="after")
    def _has_subject(self) -> AssessIn:
        if self.case_id is None and self.venue_id is None:
            raise ValueError("a case or a venue")
        if len({tick.element for tick in self.ticks}) != len(self.ticks):
            raise ValueError("an element stands twice")
        return self


class SeatIn(Schema):
    user_id: int = Field(ge=1, le=2**53)
    panel: Panel
    title: Text = Field("", max_length=64)


class ProposeIn(Schema):
    """Ask people to decide that it is major, or to de-list it."""

    id: UUID
    assessment_id: UUID | None = None  # major
    hazard_id: UUID | None = None  # de-listing
    body: Text = Field(min_length=2, max_length=128)
    basis_clause: Text = Field(min_length=1, max_length=128)
    discussed_on: date
    summary: Text = Field(min_length=2, max_length=2000)
    photos: Photos
    is_complex: bool = False
    seats: list[SeatIn] = Field(max_length=40)

    @model_validator(mode="after")
    def _is_one(self) -> ProposeIn:
        if (self.assessment_id is None) == (self.hazard_id is None):
            raise ValueError("an assessment or a hazard")
        if len({seat.user_id for seat in self.seats}) != len(self.seats):
            raise ValueError("somebody sits twice")
        return self


class SignIn(Schema):
    id: UUID
    decision_id: UUID
    agrees: bool
    opinion: Text = Field("", max_length=1000)


class ListIn(Schema):
    id: UUID
    hazard_id: UUID
    supervising_body: Text = Field(min_length=2, max_length=128)
    notice_text: Text = Field(min_length=4, max_length=4000)
    rectify_on: date


class ProgressIn(Schema):
    id: UUID
    hazard_id: UUID
    text: Text = Field(min_length=2, max_length=2000)
    photos: Photos


class ReinspectIn(ProgressIn):
    has_passed: bool


class HazardFilter(Schema):
    stage: Stage | None = None
    case_id: UUID | None = None
    venue_id: UUID | None = None
    q: Text = Field("", max_length=64)
    cursor: Text = ""
    limit: int = Field(30, ge=1, le=100)


class AssessmentFilter(Schema):
    verdict: Suspicion | None = None
    case_id: UUID | None = None
    venue_id: UUID | None = None
    undecided: bool = False
    cursor: Text = ""
    limit: int = Field(30, ge=1, le=100)


class DecisionFilter(Schema):
    waiting_for_me: bool = False
    outcome: Outcome | None = None
    cursor: Text = ""
    limit: int = Field(30, ge=1, le=100)
