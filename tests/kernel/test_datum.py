"""Datums: KE-5, KE-6. Positions typed from domain.md §2.13."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.kernel.datum import from_wgs84, from_wgs84_many, to_wgs84, to_wgs84_many
from wangge.kernel.errors import Unreadable

VECTORS = json.loads((Path(__file__).parents[2] / "contracts" / "vectors" / "datum.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_vectors_hold_both_ways(vector):
    assert from_wgs84(*vector["wgs84"], "gcj02") == pytest.approx(vector["gcj02"], abs=1e-9)
    assert to_wgs84(*vector["gcj02"], "gcj02") == pytest.approx(vector["wgs84"], abs=1e-9)


def test_beijing_is_555_m_and_wuhu_553_m_off():
    metres = []
    for lon, lat in ((116.404, 39.915), (118.376451, 31.326319)):
        east, north = np.subtract(from_wgs84(lon, lat, "gcj02"), (lon, lat)) * 111_195
        metres.append(round(float(np.hypot(east * np.cos(np.radians(lat)), north))))
    assert metres == [pytest.approx(555, abs=1), pytest.approx(553, abs=1)]


@given(lon=st.floats(73, 136), lat=st.floats(2, 54))
def test_there_and_back_is_exact_to_a_billionth_of_a_degree(lon, lat):
    assert to_wgs84(*from_wgs84(lon, lat, "gcj02"), "gcj02") == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize("place", [(-0.1276, 51.5072), (139.6917, 35.6895), (118.0, 0.5)])
def test_outside_china_nothing_moves(place):
    assert from_wgs84(*place, "gcj02") == place
    assert to_wgs84(*place, "gcj02") == place


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000"])
def test_the_other_two_datums_are_taken_as_equal(datum):
    assert to_wgs84(118.376451, 31.326319, datum) == (118.376451, 31.326319)


def test_many_are_moved_as_one_is_and_the_given_array_stays():
    points = np.array([[116.404, 39.915], [-0.1276, 51.5072], [118.376451, 31.326319]])
    before = points.copy()
    moved = from_wgs84_many(points, "gcj02")
    assert moved.tolist() == [list(from_wgs84(lon, lat, "gcj02")) for lon, lat in points]
    assert to_wgs84_many(moved, "gcj02") == pytest.approx(before, abs=1e-9)
    assert (points == before).all()
    assert to_wgs84_many(np.empty((0, 2)), "gcj02").shape == (0, 2)


def test_swapped_coordinates_are_recognised():
    with pytest.raises(Unreadable) as refusal:
        to_wgs84(31.326319, 118.376451, "wgs84")
    assert "写反" in refusal.value.message("zh")
    assert "swapped" in refusal.value.message("en")


@pytest.mark.parametrize(("lon", "lat"), [(float("nan"), 30.0), (200.0, 100.0), (118.0, float("inf"))])
def test_what_is_no_position_is_refused(lon, lat):
    with pytest.raises(Unreadable, match="no longitude and latitude"):
        to_wgs84(lon, lat, "wgs84")


def test_an_unknown_datum_is_named():
    with pytest.raises(Unreadable, match="xian80"):
        to_wgs84(118.0, 31.0, "xian80")


def test_bd09_is_gcj02_turned_again_and_comes_back_exactly():
    lon, lat = to_wgs84(116.41036949371029, 39.92133699351021, "bd09")  # the pair that every converter quotes
    assert from_wgs84(lon, lat, "gcj02") == pytest.approx((116.404, 39.915), abs=1e-9)
    assert from_wgs84(lon, lat, "bd09") == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)
