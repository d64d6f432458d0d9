"""Vector tiles, read back by another library, and places as numbers."""

from __future__ import annotations

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.kernel.morton import BITS, apart, interleave, keys_of, tile_at, tile_number
from wangge.kernel.mvt import Group, points_layer, squares_layer, varints

STEP = st.integers(0, 4095)


def whole(*numbers):
    return np.array(numbers, dtype=np.int64)


def read(tile):
    return mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})


@pytest.mark.parametrize(
    ("number", "written"), [(0, b"\0"), (1, b"\1"), (127, b"\x7f"), (128, b"\x80\1"), (300, b"\xac\2")]
)
def test_a_number_is_written_seven_bits_a_byte(number, written):
    assert varints(whole(number)) == written


@settings(max_examples=40)
@given(st.lists(st.tuples(STEP, STEP), min_size=2, max_size=30))
def test_another_library_reads_the_points_that_were_written(points):
    x, y = (whole(*(one[side] for one in points)) for side in (0, 1))
    layer = read(points_layer("places", [Group({"kind": "shop", "n": 3, "is": True}, x, y)]))["places"]
    [feature] = layer["features"]
    assert feature["properties"] == {"kind": "shop", "n": 3, "is": True}
    assert [tuple(one) for one in feature["geometry"]["coordinates"]] == points
    assert layer["extent"] == 4096


@settings(max_examples=40)
@given(st.lists(st.tuples(STEP, STEP), min_size=2, max_size=20, unique=True))
def test_another_library_reads_the_squares_that_were_written(corners):
    x, y = (whole(*(one[side] for one in corners)) for side in (0, 1))
    [feature] = read(squares_layer("cells", [Group({"n": 7}, x, y)], 128))["cells"]["features"]
    found = [tuple(map(tuple, rings[0][:4])) for rings in feature["geometry"]["coordinates"]]
    want = [{(a, b), (a + 128, b), (a + 128, b + 128), (a, b + 128)} for a, b in corners]
    assert [{*ring} for ring in found] == want


def test_groups_keep_their_words_apart_and_empty_ones_are_left_out():
    groups = [
        Group({"n": 1}, whole(1), whole(2)),
        Group({"n": 2}, whole(), whole()),
        Group({"n": True}, whole(3), whole(4)),
    ]
    features = read(points_layer("cells", groups))["cells"]["features"]
    assert [one["properties"] for one in features] == [{"n": 1}, {"n": True}]
    assert points_layer("cells", groups[1:2]) == b""


@settings(max_examples=50)
@given(st.integers(0, 2**BITS - 1), st.integers(0, 2**BITS - 1))
def test_a_number_gives_its_two_sides_back(x, y):
    sides = np.array([x], dtype=np.uint64), np.array([y], dtype=np.uint64)
    assert [int(one[0]) for one in apart(interleave(*sides))] == [x, y]
    assert int(interleave(*sides)[0]) == tile_number(BITS, x, y)


def test_a_known_place_lies_in_the_tile_that_the_formula_of_the_web_map_gives():
    # Wuhu (118.376451, 31.326319), worked by hand: x = (lon + 180) / 360 · 2^14
    lon, lat = 118.376451, 31.326319
    assert tile_at(lon, lat, 14) == (13579, 6689)
    [key] = keys_of(np.array([lon]), np.array([lat]))
    assert int(key) >> (2 * (BITS - 14)) == tile_number(14, 13579, 6689)
