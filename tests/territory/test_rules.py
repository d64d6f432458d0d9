"""TE-1 to TE-7 without a database."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from wangge.territory.geometry import areas_m2, metres_a_degree
from wangge.territory.rules import (
    Kind,
    Problems,
    closed,
    fits_better,
    leaves,
    look_swapped,
    off_earth,
    path_of,
    similar_names,
)

ROWS = {  # TE-2, typed from domain.md §2.13
    "44": "44.",
    "4403": "44.03.",
    "440305": "44.03.05.",
    "440305001": "44.03.05.001.",
    "440305001012": "44.03.05.001.012.",
    "440305001012003": "44.03.05.001.012.003.",
    "44030500101200307": "44.03.05.001.012.003.07.",
}
WRONG = Kind("test.wrong", "{value}错", "{value} wrong", "改", "mend")
ODD = Kind("test.odd", "{value}怪", "{value} odd", "看", "look", is_error=False)


@pytest.mark.parametrize(("code", "path"), ROWS.items())
def test_a_code_is_the_path_of_its_parts(code: str, path: str) -> None:
    assert path_of(code) == path


@pytest.mark.parametrize("code", ["", "4", "440", "4403051", "44030a", "４４", "440305001012003071"])
def test_a_code_of_another_length_or_letter_has_no_path(code: str) -> None:
    with pytest.raises(ValueError):
        path_of(code)


@pytest.mark.parametrize(
    ("typed", "path"),
    [("44.03", "44.03."), ("44.03.", "44.03."), ("4403", "44.03."), ("440305", "44.03.05."), ("44", "44.")],
)
def test_what_a_person_types_is_closed(typed: str, path: str) -> None:
    assert closed(typed) == path


def test_an_empty_territory_is_no_path() -> None:
    with pytest.raises(ValueError):
        closed(" . ")


def test_only_the_finest_grids_are_leaves() -> None:
    paths = ["34.02.", "34.02.03.", "34.02.03.005.", "34.02.0.", "34.03."]
    assert leaves(paths).tolist() == [False, False, True, True, True]


@given(st.lists(st.text("01", min_size=1, max_size=4), unique=True, max_size=30))
def test_a_leaf_is_a_path_with_none_below_it(codes: list[str]) -> None:
    paths = [".".join(code) + "." for code in codes]
    expected = [not any(other != path and other.startswith(path) for other in paths) for path in paths]
    assert leaves(paths).tolist() == expected


def test_latitude_first_is_noticed_in_china_and_past_a_pole() -> None:
    points = np.array([(118.3, 31.3), (31.3, 118.3), (-33.9, 151.2), (2.35, 48.85), (151.2, -33.9)])
    assert look_swapped(points).tolist() == [False, True, True, False, False]


def test_projected_metres_and_nothing_are_no_place_on_earth() -> None:
    points = np.array([(118.3, 31.3), (512_345.0, 3_461_222.0), (np.nan, 31.3)])
    assert off_earth(points).tolist() == [False, True, True]


def test_another_datum_must_fit_four_times_better() -> None:
    assert fits_better(0.4, 0.0)
    assert not fits_better(0.4, 0.2)
    assert not fits_better(0.009, 0.0)


def test_the_most_similar_name_comes_first() -> None:
    assert similar_names("蛇口街", ["蛇口街道", "南头街道", "西丽"], 2) == ["蛇口街道", "南头街道"]


def test_problems_keep_a_thousand_of_each_sort_and_count_all() -> None:
    problems = Problems()
    for row in range(1, 1_502):
        problems.add(ODD, row, "a", row)
    problems.add(WRONG, 7, "b", "x", file="f.csv")
    listed = problems.listed()
    assert (problems.count, len(listed), listed[0].code) == (1_502, 1_000, "test.wrong")
    assert (listed[0].zh, listed[0].en, listed[0].remedy_en) == ("x错", "x wrong", "mend")
    assert problems.is_bad(7, "f.csv")
    assert not problems.is_bad(8)


def test_a_degree_at_the_equator_and_an_area_agree_with_the_ellipsoid() -> None:
    east, north = metres_a_degree(0.0)
    assert (round(east), round(north)) == (111_319, 110_574)
    cell = shapely.box(118.30, 31.30, 118.31, 31.31)
    east, north = metres_a_degree(31.305)
    assert areas_m2(np.array([cell], dtype=object))[0] == pytest.approx(east * north / 10_000, rel=1e-6)


def test_the_whole_earth_has_the_area_of_wgs84() -> None:
    whole = shapely.box(-180, -90, 180, 90)
    assert areas_m2(np.array([whole], dtype=object))[0] == pytest.approx(510_065_621_724_000, rel=1e-9)
