"""Shapes of teams at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.teams.rules import TeamDuty, Want

Short = Annotated[Text, StringConstraints(strip_whitespace=True, max_length=64)]
Line = Annotated[Text, StringConstraints(strip_whitespace=True, max_length=128)]
Named = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Path = Annotated[str, StringConstraints(max_length=64, pattern=r"^([0-9A-Za-z_-]+\.)+$")]


class EquipmentAsked(Schema):
    """What a kind of team must have."""

    code: str
    zh: str
    en: str
    at_least: int
    interval_days: int | None = None


class TeamKindOut(Schema):
    code: str
    name_zh: str
    name_en: str
    least_people: int
    most_people: int | None
    target_minutes: int | None
    comes: bool
    equipment: list[EquipmentAsked]
    source: str
    is_confirmed: bool


class TeamMemberIn(Schema):
    """Somebody with an account, or an outside person by name and phone. A masked field stays as it is."""

    id: UUID
    user_id: int | None = None
    name: Short = ""
    phone: str = Field("", max_length=32)
    duty: TeamDuty = TeamDuty.MEMBER


class EquipmentIn(Schema):
    id: UUID
    kind: str = Field("", max_length=32)
    name: Named
    count: int = Field(1, ge=1, le=100_000)
    serial: Short = ""
    storage: Line = ""
    interval_days: int | None = Field(None, ge=1, le=3_660)
    last_on: date | None = None


class TeamIn(Schema):
    """A new or changed team, whole: its people in the order in which they are called."""

    id: UUID  # of the command
    team_id: UUID
    base_version: int = Field(0, ge=0)  # 0: new
    code: Short | None = Field(None, max_length=32)  # left out: as it is
    kind: str = Field(max_length=32)
    name: Named
    path: Path
    lon: float
    lat: float
    address: Line = ""
    radius_m: int | None = Field(None, ge=1, le=100_000)
    areas: list[Path] = Field(default_factory=list, max_length=200)
    duty_phone: str = Field("", max_length=32)
    members: list[TeamMemberIn] = Field(default_factory=list, max_length=500)
    equipment: list[EquipmentIn] = Field(default_factory=list, max_length=500)


class TeamEndIn(Schema):
    """The team is no more, or stands again."""

    id: UUID
    team_id: UUID
    base_version: int = Field(ge=1)
    is_standing: bool
    reason: Annotated[Line, StringConstraints(min_length=2)]


class MaintainIn(Schema):
    """A piece was looked after on a day."""

    id: UUID
    equipment_id: UUID
    done_on: date
    note: Line = ""


class TeamMemberOut(Schema):
    id: UUID
    user_id: int | None
    name: str  # of an outside person masked
    phone: str  # masked
    duty: TeamDuty


class EquipmentOut(Schema):
    id: UUID
    kind: str
    name: str
    count: int
    serial: str
    storage: str
    interval_days: int | None
    last_on: date | None
    next_due_on: date | None


class TeamPoint(Schema):
    """A team on the map."""

    id: UUID
    name: str
    kind_zh: str
    kind_en: str
    lon: float  # WGS-84
    lat: float


class TeamRow(Schema):
    id: UUID
    code: str
    kind: str
    kind_zh: str
    kind_en: str
    name: str
    path: str
    place_name: str
    lon: float
    lat: float
    address: str
    is_standing: bool
    is_own: bool  # of the own territory: may be changed from here
    people: int
    least_people: int
    leader_name: str
    next_due_on: date | None
    wants: list[Want]
    is_confirmed: bool  # what the pack asks of the kind
    version: int


class TeamChangeOut(Schema):
    at: datetime
    by: str
    what: Literal["saved", "ended", "stands", "maintained"]
    detail: dict[str, str]


class TeamDetail(TeamRow):
    radius_m: int | None
    areas: list[str]
    area_names: list[str]
    duty_phone: str
    members: list[TeamMemberOut]
    equipment: list[EquipmentOut]
    asked: list[EquipmentAsked]
    changes: list[TeamChangeOut]
    updated_at: datetime


class TeamPage(Schema):
    items: list[TeamRow]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class TeamFilter(Schema):
    q: str = Field("", max_length=64)
    kind: str = Field("", max_length=32)
    within: str = Field("", max_length=64)
    only_wanting: bool = False
    cursor: str = ""
    limit: int = Field(50, ge=1, le=200)


class NearTeamOut(Schema):
    """A team that can come, and how far it is as the crow flies."""

    id: UUID
    kind_zh: str
    kind_en: str
    name: str
    address: str
    duty_phone: str
    distance_m: int
    serves: bool  # the place lies in its area
    target_minutes: int | None
    is_confirmed: bool
    wants: list[Want]


class RevealTeamIn(Schema):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


class RevealedPerson(Schema):
    name: str
    address: str


class TeamPersonOut(Schema):
    """Somebody with a post near the team, for a picker."""

    id: int
    name: str
    role: str
    department_name: str | None


class TeamsImport(Schema):
    """How to read a file of teams."""

    datum: Literal["wgs84", "gcj02", "bd09", "cgcs2000"]  # asked, never guessed
    dry_run: bool = False


class TeamsImportIn(TeamsImport):
    """An import that is asked for: the same id twice is one run."""

    id: UUID
