"""Shapes of the kinds of cases at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from wangge.kernel.shapes import Schema
from wangge.matters.admitting import Move
from wangge.matters.rules import Form, Severity, Stage

Word = Annotated[str, Field(min_length=2, max_length=16, pattern=r"^[^\x00]*$")]
Line = Annotated[str, Field(pattern=r"^[^\x00]*$")]


class MatterOut(Schema):
    code: str
    name_zh: str
    name_en: str
    group_code: str
    group_zh: str
    group_en: str
    severity: Severity
    fix_days: int
    fix_hours: int | None
    basis: str
    department_kind: str
    words_zh: list[str]  # what people call it: the words that suggest it
    is_restricted: bool  # seen by named posts only
    stops_operation: bool  # closed only when somebody confirms that it may run again
    is_confirmed: bool


class CatalogueRow(MatterOut):
    """A matter with all that the catalogue says of it."""

    may_become: Severity | None
    owner_kind: str  # the kind of department whose matter it is
    form: Form
    lane: str
    fields: list[str]
    deadline_words: str
    source: str
    origin: Literal["pack", "city"]
    number: int | None  # of the version, if the city admitted it
    path: str  # where it holds; "" is everywhere


class TermOut(Schema):
    """A word of the catalogue."""

    kind: Literal["lane", "field", "severity", "department", "stated"]
    code: str
    name_zh: str
    name_en: str
    number: float | None
    source: str
    is_confirmed: bool


class UpgradeOut(Schema):
    code: str
    name_zh: str
    name_en: str
    matter_prefix: str
    to: str
    classes: list[str]
    tags: list[str]
    times: int | None
    within_days: int
    overdue_times: float | None
    source: str
    is_confirmed: bool


class OwnerCount(Schema):
    """How many matters a kind of department has in the catalogue, and how many a source states (DG-02)."""

    kind: str
    name_zh: str
    name_en: str
    matters: int
    of_the_city: int
    waiting: int  # proposals that wait for a review
    stated: int | None


class CatalogueOut(Schema):
    version: str  # what a case that is reported now remembers
    matters: list[CatalogueRow]
    terms: list[TermOut]
    upgrades: list[UpgradeOut]
    owners: list[OwnerCount]
    departments_stated: int | None
    matters_stated: int | None


class MatterDraft(Schema):
    """A matter as a department proposes it. `id` is the version's; sent again it changes the draft."""

    id: UUID
    code: Line = Field("", max_length=16)  # of a matter of the city, for a new version of it
    base_version: int | None = None  # of the draft that is changed
    department_id: int | None = None  # for whom a desk proposes; a handler proposes for their own
    group_code: Line = Field(max_length=16)
    name_zh: Line = Field(min_length=2, max_length=64)
    name_en: Line = Field("", max_length=128)
    basis: Line = Field(min_length=2, max_length=128)
    severity: Severity
    may_become: Severity | None = None
    fix_days: int = Field(ge=0, le=365)
    fix_hours: int | None = Field(None, ge=1, le=2160)  # 90 calendar days: petitions, extended
    department_kind: Line = Field(max_length=32)
    words_zh: list[Word] = Field(default_factory=list, max_length=64)
    fields: list[str] = Field(default_factory=list, max_length=13)
    is_restricted: bool = False
    stops_operation: bool = False
    reason: Line = Field("", max_length=2000)


class ProposalImport(Schema):
    """How a file of proposals is taken."""

    dry_run: bool = False  # only look for mistakes
    submit: bool = False  # submit at once what is proposed


class AdmissionMove(Schema):
    """A step of a version's admission."""

    id: UUID  # of the command
    admission_id: UUID
    move: Move
    base_version: int
    note: Line = Field("", max_length=2000)
    on: date | None = None  # from which day it holds, or no longer holds


class AdmissionOut(CatalogueRow):
    """One version of a matter of the city, and how far its admission has come."""

    id: UUID
    stage: Stage
    department_id: int
    department_name: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    submitted_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    review_note: str
    effective_on: date | None
    withdrawn_on: date | None
    is_in_force: bool
    version: int
    moves: list[Move]  # what the reader may do now


class AdmissionFilter(Schema):
    stage: Stage | None = None
    code: Line = ""
    q: Line = Field("", max_length=64)  # in the name, the code, the basis or the department's name


class AdmissionsOut(Schema):
    """The newest versions, at most 500, and how many there are."""

    items: list[AdmissionOut]
    total: int


class RouteOut(Schema):
    """A row of the routing table, and what became of it where it was asked."""

    code: str
    name_zh: str
    name_en: str
    matter_prefix: str
    path: str
    path_name: str
    severity: str
    layer: str
    department_kind: str
    grid_first: bool | None
    source: str
    is_confirmed: bool
    wins: bool = False  # it says whose the matter is
    says_grid_first: bool = False  # it says whether the grid member looks first
    lost_by: Literal["", "silent", "layer", "matter", "path", "severity", "order"] = ""


class PowerOut(Schema):
    code: str
    name_zh: str
    name_en: str
    department_kind: str
    matter_prefix: str
    path: str
    path_name: str = ""
    basis: str
    source: str
    is_confirmed: bool


class NamedPath(Schema):
    path: str
    name: str


class RoutePersonOut(Schema):
    id: int
    name: str


class RouteQuestion(Schema):
    """What is asked for: a matter in a place, by its grid or by a point."""

    matter: Line = Field(max_length=16)
    severity: Severity | None = None  # none: the matter's own
    layer: Line = Field("", max_length=32)
    grid: Line = Field("", max_length=64)
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    datum: Literal["wgs84", "gcj02", "cgcs2000"] = "wgs84"


class RouteAnswer(Schema):
    """Whose a matter is in a place, and why."""

    matter: MatterOut
    severity: Severity
    layer: str
    grid: NamedPath
    routes: list[RouteOut]  # those that speak of it, the strongest first
    kind: str
    kind_zh: str
    kind_en: str
    is_own_kind: bool  # no row names a department: the matter's own kind
    department: NamedPath | None  # its territory and name; none is a gap
    department_id: int | None
    handlers: list[RoutePersonOut]
    grid_first: bool
    member: RoutePersonOut | None  # who would look first
    powers: list[PowerOut]


class GapOut(Schema):
    kind: str
    kind_zh: str
    kind_en: str
    matters: list[str]
    grids_missing: int
    places: list[NamedPath]  # the widest territories without one, at most 50
    places_total: int


class GapsOut(Schema):
    matters: int
    grids: int
    kinds: int  # of departments that matters go to
    gaps: list[GapOut]
