"""How simulated people behave: the figures of behaviour.yaml, read once and typed."""

from __future__ import annotations

import math
import random
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    source: str


class Share(_Frozen):
    value: float = Field(ge=0)

    def happens(self, rng: random.Random) -> bool:
        return rng.random() < self.value


class Spell(_Frozen):
    """A length of time or a factor, drawn log-normally."""

    median: float = Field(gt=0)
    spread: float = Field(ge=0)

    def draw(self, rng: random.Random) -> float:
        return self.median * math.exp(rng.gauss(0, self.spread))


class Visits(BaseModel):
    find_share: Share
    second_finding_share: Share
    persuaded_share: Share
    persuaded_share_on_spot: Share
    nobody_there_share: Share
    refused_entry_share: Share
    closed_down_share: Share
    moved_away_share: Share
    on_its_day_share: Share
    forgotten_share: Share
    signed_share: Share
    later_days_max: Share


class Reports(BaseModel):
    citizen_per_finding: Share
    patrol_per_finding: Share


class Desk(BaseModel):
    accept_hours: Spell
    dispatch_hours: Spell
    reject_share: Share
    reject_citizen_share: Share
    merge_share: Share
    suspend_share: Share
    suspended_hours: Spell


class Departments(BaseModel):
    sign_hours: Spell
    object_share: Share
    transfer_share: Share
    enforcement_hours: Spell
    fix_share_of_limit: Spell
    late_share: Share
    late_factor: Spell


class Judges(BaseModel):
    verify_hours: Spell
    fail_share: Share
    member_share: Share
    reopen_share: Share
    reopen_hours: Spell


class Photos(BaseModel):
    says_nothing_share: Share
    no_place_share: Share


class Behaviour(BaseModel):
    visits: Visits
    reports: Reports
    desk: Desk
    departments: Departments
    judges: Judges
    photos: Photos


@cache
def behaviour() -> Behaviour:
    """Return the figures of behaviour.yaml. Rule: TW-6."""
    text = (Path(__file__).parent / "behaviour.yaml").read_text(encoding="utf-8")
    return Behaviour.model_validate(yaml.safe_load(text))
