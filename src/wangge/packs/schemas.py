"""Shapes of a policy pack: what its YAML may hold. A wrong word is refused, never skipped."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from wangge.accounts.rules import Role
from wangge.checklists.schemas import Item
from wangge.major_hazards.schemas import CountIn, ElementIn
from wangge.matters.rules import Form, Severity, Target
from wangge.orders.rules import Interval
from wangge.packs.entry import Entry, Strict
from wangge.packs.notice_rows import NoticeHours, NoticeRule, NoticeTopic
from wangge.packs.territory_rows import Layer, Scene, Staffing, Tier


class VenueClass(Entry):
    pass


class Tag(Entry):
    limits: dict[str, float] = Field(default_factory=dict)  # area_m2, height_m, beds…: at most


class Grade(Entry):
    """A step of a rating; its code is the tag that the rated place carries (DG-10)."""

    scheme: str
    rank: int = Field(ge=1)
    times_a_month: int = Field(ge=1, le=31)


class MatterGroup(Entry):
    owner: str  # the kind of department whose matters these are (DG-02)
    form: Form = Form.HAZARD
    lane: str | None = None  # of the four platforms (TZ-17)
    fields: list[str] = Field(default_factory=list)  # SX-17


class Matter(Entry):
    code: str = Field(max_length=16, pattern=r"^[A-Z][A-Z0-9]*$")
    group: str
    basis: str = Field(max_length=128)
    severity: Severity
    may_become: Severity | None = None  # what people may raise it to
    deadline: str  # the words of the source
    fix_days: int = Field(ge=0, le=365)  # working days; 0 is at once
    fix_hours: int | None = Field(None, ge=1)
    on_spot: bool = False
    stops_operation: bool = False  # closed only when somebody confirms that it may run again (TZ-03)
    departments: list[str] = Field(min_length=1)  # first handler, then whom it is passed on to
    fields: list[str] = Field(default_factory=list)  # beside its group's
    words_zh: list[Annotated[str, Field(min_length=2, max_length=16)]] = Field(
        default_factory=list, max_length=64
    )  # what people call it: the words that suggest it
    is_restricted: bool = False  # its cases are seen by named posts only (DG-13)

    @model_validator(mode="after")
    def _leaves_room_for_the_city(self) -> Self:
        if self.code.startswith(f"{self.group}C"):
            raise ValueError("codes like H3C01 are the city's own: a pack numbers without the C")
        return self

    @property
    def department_kind(self) -> str:
        """Return the first handler who is not the grid itself: who reports does not handle (DG-08)."""
        return next((kind for kind in self.departments if kind != "grid"), "street")


class DepartmentKind(Entry):
    pass


PathPrefix = Field("", max_length=64, pattern=r"^([0-9A-Za-z_-]+\.)*$")


class Route(Entry):
    """Whose a matter is: what a row leaves open is no condition, and no answer (MA-1, MA-2)."""

    matter_prefix: str = Field("", max_length=16)
    path: str = PathPrefix
    severity: Severity | None = None
    layer: str | None = Field(None, max_length=32)
    department_kind: str | None = None
    grid_first: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.department_kind is None and self.grid_first is None:
            raise ValueError("a route names a department_kind or says grid_first")
        return self


class Power(Entry):
    """An item of the list by which a kind of organisation may enforce (SX-05)."""

    department_kind: str
    matter_prefix: str = Field("", max_length=16)
    path: str = PathPrefix
    basis: str = Field(min_length=1, max_length=128)


class Upgrade(Entry):
    """What raises the severity of a case: one of place, repetition and time overdue (MA-6)."""

    matter_prefix: str = Field("", max_length=16)
    to: Target
    classes: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    times: int | None = Field(None, ge=2)  # the n-th of a matter at one venue…
    within_days: int | None = Field(None, ge=1, le=3660)  # …in so many days
    overdue_times: float | None = Field(None, ge=0, le=100)  # overdue by so many times its time to fix

    @model_validator(mode="after")
    def _has_one_ground(self) -> Self:
        grounds = [bool(self.classes or self.tags), self.times is not None, self.overdue_times is not None]
        if sum(grounds) != 1 or (self.times is None) != (self.within_days is None):
            raise ValueError("one of classes or tags, times with within_days, overdue_times")
        return self


class Lane(Entry):
    pass


class FieldOfWork(Entry):
    pass


class SeverityName(Entry):
    weight: float = Field(gt=0, le=100)  # how heavy an open case lies on whoever handles it


class StatedCount(Entry):
    """How many a source says there are: `all`, `departments`, or a kind of department's (DG-02)."""

    count: int = Field(ge=0)


