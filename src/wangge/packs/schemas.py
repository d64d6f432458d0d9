"""Shapes of a policy pack: what its YAML may hold. A wrong word is refused, never skipped."""

from __future__ import annotations

from typing import Any, Literal, Self, get_args

from pydantic import ConfigDict, Field, model_validator

from wangge.checklists.schemas import Item
from wangge.major_hazards.schemas import CountIn, ElementIn
from wangge.packs.class_rows import ClassRule, FactField
from wangge.packs.dossier_rows import (
    DrawingKind,
    DueInterval,
    FacilityKind,
    Freshness,
    HollowSign,
    KnownField,
    LicenceKind,
    PersonKind,
)
from wangge.packs.entry import Entry, Strict
from wangge.packs.fire_rows import FireCause, FirePlace
from wangge.packs.indicator_rows import IndicatorRow
from wangge.packs.ledger_rows import LedgerRow
from wangge.packs.loop_rows import (
    Card,
    Light,
    Limit,
    Promise,
    Rung,
    Stage,
    StageClock,
    StageTemplate,
    StageUse,
    WorkSpan,
)
from wangge.packs.matter_rows import (
    DepartmentKind,
    FieldOfWork,
    Lane,
    Matter,
    MatterGroup,
    Power,
    Route,
    SeverityName,
    StatedCount,
    Upgrade,
)
from wangge.packs.notice_rows import NoticeHours, NoticeRule, NoticeTopic
from wangge.packs.order_rows import Plan, RiskWeight, Season
from wangge.packs.people_rows import (
    Education,
    Employment,
    HiringCriterion,
    LeaveKind,
    Politics,
    StaffClass,
    StaffKind,
)
from wangge.packs.plate_rows import PlateForm
from wangge.packs.target_rows import TargetRow
from wangge.packs.teams_rows import BoardRule, BodyKind, TeamKind
from wangge.packs.territory_rows import Layer, Scene, Staffing, Tier
from wangge.packs.visit_rows import ArrivalTrigger, ReportKind, VisitGroup


class VenueClass(Entry):
    pass


class Tag(Entry):
    limits: dict[str, float] = Field(default_factory=dict)  # area_m2, height_m, beds…: at most


class Grade(Entry):
    """A step of a rating; its code is the tag that the rated place carries (DG-10)."""

    scheme: str
    rank: int = Field(ge=1)
    times_a_month: int = Field(ge=1, le=31)


class PhotoCheck(Entry):
    """Up to where a photo fits what is claimed with it (EV-1 … EV-4): minutes, metres or bits."""

    at_most: int = Field(ge=0, le=100_000)
    policy: Literal["off", "advisory"] = "advisory"  # binding is not among them: people judge (EV-7)


class Duty(Entry):
    """Work that is no visit to one place; with a `tier`, each node of that level owes it (FQ-07)."""

    tier: str | None = None
    per: Literal["day", "week", "month", "quarter", "year"]
    times: int = Field(ge=1)
    minutes: int | None = Field(None, ge=1)
    policy: Literal["off", "advisory", "binding"] = "advisory"
    patrol: Literal["grid", "anywhere"] | None = None  # a duty of walking, and where its minutes count (PA-1)

    @model_validator(mode="after")
    def _patrol_is_daily(self) -> Self:
        if self.patrol and (self.per != "day" or self.minutes is None):
            raise ValueError("a patrol duty is per day and has minutes")
        return self


class RoleName(Entry):
    pass


class PhotoMark(Entry):
    """What stands under a copy of a photo."""


class ChecklistItem(Item):
    model_config = ConfigDict(extra="forbid")


class ChecklistEntry(Entry):
    items: list[ChecklistItem] = Field(min_length=1)


class DocumentNumber(Entry):
    """How the numbers of a kind of document look; the code is the kind."""

    pattern: str = Field(max_length=64)


class ElementSet(Entry):
    """One edition of the standard on major fire hazards; without elements it waits for its text."""

    remedy_zh: str = Field("", max_length=500)
    remedy_en: str = Field("", max_length=500)
    members: int = Field(ge=1)  # of a collective discussion, at least
    experts: int = Field(ge=1)  # of the panel for a complex one, at least
    experts_agree: int = Field(ge=1)
    experts_of: int = Field(ge=1)
    elements: list[ElementIn] = Field(default_factory=list)
    counts: list[CountIn] = Field(default_factory=list)


class Reward(Entry):
    amount_fen: int | None = Field(None, ge=0)
    share_pct: float | None = Field(None, ge=0, le=100)
    per: Literal["month", "tip"]


class Figure(Entry):
    value: float
    unit: str


