"""Shapes of targets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from wangge.appraisal.rules import Rhythm, TargetOf
from wangge.appraisal.target_rules import ForecastMethod, TargetStanding
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema

Name = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Finite = Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)]


class TargetIn(Schema):
    """A target of a territory, whole. Not active: the territory gives it up, also where the pack has it."""

    id: UUID  # of the command
    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    path: Annotated[str, StringConstraints(max_length=64, pattern=r"^([0-9A-Za-z_-]+\.)*$")] = (
        ""  # own territory
    )
    base_version: int = Field(0, ge=0)  # 0: none set by hand here
    name_zh: Name
    name_en: Name
    of: TargetOf
    indicator: str = Field("", max_length=32)
    tier: str = Field("", max_length=32)
    at_least: Finite | None = None
    every: Rhythm
    plan: list[Finite] = Field(min_length=1, max_length=20)
    adds: bool = False
    first_year: int | None = Field(None, ge=2000, le=2100)
    is_active: bool = True


class TargetFilter(Schema):
    year: int = Field(ge=2000, le=2100)
    territory: Text = Field("", max_length=64)
    only_behind: bool = False


class ForecastOut(Schema):
    value: float
    method: ForecastMethod


class PeriodOut(Schema):
    key: str  # 2026-03 or 2026
    starts_on: date
    ends_on: date
    plan: float
    fact: float | None
    part: int | None
    whole: int | None
    is_small: bool
    standing: TargetStanding
    forecast: ForecastOut | None  # of a running period; of what adds up: of the end of the year


class TargetOut(Schema):
    code: str
    name_zh: str
    name_en: str
    of: TargetOf
    indicator: str
    indicator_zh: str
    indicator_en: str
    tier: str
    tier_zh: str
    tier_en: str
    at_least: float | None
    less_is_better: bool
    unit: str  # pct, hours, cases, orders
    every: Rhythm
    plan: list[float]
    adds: bool
    first_year: int | None
    source: str
    is_confirmed: bool
    set_path: str  # "" of the pack
    version: int  # of what is set by hand here, 0 of the pack's or a wider territory's
    now: PeriodOut | None  # the period that runs, else the last of the year
    periods: list[PeriodOut]


class TargetTable(Schema):
    year: int
    territory: str
    territory_name: str
    items: list[TargetOut]
    behind: int  # of all, whose last judged period is behind
    register_counted_at: datetime | None
    counted_at: datetime
    may_set: bool
