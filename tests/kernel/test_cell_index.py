"""Point → polygon in bulk: KE-16. Whatever the index says, GEOS says too."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.kernel.cell_index import CellIndex

SHARED = Path(__file__).parents[3] / "shared" / "data"
SHENZHEN = SHARED / "shenzhen_streets"


def covering(polygons, points) -> list[int]:
    """The plain answer: ask every polygon, in order."""
    shapes = shapely.points(points)
    found = np.full(len(points), -1)
    for number in reversed(range(len(polygons))):
        found[shapely.covers(polygons[number], shapes)] = number
    return found.tolist()


def telling_points(polygons, rng, count=200):
    """Points in and around, on vertices, on edges, and on the corners of a fine lattice."""
    corners = shapely.get_coordinates(polygons)
    low, high = corners.min(axis=0), corners.max(axis=0)
    scattered = rng.uniform(low - 0.1 * (high - low), high + 0.1 * (high - low), (count, 2))
    on_edges = (corners[1:] + corners[:-1]) / 2
    nearly = np.concatenate([np.nextafter(corners, 1e9), np.nextafter(corners, -1e9)])
    return np.concatenate([scattered, corners, on_edges, nearly, np.round(scattered)])


@st.composite
def polygon(draw, top=12):
    """A simple polygon on small whole numbers, so that vertices, edges and points often coincide."""
    corner = st.tuples(st.integers(0, top), st.integers(0, top))
    ring = draw(st.lists(corner, min_size=3, max_size=9, unique=True))
    shape = shapely.Polygon(ring)
    if shape.is_valid and shape.area > 0:
        return shape
    return shapely.box(*ring[0], ring[0][0] + draw(st.integers(1, 4)), ring[0][1] + draw(st.integers(1, 4)))


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(shapes=st.lists(polygon(), min_size=1, max_size=6), seed=st.integers(0, 2**32 - 1))
def test_the_index_agrees_with_geos_also_over_overlaps_and_gaps(shapes, seed):
    points = telling_points(shapes, np.random.default_rng(seed), count=100)
    assert CellIndex(shapes).locate_many(points).tolist() == covering(shapes, points)


@settings(deadline=None, max_examples=50)
@given(
    seeds=st.lists(
        st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=3, max_size=30, unique=True
    ),
    west=st.sampled_from([-3.0, 0.0, 118.0, -179.0]),
    size=st.sampled_from([1e-5, 1e-3, 0.5, 10.0]),
)
def test_the_index_agrees_with_geos_over_a_partition_of_any_size_anywhere(seeds, west, size):
    box = shapely.box(west, 31.0, west + size, 31.0 + size)
    sites = shapely.MultiPoint(np.array(seeds) / 1000 * size + [west, 31.0])
    faces = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=box))
    shapes = [face for face in shapely.intersection(faces, box) if face.geom_type == "Polygon"] or [box]
    points = telling_points(shapes, np.random.default_rng(1))
    assert CellIndex(shapes).locate_many(points).tolist() == covering(shapes, points)


def test_a_point_on_a_common_border_belongs_to_the_lower_number():
    index = CellIndex([shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)])
    assert index.locate(1.0, 0.5) == 0
    assert index.locate(1.0, 1.0) == 0
    assert index.locate(0.999, 0.5) == 1
    assert index.locate(0.0, 0.0) == 1


def test_a_gap_a_hole_and_the_outside_belong_to_nobody():
    ring = shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 6, 6)
    index = CellIndex([ring, shapely.box(20, 0, 29, 9)])
    places = np.array(
        [[1.0, 1.0], [4.0, 4.0], [3.0, 4.0], [15.0, 5.0], [25.0, 5.0], [-50.0, 5.0], [5.0, 500.0]]
    )
    assert index.locate_many(places).tolist() == [0, -1, 0, -1, 1, -1, -1]


def test_of_overlapping_polygons_the_lowest_number_wins():
    index = CellIndex([shapely.box(4, 4, 6, 6), shapely.box(0, 0, 10, 10)])
    assert [index.locate(5, 5), index.locate(4, 5), index.locate(2, 2)] == [0, 0, 1]
    assert CellIndex([shapely.box(0, 0, 10, 10), shapely.box(4, 4, 6, 6)]).locate(5, 5) == 0


def test_a_multipolygon_is_one_answer():
    islands = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)])
    index = CellIndex([islands])
    assert index.locate_many(np.array([[0.5, 0.5], [5.5, 5.5], [3.0, 3.0]])).tolist() == [0, 0, -1]


def test_what_is_no_position_is_in_no_polygon():
    index = CellIndex([shapely.box(0, 0, 1, 1)])
    odd = np.array([[np.nan, 0.5], [0.5, np.nan], [np.inf, 0.5], [-np.inf, -np.inf]])
    assert index.locate_many(odd).tolist() == [-1, -1, -1, -1]


def test_no_polygons_and_no_points_are_answered():
    assert CellIndex([]).locate_many(np.array([[1.0, 2.0]])).tolist() == [-1]
    found = CellIndex([shapely.box(0, 0, 1, 1)]).locate_many(np.empty((0, 2)))
    assert (found.dtype, len(found)) == (np.dtype(np.int32), 0)


def test_an_answer_does_not_depend_on_the_company():
    shapes = [shapely.box(x, y, x + 1, y + 1) for x in range(5) for y in range(5)]
    points = np.random.default_rng(3).uniform(-1, 6, (500, 2))
    index = CellIndex(shapes)
    assert index.locate_many(points).tolist() == [index.locate(lon, lat) for lon, lat in points]


@pytest.mark.slow
@pytest.mark.skipif(not SHENZHEN.exists(), reason="needs ../shared/data/shenzhen_streets beside the project")
def test_real_streets_agree_with_geos():
    features = json.loads((SHENZHEN / "shenzhen_streets.geojson").read_text(encoding="utf-8"))["features"]
    shapes = [shapely.make_valid(shapely.geometry.shape(feature["geometry"])) for feature in features]
    points = telling_points(shapes, np.random.default_rng(5), count=20_000)
    index = CellIndex(shapes)
    assert np.array_equal(index.locate_many(points), index.locate_exactly(points))
