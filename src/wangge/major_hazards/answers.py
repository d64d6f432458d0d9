"""Shapes of major hazards as they are told: what people decided, the ledger, and what may be done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from wangge.kernel.shapes import Schema
from wangge.major_hazards.rules import DecisionKind, Outcome, Panel, PlaceKind, Suspicion
from wangge.major_hazards.schemas import ElementSetIn, Stage

Light = Literal["green", "yellow", "red", "none"]


class ElementSetOut(ElementSetIn):
    pack_version: str
    is_usable: bool


class SignerOut(Schema):
    id: int
    name: str
    role: str
    department_name: str | None


class TickOut(Schema):
    element: str
    zh: str
    en: str
    is_direct: bool
    is_confirmed: bool
    note: str
    photos: list[str]


class AssessmentRow(Schema):
    id: UUID
    case_id: UUID | None
    venue_id: UUID | None
    venue_name: str | None
    address: str
    grid_name: str
    element_set: str
    place_kind: PlaceKind
    verdict: Suspicion
    line_code: str
    line_zh: str
    line_en: str
    line_is_confirmed: bool
    exemption: str
    exemption_reason: str
    counted: list[str]
    ticks: list[TickOut]
    assessed_by_name: str
    assessed_at: datetime
    decision: Outcome | None  # of the last one
    can_propose: bool


class SeatOut(Schema):
    user_name: str
    panel: Panel
    title: str
    agrees: bool | None
    opinion: str
    signed_at: datetime | None
    is_me: bool


class DecisionOut(Schema):
    id: UUID
    kind: DecisionKind
    assessment_id: UUID
    assessment: AssessmentRow  # what the signers judge, wherever they work
    hazard_id: UUID | None
    case_id: UUID | None
    venue_name: str | None
    address: str
    body: str
    basis_clause: str
    basis_version: str
    discussed_on: date
    summary: str
    is_complex: bool
    members_needed: int
    experts_needed: int
    outcome: Outcome
    unsigned: int
    missing_members: int
    missing_experts: int
    proposed_by_name: str
    proposed_at: datetime
    ended_at: datetime | None
    seats: list[SeatOut]
    can_sign: bool


class NoteOut(Schema):
    """Progress, or a re-inspection (`has_passed` is then set)."""

    text: str
    photos: list[str]
    by_name: str
    at: datetime
    has_passed: bool | None


class HazardRow(Schema):
    id: UUID
    case_id: UUID | None
    venue_id: UUID | None
    venue_name: str | None
    address: str
    grid_name: str
    stage: Stage
    line_zh: str
    line_en: str
    basis: str
    decided_at: datetime
    list_by: datetime | None
    list_days: int | None  # working days after the decision, as the pack gave them then
    list_source: str
    listed_at: datetime | None
    supervising_body: str
    notice_text: str
    rectify_on: date | None
    delisted_at: datetime | None
    light: Light
    notes: list[NoteOut]
    decisions: list[DecisionOut]
    can_list: bool
    can_report: bool
    can_reinspect: bool
    can_propose_delisting: bool


class AssessmentPage(Schema):
    items: list[AssessmentRow]
    next_cursor: str | None


class HazardPage(Schema):
    items: list[HazardRow]
    next_cursor: str | None


class DecisionPage(Schema):
    items: list[DecisionOut]
    next_cursor: str | None


class CaseMajorOut(Schema):
    """All that the case page shows."""

    assessments: list[AssessmentRow]
    decisions: list[DecisionOut]
    hazards: list[HazardRow]
    element_sets: list[ElementSetOut]
    can_assess: bool


class CountsOut(Schema):
    undecided: int
    waiting_for_me: int
    to_list: int
    listed: int
    delisted: int
