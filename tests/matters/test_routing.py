"""MA-1, MA-2, MA-4, MA-9 without a database: typed from docs/rules/matters.md."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.matters.routing import (
    Asked,
    PowerRow,
    RouteRow,
    Subject,
    department_kind,
    find_missing,
    is_grid_first,
    powers_of,
    rank,
    widest,
)

HERE = "34.02.03.005.012.001."
ROWS = [
    RouteRow("H1", "", "police", code="WH-H1"),
    RouteRow("H", "", "fire", layer="market", code="WH-market"),
    RouteRow("", "", "", severity="general", grid_first=True, code="WH-34-general"),
    RouteRow("", "", "", severity="larger", grid_first=False, code="WH-34-larger"),
    RouteRow("H1", "", "urban_management", severity="larger", code="larger"),
    RouteRow("H1", "34.02.", "street", code="longer-path"),
]


@pytest.mark.parametrize(
    ("subject", "kind", "order"),
    [
        (("H101", "44.19.", "general", ""), "police", ["WH-H1", "WH-34-general"]),
        (("H101", "44.19.", "larger", ""), "urban_management", ["larger", "WH-H1", "WH-34-larger"]),
        (("H101", "44.19.", "larger", "market"), "fire", ["WH-market", "larger", "WH-H1", "WH-34-larger"]),
        (("H101", HERE, "larger", ""), "street", ["longer-path", "larger", "WH-H1", "WH-34-larger"]),
        (("F101", HERE, "general", "market"), "own", ["WH-34-general"]),
        (("F101", HERE, "urgent", ""), "own", []),
    ],
)
def test_layer_then_matter_then_path_then_severity(subject, kind, order) -> None:
    asked = Subject(*subject)
    assert department_kind(asked, ROWS, "own") == kind
    assert department_kind(asked, ROWS[::-1], "own") == kind
    assert [row.code for row in rank(asked, ROWS)] == order


def test_of_equal_rows_the_earlier_wins() -> None:
    twins = [RouteRow("H1", "", "first"), RouteRow("H1", "", "second")]
    assert department_kind(Subject("H101", HERE), twins, None) == "first"


@pytest.mark.parametrize(
    ("severity", "first"),
    [("general", True), ("larger", False), ("urgent", False)],  # WH-34; not said is no
)
def test_of_a_general_hazard_the_grid_member_looks_first(severity: str, first: bool) -> None:
    assert is_grid_first(Subject("H101", HERE, severity), ROWS) is first


def test_powers_hold_for_their_kind_their_matters_and_their_territory() -> None:
    power = PowerRow("PW", "", "", "street", "H7", "34.02.", "清单", "SX-05", False)
    assert powers_of("street", Subject("H701", HERE), [power]) == [power]
    assert powers_of("street", Subject("H701", "44.19."), [power]) == []
    assert powers_of("street", Subject("H101", HERE), [power]) == []
    assert powers_of("fire", Subject("H701", HERE), [power]) == []


GRIDS = ["34.02.03.001.", "34.02.03.002.", "34.02.04.001.", "44.19.01."]


def test_gaps_are_found_where_no_department_of_the_kind_is() -> None:
    asked = [
        Asked("H101", "general", "", "police"),
        Asked("H301", "general", "", "fire"),
        Asked("F1C01", "general", "", "market", "44."),  # holds there only
    ]
    covered = {"police": {"34.", "44.19."}, "fire": {"34.02.03."}}
    found = {gap.kind: (gap.matter_codes, gap.grid_paths) for gap in find_missing(asked, [], GRIDS, covered)}
    assert found == {
        "fire": (["H301"], ["34.02.04.001.", "44.19.01."]),
        "market": (["F1C01"], ["44.19.01."]),
    }


def test_missing_grids_are_told_by_the_widest_territory_that_lacks_all_of_them() -> None:
    assert widest(["34.02.04.001.", "44.19.01."], GRIDS) == ["34.02.04.", "44."]
    assert widest(["34.02.03.001."], GRIDS) == ["34.02.03.001."]
    assert widest(GRIDS, GRIDS) == ["34.", "44."]


CODES = ["H101", "H301", "F101"]
PATHS = ["", "34.", "34.02.", "34.02.03.", "44."]
rows = st.builds(
    RouteRow,
    matter_prefix=st.sampled_from(["", "H", "H1", "F101"]),
    path=st.sampled_from(PATHS),
    department_kind=st.sampled_from(["", "a", "b", "c"]),
    severity=st.sampled_from(["", "general", "larger"]),
    layer=st.sampled_from(["", "market"]),
)


@given(
    st.lists(rows, max_size=8),
    st.dictionaries(st.sampled_from(["a", "b", "c", "own"]), st.sets(st.sampled_from(PATHS[1:]))),
)
def test_all_at_once_finds_the_same_as_one_by_one(routes, covered) -> None:
    asked = [
        Asked(code, severity, layer, "own")
        for code in CODES
        for severity in ("general", "larger")
        for layer in ("", "market")
    ]
    plain: dict[str, tuple[set[str], set[str]]] = {}
    for grid in GRIDS:
        for one in asked:
            kind = department_kind(Subject(one.matter_code, grid, one.severity, one.layer), routes, "own")
            if not any(grid.startswith(path) for path in covered.get(kind, ())):
                codes, grids = plain.setdefault(kind, (set(), set()))
                codes.add(one.matter_code)
                grids.add(grid)
    found = {
        gap.kind: (set(gap.matter_codes), set(gap.grid_paths))
        for gap in find_missing(asked, routes, GRIDS, covered)
    }
    assert found == plain
