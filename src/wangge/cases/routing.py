"""Which kind of department gets a matter. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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

    Rule: CS-9 (WH-28): the longest matter prefix wins, then the longest path, else its own kind.
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
