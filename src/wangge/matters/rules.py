"""Kinds of cases: severity, time to fix, what raises them. Pure. Source: docs/rules/matters.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from wangge.matters.routing import (
    PowerRow,
    RouteRow,
    Subject,
    department_kind,
    is_grid_first,
    powers_of,
    rank,
    who_may_enforce,
)

__all__ = [
    "RANK",
    "Clock",
    "Clocks",
    "Form",
    "MatterFacts",
    "PowerRow",
    "Raised",
    "RouteRow",
    "Severity",
    "Stage",
    "Subject",
    "Surroundings",
    "Target",
    "UpgradeRow",
    "clock_of",
    "department_kind",
    "is_grid_first",
    "powers_of",
    "raised_at_report",
    "raised_to",
    "raised_when_overdue",
    "rank",
    "who_may_enforce",
]

from wangge.kernel.calendar import Span


class Severity(StrEnum):
    GENERAL = "general"  # 一般
    LARGER = "larger"  # 较大
    SUSPECTED_MAJOR = "suspected_major"  # 重大（疑似）: only people decide "major"
    URGENT = "urgent"  # 紧急


class Form(StrEnum):
    """What kind of thing a matter is (TZ-10, DG-13)."""

    HAZARD = "hazard"  # 隐患
    INCIDENT = "incident"  # 事件
    CLUE = "clue"  # 线索
    PART = "part"  # 部件


class Stage(StrEnum):
    """How far the admission of a matter has come (MA-7)."""

    DRAFT = "draft"  # 草稿
    SUBMITTED = "submitted"  # 待审核
    ADMITTED = "admitted"  # 已入格
    WITHDRAWN = "withdrawn"  # 已退出


class Target(StrEnum):
    """What an upgrade rule raises a case to."""

    LARGER = "larger"
    MAY_BECOME = "may_become"  # what the matter itself says that it may become


RANK = [severity.value for severity in Severity]  # an urgent case is never raised


@dataclass(frozen=True, slots=True)
class Clock:
    """How long something may take: plain hours through the night, or hours of work, or else working days."""

    working_days: int
    hours: int | None
    working_hours: int | None = None
    spans: tuple[Span, ...] = ()  # in which a working day is worked, for hours of work


Clocks = Mapping[str, Clock]  # by the status that the clock runs in


def clock_of(
    working_days: int | None,
    hours: int | None,
    *,
    at_once_hours: int,
    working_hours: int | None = None,
    spans: tuple[Span, ...] = (),
) -> Clock:
    """Return the clock of a pack's row; what is to be fixed at once has the pack's hours for that (CS-6)."""
    if working_hours is not None:
        return Clock(0, None, working_hours, spans)
    if hours is None and not working_days:
        return Clock(0, at_once_hours)
    return Clock(working_days or 0, hours)


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """What a case takes over from its kind of matter."""

    severity: str
    clock: Clock
    department_kind: str
    name_zh: str
    name_en: str
    words_zh: tuple[str, ...] = ()
    may_become: str = ""
    is_restricted: bool = False
    path: str = ""  # where the matter holds: a city's own one in its department's territory
    stops_operation: bool = False  # closed only when somebody confirms that it may run again (TZ-03)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pack allows inside the closed loop. Nothing installed: no window closes, nothing is extended."""

    object_working_days: int | None = None
    reopen_working_days: int | None = None
    suspensions: int = 0  # that one case may have
    extensions: int = 0
    extension_days: int = 0  # working days, at most
    same_place_m: int = 0
    photo_marks: Collection[str] = ()  # what stands under a copy of a photo (KE-22)


@dataclass(frozen=True, slots=True)
class StageShown:
    """A stage as a pack shows it: where a case stands in it, or the step or mark that fulfils it."""

    zh: str
    en: str
    statuses: tuple[str, ...]
    by: tuple[str, ...]


# ---- MA-6: upgrades ----


@dataclass(frozen=True, slots=True)
class UpgradeRow:
    """One upgrade rule: a place, a repetition or a time overdue, and what the case is raised to."""

    code: str
    name_zh: str
    name_en: str
    matter_prefix: str
    to: str
    classes: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    times: int | None = None  # the n-th of a matter at one venue…
    within_days: int = 0  # …in so many days
    overdue_times: float | None = None  # overdue by so many times its time to fix


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What upgrade rules look at when a case is reported."""

    class_code: str = ""
    tags: Sequence[str] = ()
    earlier: Sequence[datetime] = ()  # when the same matter was reported at the same venue


@dataclass(frozen=True, slots=True)
class Raised:
    """Which rule raised a case, from what to what, and why: what the event tells."""

    rule: UpgradeRow
    before: str
    after: str
    because: Mapping[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """Return the detail of the event."""
        return {
            "rule": self.rule.code,
            "rule_zh": self.rule.name_zh,
            "rule_en": self.rule.name_en,
            "from": self.before,
            "to": self.after,
            "because": dict(self.because),
        }


def raised_at_report(
    code: str, matter: MatterFacts, around: Surroundings, upgrades: Sequence[UpgradeRow], at: datetime
) -> Raised | None:
    """Return the rule of place or repetition that raises a new case highest; of equals the first.

    Rule: MA-6 (domain part 3, rule a).
    """
    found = [
        Raised(rule, matter.severity, after, because)
        for rule in upgrades
        if code.startswith(rule.matter_prefix)
        and (because := _because(rule, around, at))
        and (after := raised_to(rule, matter.severity, matter.may_become))
    ]
    return max(found, key=lambda one: RANK.index(one.after), default=None)


def raised_when_overdue(
    code: str,
    severity: str,
    may_become: str,
    *,
    reported_at: datetime,
    due_at: datetime,
    upgrades: Sequence[UpgradeRow],
    at: datetime,
) -> Raised | None:
    """Return the rule of time that raises an open case highest; of equals the first.

    Rule: MA-6 (domain part 3, rule a: overdue by at least its time to fix).
    """
    found = []
    for rule in upgrades:
        if rule.overdue_times is None or not code.startswith(rule.matter_prefix):
            continue
        after = raised_to(rule, severity, may_become)
        if after and at >= due_at + (due_at - reported_at) * rule.overdue_times:
            found.append(Raised(rule, severity, after, {"overdue_times": rule.overdue_times}))
    return max(found, key=lambda one: RANK.index(one.after), default=None)


def raised_to(rule: UpgradeRow, severity: str, may_become: str) -> str | None:
    """Return what the rule raises a severity to; None where that is not higher. Rule: MA-6."""
    target = Severity.LARGER.value if rule.to == Target.LARGER else may_become
    return target if target and RANK.index(target) > RANK.index(severity) else None


def _because(rule: UpgradeRow, around: Surroundings, at: datetime) -> dict[str, Any]:
    """Return the fact by which the rule holds; nothing where it does not."""
    if around.class_code in rule.classes:
        return {"class": around.class_code}
    if tags := sorted(rule.tags.intersection(around.tags)):
        return {"tags": tags}
    if rule.times is not None:
        since = at - timedelta(days=rule.within_days)
        nth = sum(since < one <= at for one in around.earlier) + 1
        if nth >= rule.times:
            return {"nth": nth, "within_days": rule.within_days}
    return {}
