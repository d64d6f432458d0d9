"""TE-5: gaps and overlaps, measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ground import square
from wangge.territory.coverage import measure
from wangge.territory.geometry import areas_m2

SIDE = 4


def board() -> dict[str, Any]:
    return {f"34.{y}{x}.": square(x, row=y) for y in range(SIDE) for x in range(SIDE)}


def area(shape: Any) -> float:
    return float(areas_m2(np.array([shape], dtype=object))[0])


def check(cells: dict[str, Any]) -> Any:
    return measure(list(cells), np.array(list(cells.values()), dtype=object))


def test_a_partition_has_no_gap_and_no_overlap() -> None:
    found = check(board())
    assert (found.grids, found.gaps, found.overlaps, found.edges, found.invalid) == (16, [], [], [], [])


@given(x=st.integers(1, SIDE - 2), y=st.integers(1, SIDE - 2))
@settings(max_examples=10, deadline=None)
def test_a_missing_cell_is_one_gap_of_its_size(x: int, y: int) -> None:
    cells = board()
    missing = cells.pop(f"34.{y}{x}.")
    found = check(cells)
    assert [pytest.approx(m2, rel=1e-6) for _, m2 in found.gaps] == [area(missing)]
    assert found.overlaps == []


@given(x=st.integers(0, SIDE - 2), y=st.integers(0, SIDE - 1), more=st.floats(0.05, 0.9))
@settings(max_examples=25, deadline=None)
def test_a_cell_grown_to_the_east_overlaps_its_neighbour_by_what_it_grew(x: int, y: int, more: float) -> None:
    cells = board()
    before = cells[f"34.{y}{x}."]
    cells[f"34.{y}{x}."] = square(x, row=y, width=1 + more)
    found = check(cells)
    assert len(found.overlaps) == 1
    _, m2, one, other = found.overlaps[0]
    assert {one, other} == {f"34.{y}{x}.", f"34.{y}{x + 1}."}
    assert m2 == pytest.approx(area(cells[f"34.{y}{x}."]) - area(before), rel=1e-4)
    assert found.edges


def test_what_a_street_has_and_its_grids_lack_is_a_gap() -> None:
    found = check({"34.1.": square(0, width=2), "34.1.1.": square(0)})
    assert (found.grids, len(found.gaps)) == (1, 1)
    assert found.gaps[0][1] == pytest.approx(area(square(1)), rel=1e-6)


def test_a_crossed_outline_is_named() -> None:
    bow = shapely.Polygon([(118.3, 31.3), (118.31, 31.31), (118.31, 31.3), (118.3, 31.31)])
    assert check({"34.1.": bow, "34.2.": square(3)}).invalid == ["34.1."]