class Head(Strict):
    """pack.yaml."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)
    zh: str
    en: str
    extends: str | None = None
    version: str = Field(pattern=r"^[0-9A-Za-z.]+$", max_length=24)


class Pack(Head):
    """A whole pack: its base's rows with its own on top."""

    tiers: list[Tier] = Field(default_factory=list)
    layers: list[Layer] = Field(default_factory=list)
    scenes: list[Scene] = Field(default_factory=list)
    staffing: list[Staffing] = Field(default_factory=list)
    team_kinds: list[TeamKind] = Field(default_factory=list)
    bodies: list[BodyKind] = Field(default_factory=list)
    boards: list[BoardRule] = Field(default_factory=list)
    venue_classes: list[VenueClass] = Field(default_factory=list)
    tags: list[Tag] = Field(default_factory=list)
    grades: list[Grade] = Field(default_factory=list)
    person_kinds: list[PersonKind] = Field(default_factory=list)
    facility_kinds: list[FacilityKind] = Field(default_factory=list)
    licence_kinds: list[LicenceKind] = Field(default_factory=list)
    drawing_kinds: list[DrawingKind] = Field(default_factory=list)
    due_intervals: list[DueInterval] = Field(default_factory=list)
    fact_fields: list[FactField] = Field(default_factory=list)
    class_rules: list[ClassRule] = Field(default_factory=list)
    known_fields: list[KnownField] = Field(default_factory=list)
    freshness: list[Freshness] = Field(default_factory=list)
    hollow_signs: list[HollowSign] = Field(default_factory=list)
    matter_groups: list[MatterGroup] = Field(default_factory=list)
    matters: list[Matter] = Field(default_factory=list)
    lanes: list[Lane] = Field(default_factory=list)
    fields: list[FieldOfWork] = Field(default_factory=list)
    severities: list[SeverityName] = Field(default_factory=list)
    upgrades: list[Upgrade] = Field(default_factory=list)
    admissions: list[StatedCount] = Field(default_factory=list)
    department_kinds: list[DepartmentKind] = Field(default_factory=list)
    routes: list[Route] = Field(default_factory=list)
    powers: list[Power] = Field(default_factory=list)
    checklists: list[ChecklistEntry] = Field(default_factory=list)
    capacity: list[Figure] = Field(default_factory=list)
    visit_limits: list[Figure] = Field(default_factory=list)
    risk_weights: list[RiskWeight] = Field(default_factory=list)
    seasons: list[Season] = Field(default_factory=list)
    plans: list[Plan] = Field(default_factory=list)
    stage_clocks: list[StageClock] = Field(default_factory=list)
    work_spans: list[WorkSpan] = Field(default_factory=list)
    lights: list[Light] = Field(default_factory=list)
    photo_checks: list[PhotoCheck] = Field(default_factory=list)
    ladder: list[Rung] = Field(default_factory=list)
    promises: list[Promise] = Field(default_factory=list)
    cards: list[Card] = Field(default_factory=list)
    duties: list[Duty] = Field(default_factory=list)
    patrol_limits: list[Figure] = Field(default_factory=list)
    roles: list[RoleName] = Field(default_factory=list)
    stages: list[Stage] = Field(default_factory=list)
    document_numbers: list[DocumentNumber] = Field(default_factory=list)
    element_sets: list[ElementSet] = Field(default_factory=list)
    stage_templates: list[StageTemplate] = Field(default_factory=list)
    stage_use: list[StageUse] = Field(default_factory=list)
    limits: list[Limit] = Field(default_factory=list)
    photo_marks: list[PhotoMark] = Field(default_factory=list)
    rewards: list[Reward] = Field(default_factory=list)
    appraisal: list[Figure] = Field(default_factory=list)
    indicators: list[IndicatorRow] = Field(default_factory=list)
    fire_causes: list[FireCause] = Field(default_factory=list)
    fire_places: list[FirePlace] = Field(default_factory=list)
    targets: list[TargetRow] = Field(default_factory=list)
    suggestions: list[Figure] = Field(default_factory=list)
    plate_forms: list[PlateForm] = Field(default_factory=list)
    venue_likeness: list[Figure] = Field(default_factory=list)
    notice_topics: list[NoticeTopic] = Field(default_factory=list)
    notice_rules: list[NoticeRule] = Field(default_factory=list)
    notice_hours: list[NoticeHours] = Field(default_factory=list)
    leave_kinds: list[LeaveKind] = Field(default_factory=list)
    staff_classes: list[StaffClass] = Field(default_factory=list)
    staff_kinds: list[StaffKind] = Field(default_factory=list)
    employments: list[Employment] = Field(default_factory=list)
    educations: list[Education] = Field(default_factory=list)
    politics: list[Politics] = Field(default_factory=list)
    hiring_criteria: list[HiringCriterion] = Field(default_factory=list)
    visit_groups: list[VisitGroup] = Field(default_factory=list)
    arrival_triggers: list[ArrivalTrigger] = Field(default_factory=list)
    report_kinds: list[ReportKind] = Field(default_factory=list)
    proof_limits: list[Figure] = Field(default_factory=list)
    ledgers: list[LedgerRow] = Field(default_factory=list)

    @property
    def pack_version(self) -> str:
        """Return what orders and cases remember: `dongguan@2026.11`."""
        return f"{self.name}@{self.version}"

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return every section as plain JSON rows."""
        return {
            section: [row.model_dump(mode="json") for row in getattr(self, section)] for section in SECTIONS
        }


SECTIONS: dict[str, type[Entry]] = {
    section: get_args(field.annotation)[0]
    for section, field in Pack.model_fields.items()
    if section not in Head.model_fields
}
