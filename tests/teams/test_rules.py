"""Typed from docs/rules/teams.md and the source rows."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.kernel.distance import metres_between
from wangge.teams.rules import (
    Asked,
    BoardField,
    Facts,
    NotARightTeam,
    box_around,
    check_phone,
    is_masked,
    nearest,
    next_due,
    paths_of_code,
    serves,
    shown_on_board,
    wants_of,
)

ON = date(2025, 10, 13)


def test_a_part_time_patrol_team_of_nine_is_too_small_and_of_ten_is_not() -> None:
    asked = Asked(10)  # GQ-05: 10-30人

    assert wants_of(Facts(9, True), asked, on=ON) == ["people"]
    assert wants_of(Facts(10, True), asked, on=ON) == []


def test_what_a_team_lacks_is_told_with_the_leader_first() -> None:
    facts = Facts(0, False, {"hose": 1}, date(2025, 10, 12))

    assert wants_of(facts, Asked(1, {"hose": 2}), on=ON) == ["leader", "people", "equipment", "maintenance"]


def test_maintenance_is_overdue_the_day_after_it_was_due() -> None:
    assert wants_of(Facts(1, True, {}, ON), Asked(), on=ON) == []
    assert wants_of(Facts(1, True, {}, ON), Asked(), on=date(2025, 10, 14)) == ["maintenance"]


@pytest.mark.parametrize(
    ("last_on", "interval", "due"),
    [
        (date(2025, 9, 13), 30, ON),
        (None, 30, ON),  # never looked after: due today
        (date(2025, 9, 13), None, None),
        (None, None, None),
    ],
)
def test_a_piece_is_due_its_interval_after_the_last_time(
    last_on: date | None, interval: int | None, due: date | None
) -> None:
    assert next_due(last_on, interval, on=ON) == due


def test_the_nearest_come_first_and_one_degree_north_is_111_kilometres() -> None:
    found = nearest((118.0, 31.0), [("far", 118.0, 33.0), ("near", 118.0, 31.001), ("mid", 118.0, 32.0)], 2)

    assert [key for key, _ in found] == ["near", "mid"]
    assert found[0][1] == pytest.approx(111.2, abs=0.2)
    assert found[1][1] == pytest.approx(111_195, abs=10)


@given(
    st.floats(73, 135), st.floats(3, 54), st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), st.floats(100, 60_000)
)
def test_a_box_holds_every_place_nearer_than_its_reach(
    lon: float, lat: float, east: float, north: float, reach: float
) -> None:
    other = (lon + east, lat + north)
    west, south, right, top = box_around((lon, lat), reach)

    if metres_between((lon, lat), other) <= reach * 0.99:
        assert west <= other[0] <= right
        assert south <= other[1] <= top


def test_a_place_is_served_inside_the_radius_or_in_a_grid_of_the_area() -> None:
    assert serves(500.0, 500, "34.02.03.005.012.001.", [])
    assert not serves(500.1, 500, "34.02.03.005.012.001.", [])
    assert serves(9_000.0, None, "34.02.03.005.012.001.", ["34.02.03.005.012."])
    assert not serves(9_000.0, None, "34.02.03.0050.001.", ["34.02.03.005."])
    assert not serves(0.0, None, "", [])


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("340203005012001", "34.02.03.005.012.001."),
        ("34020300501200107", "34.02.03.005.012.001.07."),
        ("340203005012", "34.02.03.005.012."),
        ("340203M001", "34.02.03.M001."),
        ("340203005012901", "34.02.03.005.012.901."),
    ],
)
def test_the_code_of_a_grid_leads_to_its_path(code: str, path: str) -> None:
    assert path in paths_of_code(code)


@pytest.mark.parametrize("code", ["", "3", "34-02", "../etc", "34.02.", "x" * 30, "34020300501200107999999"])
def test_what_is_no_code_leads_nowhere(code: str) -> None:
    assert paths_of_code(code) == []


def test_only_what_the_pack_names_is_shown_and_nothing_empty() -> None:
    known = {BoardField.MEMBER_NAME: "包步行", BoardField.MEMBER_PHONE: "0553", BoardField.RANGE: ""}

    assert shown_on_board(known, ["member_name", "range"]) == {BoardField.MEMBER_NAME: "包步行"}
    assert shown_on_board(known, []) == {}


def test_a_star_is_what_went_out_masked_and_a_word_is_no_phone() -> None:
    assert is_masked("138****5678")
    assert not is_masked("13812345678")
    assert check_phone("0553-3810119") == "0553-3810119"
    with pytest.raises(NotARightTeam):
        check_phone("找老王")
