"""Rules of matters without a database: typed from docs/rules/matters.md, not imported."""

from __future__ import annotations

import pytest

from wangge.matters.rules import RouteRow, Subject, department_kind

# ---- MA-1: routing ----

ROUTES = [
    RouteRow("", "", "street"),
    RouteRow("H3", "", "fire"),
    RouteRow("H3", "34.02.", "property"),
    RouteRow("H30", "", "water"),
    RouteRow("H30", "34.02.03.", "power"),
    RouteRow("", "34.02.03.005.012.001.", "police"),
]


@pytest.mark.parametrize(
    ("matter", "path", "kind"),
    [
        ("H101", "44.19.", "street"),
        ("H101", "34.02.03.005.012.001.", "police"),
        ("H311", "44.19.", "fire"),
        ("H311", "34.02.04.", "property"),
        ("H301", "44.19.", "water"),
        ("H301", "34.02.04.", "water"),
        ("H301", "34.02.03.005.012.001.", "power"),
    ],
)
def test_the_longest_matter_wins_then_the_longest_path(matter: str, path: str, kind: str) -> None:
    assert department_kind(Subject(matter, path), ROUTES, "own") == kind
    assert department_kind(Subject(matter, path), ROUTES[::-1], "own") == kind


def test_without_a_route_a_matter_has_its_own_kind() -> None:
    assert department_kind(Subject("H101", "44."), ROUTES[1:3], "own") == "own"
    assert department_kind(Subject("H101", "44."), [], None) is None