class Plan(Entry):
    classes: list[str] = Field(default_factory=list)  # none: every class
    tags: list[str] = Field(default_factory=list)  # all of them; none: whatever the tags
    interval: Interval
    checklist: str


class StageClock(Entry):
    working_days: int | None = Field(None, ge=0)
    hours: int | None = Field(None, ge=1)  # plain hours, through the night
    working_hours: int | None = Field(None, ge=1)  # counted inside `work_spans`


class WorkSpan(Entry):
    """Hours in which a working day is worked, China time."""

    starts: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    ends: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class Promise(StageClock):
    """What people are promised. What keeps it: a verdict on a tip, or an answer to who gave it."""

    kept_by: Literal["verified", "replied"] | None = None
    matters: list[str] = Field(default_factory=list)  # prefixes of codes; none: every other matter


class Card(Entry):
    """When a card is due to a department that is late, and how long its answer may take."""

    after_working_days: int = Field(ge=0)
    answer_working_days: int = Field(ge=1)


class Light(Entry):
    at_pct: int = Field(ge=1, le=1000)


class PhotoCheck(Entry):
    """Up to where a photo fits what is claimed with it (EV-1 … EV-4): minutes, metres or bits."""

    at_most: int = Field(ge=0, le=100_000)
    policy: Literal["off", "advisory"] = "advisory"  # binding is not among them: people judge (EV-7)


class Rung(Entry):
    after_working_days: int = Field(ge=0)
    role: Role


class Duty(Entry):
    per: Literal["day", "week", "month", "quarter", "year"]
    times: int = Field(ge=1)
    minutes: int | None = Field(None, ge=1)
    policy: Literal["off", "advisory", "binding"] = "advisory"


class RoleName(Entry):
    pass


class Stage(Entry):
    pass


class ShownStage(Strict):
    """One stage of a template: the statuses of a case in it, or the steps and marks that fulfil it."""

    zh: str = Field(min_length=1, max_length=32)
    en: str = Field(min_length=1, max_length=64)
    statuses: list[str] = Field(default_factory=list)
    by: list[str] = Field(default_factory=list)


class StageTemplate(Entry):
    stages: list[ShownStage] = Field(min_length=2, max_length=12)


class StageUse(Entry):
    """Which template shows the cases of a channel; the code `others` is for the rest."""

    template: str


class Limit(Entry):
    """A number that bounds the closed loop."""

    value: int = Field(ge=0, le=32_000)
    unit: Literal["times", "working_days", "m"]


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
    venue_classes: list[VenueClass] = Field(default_factory=list)
    tags: list[Tag] = Field(default_factory=list)
    grades: list[Grade] = Field(default_factory=list)
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
    plans: list[Plan] = Field(default_factory=list)
    stage_clocks: list[StageClock] = Field(default_factory=list)
    work_spans: list[WorkSpan] = Field(default_factory=list)
    lights: list[Light] = Field(default_factory=list)
    photo_checks: list[PhotoCheck] = Field(default_factory=list)
    ladder: list[Rung] = Field(default_factory=list)
    promises: list[Promise] = Field(default_factory=list)
    cards: list[Card] = Field(default_factory=list)
    duties: list[Duty] = Field(default_factory=list)
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
    suggestions: list[Figure] = Field(default_factory=list)
    notice_topics: list[NoticeTopic] = Field(default_factory=list)
    notice_rules: list[NoticeRule] = Field(default_factory=list)
    notice_hours: list[NoticeHours] = Field(default_factory=list)

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
    "tiers": Tier,
    "layers": Layer,
    "scenes": Scene,
    "staffing": Staffing,
    "venue_classes": VenueClass,
    "tags": Tag,
    "grades": Grade,
    "matter_groups": MatterGroup,
    "matters": Matter,
    "lanes": Lane,
    "fields": FieldOfWork,
    "severities": SeverityName,
    "upgrades": Upgrade,
    "admissions": StatedCount,
    "department_kinds": DepartmentKind,
    "routes": Route,
    "powers": Power,
    "checklists": ChecklistEntry,
    "plans": Plan,
    "stage_clocks": StageClock,
    "work_spans": WorkSpan,
    "lights": Light,
    "photo_checks": PhotoCheck,
    "ladder": Rung,
    "promises": Promise,
    "cards": Card,
    "duties": Duty,
    "roles": RoleName,
    "stages": Stage,
    "document_numbers": DocumentNumber,
    "element_sets": ElementSet,
    "stage_templates": StageTemplate,
    "stage_use": StageUse,
    "limits": Limit,
    "photo_marks": PhotoMark,
    "rewards": Reward,
    "appraisal": Figure,
    "suggestions": Figure,
    "notice_topics": NoticeTopic,
    "notice_rules": NoticeRule,
    "notice_hours": NoticeHours,
}
