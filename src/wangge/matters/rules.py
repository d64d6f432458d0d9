"""Kinds of cases: severity, time to fix, whose they are. Pure. Source: docs/rules/matters.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wangge.kernel.calendar import Span


class Severity(StrEnum):
    GENERAL = "general"  # 一般
    LARGER = "larger"  # 较大
    SUSPECTED_MAJOR = "suspected_major"  # 重大（疑似）: only people decide "major"
    URGENT = "urgent"  # 紧急


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


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One row of the routing table."""

    matter_prefix: str
    path: str
    department_kind: str


def department_kind(
    matter_code: str, grid_path: str, routes: Sequence[RouteRow], own_kind: str | None
) -> str | None:
    """Return the kind of department for a matter in a place.

    Rule: MA-1 (WH-28): the longest matter prefix wins, then the longest path, else its own kind.
    """
    fitting = [
        route
        for route in routes
        if matter_code.startswith(route.matter_prefix) and grid_path.startswith(route.path)
    ]
    if not fitting:
        return own_kind
    best = max(fitting, key=lambda route: (len(route.matter_prefix), len(route.path)))
    return best.department_kind
