"""Shapes of orders at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from wangge.checklists.schemas import ChecklistOut
from wangge.kernel.schemas import Sent
from wangge.kernel.shapes import Schema
from wangge.orders.rules import AssignmentKind, OrderStatus, SubjectKind, Unsigned, VisitOutcome
from wangge.territory.schemas import HandedOnOut


class Answer(Sent):
    """One checklist item's answer. A failed item becomes a case: persuaded on the spot, or passed on."""

    item: str
    ok: bool | None = None  # None: does not apply here
    persuaded: bool = False  # fixed on the spot after a talk (WH-27): needs before and after photos
    note: str = Field("", max_length=1000)
    photos: list[str] = Field(default_factory=list, max_length=9)
    after_photos: list[str] = Field(default_factory=list, max_length=9)
    case_id: UUID | None = None  # made by the phone for a failed item


class OrderResult(Sent):
    """What happened at the place. `id` is the command's id."""

    id: UUID
    order_id: UUID
    at: AwareDatetime
    base_version: int = 1
    outcome: VisitOutcome = VisitOutcome.INSPECTED
    checklist_id: int | None = None  # the version that was answered; None: the order's own
    answers: list[Answer] = Field(default_factory=list)
    lon: float | None = None
    lat: float | None = None
    datum: Literal["wgs84", "gcj02", "cgcs2000"] = "wgs84"
    note: str = Field("", max_length=2000)
    signature: str = Field(
        "", pattern="^([0-9a-f]{64})?$"
    )  # drawn by whoever was visited; a file by its digest
    unsigned: Unsigned | None = None  # why there is none


class OrderFilter(Schema):
    """What to list."""

    mine: bool = False  # only orders whose member is the caller
    status: OrderStatus | None = None
    overdue: bool = False
    opens_from: date | None = None
    opens_to: date | None = None  # exclusive
    grid: str = ""
    venue_id: UUID | None = None
    assignment: UUID | None = None  # made by it
    q: str = Field("", max_length=64)
    cursor: str = ""
    limit: int = Field(50, ge=1, le=300)


class OrderRow(Schema):
    id: UUID
    venue_id: UUID | None  # the place to go to; a grid has none
    subject_kind: SubjectKind
    subject_id: UUID | None  # of a facility, a person or a grid; a place is its own subject
    venue_name: str  # of the place, or of the grid
    venue_class_zh: str  # of the place, the facility, the person
    venue_class_en: str
    address: str
    lon: float
    lat: float
    grid_path: str
    member_name: str | None  # who does it; None: nobody yet, or away without anybody standing in
    absent_name: str | None  # whose it is, while somebody else or nobody does it
    rule_code: str
    rule_zh: str
    rule_en: str
    rule_is_confirmed: bool
    season: str  # the intensified period it is owed in; "": none
    opens_on: date
    due_on: date
    status: OrderStatus
    is_overdue: bool
    outcome: VisitOutcome | None
    done_at: datetime | None
    findings: int
    version: int


class VisitOut(Schema):
    """One visit: what was answered, in the words of the order's checklist."""

    id: UUID
    at: datetime
    member_name: str | None
    outcome: VisitOutcome
    answers: list[Answer]
    score: float | None
    note: str
    is_signed: bool  # the signature itself: `get_visit_signature`
    unsigned: Unsigned | None


class RiskReasonOut(Schema):
    """Points of one row of the pack for what was known of the place that week."""

    zh: str
    en: str
    count: int
    points: int


class RiskOut(Schema):
    """Why the place was one of the riskiest of its grid (OR-34)."""

    score: int
    reasons: list[RiskReasonOut]
    is_confirmed: bool  # False: a weight is a preset of ours


class BesideOut(Schema):
    """What asked for an order beside the plan."""

    id: UUID
    kind: AssignmentKind
    reason: str


