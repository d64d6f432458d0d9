"""Whose a matter is in a place, and why. Pure. Source: docs/rules/matters.md (MA-1 … MA-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Subject(NamedTuple):
    """What is routed: a matter, where, how severe, and in whose layer it was found."""

    matter_code: str
    grid_path: str
    severity: str = ""
    layer: str = ""


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One row of the routing table. What a row leaves open is no condition, and no answer."""

    matter_prefix: str
    path: str
    department_kind: str  # "": the row does not say whose it is
    severity: str = ""
    layer: str = ""
    grid_first: bool | None = None  # whether the grid member looks first; None: the row does not say
    code: str = ""
    name_zh: str = ""
    name_en: str = ""
    source: str = ""
    is_confirmed: bool = False

    def fits(self, subject: Subject) -> bool:
        """Return whether the row speaks of the subject."""
        return (
            subject.matter_code.startswith(self.matter_prefix)
            and subject.grid_path.startswith(self.path)
            and self.severity in {"", subject.severity}
            and self.layer in {"", subject.layer}
        )

    @property
    def strength(self) -> tuple[bool, int, int, bool]:
        """What makes one row win over another, the weightiest first (MA-1)."""
        return bool(self.layer), len(self.matter_prefix), len(self.path), bool(self.severity)


def rank(subject: Subject, routes: Sequence[RouteRow]) -> list[RouteRow]:
    """Return the rows that speak of the subject, the winner first; of equals the earlier row.

    Rule: MA-1: a row of the layer, then the longest matter prefix, the longest path, a row of the severity.
    """
    fitting = [route for route in routes if route.fits(subject)]
    return sorted(fitting, key=lambda route: route.strength, reverse=True)


def winner(subject: Subject, routes: Sequence[RouteRow]) -> RouteRow | None:
    """Return the row that says whose the subject is, or None: then it is the matter's own kind (MA-1)."""
    return next((route for route in rank(subject, routes) if route.department_kind), None)


def department_kind(subject: Subject, routes: Sequence[RouteRow], own_kind: str | None) -> str | None:
    """Return the kind of department for a matter in a place. Rule: MA-1 (WH-28, WH-32)."""
    best = winner(subject, routes)
    return best.department_kind if best else own_kind


def is_grid_first(subject: Subject, routes: Sequence[RouteRow]) -> bool:
    """Return whether the grid member looks on site before a department does. Rule: MA-2 (WH-34)."""
    return next((route.grid_first for route in rank(subject, routes) if route.grid_first is not None), False)


@dataclass(frozen=True, slots=True)
class PowerRow:
    """Which kind of organisation may enforce what, where (SX-05)."""

    code: str
    name_zh: str
    name_en: str
    department_kind: str
    matter_prefix: str
    path: str
    basis: str
    source: str
    is_confirmed: bool


def powers_of(kind: str, subject: Subject, powers: Sequence[PowerRow]) -> list[PowerRow]:
    """Return the rows by which a kind of organisation may enforce the matter there. Rule: MA-4 (SX-05)."""
    return [
        power
        for power in powers
        if power.department_kind == kind
        and subject.matter_code.startswith(power.matter_prefix)
        and subject.grid_path.startswith(power.path)
    ]
