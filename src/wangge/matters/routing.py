"""Whose a matter is in a place, and why. Pure. Source: docs/rules/matters.md (MA-1 … MA-4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wangge.kernel.paths import ancestors


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


def who_may_enforce(subject: Subject, powers: Sequence[PowerRow]) -> dict[str, PowerRow]:
    """Return each kind of organisation that may enforce the matter there, with its first row. Rule: MA-4."""
    found: dict[str, PowerRow] = {}
    for power in powers:
        if subject.matter_code.startswith(power.matter_prefix) and subject.grid_path.startswith(power.path):
            found.setdefault(power.department_kind, power)
    return found


# ---- MA-9: gaps ----


class Asked(NamedTuple):
    """A matter in a severity and a layer, its own kind of department, and where it holds."""

    matter_code: str
    severity: str
    layer: str
    own_kind: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind of department that matters go to where no such department is."""

    kind: str
    matter_codes: list[str]
    grid_paths: list[str]


def find_missing(
    asked: Sequence[Asked],
    routes: Sequence[RouteRow],
    grid_paths: Sequence[str],
    covered: Mapping[str, Collection[str]],
) -> list[Gap]:
    """Return the gaps of all matters over all grids at once; `covered` are the territories of each kind.

    Grids under the same rows are asked once: the cost is matters × different sets of rows, not × grids.
    Rule: MA-9.
    """
    matters: dict[str, set[str]] = defaultdict(set)
    grids: dict[str, set[str]] = defaultdict(set)
    borders = {route.path for route in routes} | {one.path for one in asked}
    for paths in _alike(grid_paths, borders):
        kinds: dict[str, set[str]] = defaultdict(set)
        for one in asked:
            if paths[0].startswith(one.path):
                subject = Subject(one.matter_code, paths[0], one.severity, one.layer)
                kinds[department_kind(subject, routes, one.own_kind) or ""].add(one.matter_code)
        for kind, codes in kinds.items():
            territories = covered.get(kind, ())
            if missing := [path for path in paths if there_is_none(path, territories)]:
                matters[kind] |= codes
                grids[kind].update(missing)
    return [Gap(kind, sorted(matters[kind]), sorted(grids[kind])) for kind in sorted(matters)]


def there_is_none(path: str, territories: Collection[str]) -> bool:
    """Return whether no territory holds the path."""
    return not any(up in territories for up in ancestors(path))


def widest(missing: Sequence[str], all_paths: Sequence[str]) -> list[str]:
    """Return the widest territories of which every grid is missing: they tell the same in fewer words."""
    total = Counter(up for path in all_paths for up in ancestors(path))
    short = Counter(up for path in missing for up in ancestors(path))
    wide = {next(up for up in ancestors(path) if short[up] == total[up]) for path in missing}
    return sorted(wide)


def _alike(grid_paths: Sequence[str], borders: Collection[str]) -> list[list[str]]:
    """Return the grids in groups for which the same rows speak of their place."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for path in grid_paths:
        groups[tuple(up for up in ancestors(path) if up in borders)].append(path)
    return list(groups.values())