class OrderDetail(OrderRow):
    checklist: ChecklistOut
    visits: list[VisitOut]  # the earliest first
    other_rules: list[str]
    pack_version: str
    case_ids: list[UUID]
    handed: list[HandedOnOut]  # from whom to whom it went, the earliest first
    beside: BesideOut | None = None  # None: the plan owes it
    risk: RiskOut | None = None


class OrderPage(Schema):
    items: list[OrderRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class PlanRequest(Schema):
    starts_on: date
    ends_on: date  # exclusive
    dry_run: bool = False


class PlanOut(Schema):
    """What planning did. `unassigned` orders have no member: a vacancy (WH-07)."""

    made: int
    already_there: int
    by_rule: dict[str, int]
    withdrawn: int = 0  # orders that are owed no more
    unassigned: int
    venues_without_rule: int
    orphans: int


class SpellIn(Sent):
    """An intensified period that is declared. `id` is the command's id."""

    id: UUID
    season: str
    path: str = Field(pattern=r"^([0-9A-Za-z-]+\.)+$", max_length=64)
    starts_on: date
    ends_on: date  # exclusive
    reason: str = Field(min_length=1, max_length=200)


class SpellOut(Schema):
    """An intensified period as it falls. Without an id it is the pack's own: nobody declared it."""

    id: UUID | None
    season: str
    season_zh: str
    season_en: str
    season_is_confirmed: bool
    path: str  # "": everywhere
    place: str
    starts_on: date
    ends_on: date
    reason: str
    declared_by: str | None
    ended_at: datetime | None


class SeasonOut(Schema):
    """A kind of intensified period, with the rules that hold in it."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    source: str
    is_confirmed: bool
    rules: list[str]


class SeasonsOut(Schema):
    """The kinds of intensified periods, and when they fall."""

    path: str  # the caller's own territory
    name: str
    seasons: list[SeasonOut]
    spells: list[SpellOut]


class GridCoverage(Schema):
    """What a grid owes in a range, and what of it nobody can do."""

    path: str
    name: str
    places: int
    owed: int
    unplanned: int  # owed without an order: the proof fails
    unassigned: int  # nobody's: a vacancy
    unreachable: int  # more than its member can do in the range
    members_missing: int


class PlanCoverageOut(Schema):
    """The proof for a range. `visits_a_day` is the pack's: without it nothing is said of capacity."""

    starts_on: date
    ends_on: date
    worked_days: int
    visits_a_day: int | None
    capacity_is_confirmed: bool
    owed: int
    unplanned: int
    unassigned: int
    unreachable: int
    members_missing: int
    venues_without_rule: int
    orphans: int
    grids: list[GridCoverage]
    grids_in_all: int


class WalkStop(Schema):
    order_id: UUID
    venue_id: UUID | None
    venue_name: str
    lon: float
    lat: float


class WalkOut(Schema):
    """A day as a walk. Straight lines: streets and stairs are not known."""

    stops: list[WalkStop]
    length_m: int
    nearest_first_m: int  # going to the nearest place left each time


class SpellDone(Schema):
    """What declaring or ending an intensified period did."""

    withdrawn: int


class LevelOut(Schema):
    """What levelling did."""

    members: int
    moved: int


class PlanRuleOut(Schema):
    code: str
    name_zh: str
    name_en: str
    subject: str
    classes: list[str]
    tags: list[str]
    interval: str
    anchor: str  # fixed periods, or the last visit
    window_days: int
    tolerance_days: int
    season: str
    source: str
    is_confirmed: bool
    pack_version: str


class OrderFigures(Schema):
    """The proactive half of the circle in figures. The formulas are in docs/rules/orders.md (OR-12)."""

    made: int
    done: int
    on_time: int
    missed: int
    open: int
    overdue: int
    inspected: int
    with_findings: int
    findings: int
    completion_pct: float | None  # done / (done + missed + overdue)
    on_time_pct: float | None  # done by the due day / done
    hit_rate_pct: float | None  # inspected orders with a finding / inspected (DG-12)


class GridOrders(Schema):
    """Orders done in a grid as it was at the moment (TE-14)."""

    path: str
    name: str
    done: int
    findings: int
