"""Properties of every draft: whole, inside its community, nothing lost, the same by the same seed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.grid_drafts.town import BOUNDS, SIDE, SOUTH, WEST, buildings, communities
from wangge.grid_drafts.figures import sum_up
from wangge.grid_drafts.rules import Bounds, Reason, households_of, part_count, reason_for
from wangge.grid_drafts.services import Buildings, draft_grids

SOME = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SOME
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 250),
    over=st.integers(1, 3),
    sizes=st.sampled_from([(1, 2, 4, 6, 10, 20, 40), (0, 0, 5), (100, 180, 260), (1, 700)]),
)
def test_grids_are_whole_stay_in_their_community_and_lose_nothing(
    seed: int, count: int, over: int, sizes: tuple[int, ...]
) -> None:
    outlines, town = communities(over), buildings(seed, count, over, sizes)
    proposal = draft_grids(outlines, town, BOUNDS)
    drafted = [n for n, one in enumerate(proposal.drafts) if one.parts]
    parts = [(n, part) for n in drafted for part in proposal.drafts[n].parts]
    assert sum(part.households for _, part in parts) == town.households.sum()
    assert all(part.shape.geom_type == "Polygon" and part.is_contiguous for _, part in parts)
    shapes = np.array([part.shape for _, part in parts], dtype=object)
    assert shapely.coverage_is_valid(shapes)
    beyond = [shapely.area(shapely.difference(part.shape, outlines[n])) for n, part in parts]
    assert max(beyond, default=0) < 1e-16
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(outlines[drafted]).sum(), abs=1e-12)
    for _, part in parts:
        here = shapely.intersects_xy(part.shape, *town.points.T)
        assert town.households[here].sum() == part.households
        assert part.misses == BOUNDS.excess(np.array([float(part.households)]))[0]


@SOME
@given(seed=st.integers(0, 10_000))
def test_a_community_of_small_buildings_is_wholly_inside_the_bounds(seed: int) -> None:
    proposal = draft_grids(communities(1), buildings(seed, 400, 1), BOUNDS)
    found = sum_up(proposal, BOUNDS)
    assert (found.inside, found.possible_share) == (found.grids, 1.0)
    assert found.compactness_median > 0.4
    assert proposal.drafts[0].reason is None


def test_the_same_seed_gives_the_same_draft_and_numbers_run_from_the_north_west() -> None:
    town = buildings(3, 500, 2)
    one, two = (draft_grids(communities(2), town, BOUNDS, seed=5) for _ in range(2))
    assert [part.shape.wkb for each in one.drafts for part in each.parts] == [
        part.shape.wkb for each in two.drafts for part in each.parts
    ]
    parts = one.drafts[0].parts
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert parts[0].shape.centroid.y > parts[-1].shape.centroid.y


def test_borders_run_along_a_main_road() -> None:
    town = buildings(8, 120, 1, (10, 12))
    middle = WEST + SIDE * 0.45
    road = shapely.LineString([(middle, SOUTH - 0.01), (middle, SOUTH + SIDE + 0.01)])

    def along(roads: list[shapely.LineString]) -> float:
        parts = draft_grids(communities(1), town, BOUNDS, roads=roads).drafts[0].parts
        near = road.buffer(1e-6)
        return float(sum(shapely.length(shapely.intersection(part.shape.exterior, near)) for part in parts))

    assert along([road]) > along([]) + SIDE / 2


def test_a_building_outside_is_counted_and_buildings_on_one_place_stay_together() -> None:
    points = np.array([[WEST + 0.01, SOUTH + 0.01]] * 3 + [[WEST - 1, SOUTH]])
    proposal = draft_grids(communities(1), Buildings(points, np.array([100, 150, 120, 7])), BOUNDS)
    (part,) = proposal.drafts[0].parts
    assert (part.households, part.buildings, part.misses) == (370, 3, 0)
    assert (proposal.astray, proposal.astray_households) == (1, 7)


def test_heartbeat_counts_and_may_end_the_work() -> None:
    def stop(done: int) -> None:
        raise TimeoutError(done)

    with pytest.raises(TimeoutError):
        draft_grids(communities(2), buildings(1, 50, 2), BOUNDS, heartbeat=stop)


@pytest.mark.parametrize(
    ("households", "count"), [(150, 1), (400, 1), (520, 1), (600, 2), (1_000, 2), (4_000, 10)]
)
def test_the_number_of_grids_brings_them_near_the_middle(households: int, count: int) -> None:
    """GD-3; WH-07: 300–500 households."""
    assert part_count(households, BOUNDS) == count


@pytest.mark.parametrize(
    ("pieces", "largest", "outside", "why"),
    [
        ([0], 0, 1, Reason.NO_HOUSEHOLDS),
        ([299], 10, 1, Reason.TOO_FEW),
        ([550], 10, 1, Reason.BETWEEN),
        ([900], 501, 1, Reason.LARGE_BUILDING),
        ([700, 200], 10, 1, Reason.APART),
        ([900], 500, 1, Reason.NOT_FOUND),
        ([900], 500, 0, None),
    ],
)
def test_it_is_said_what_keeps_a_community_from_the_bounds(
    pieces: list[int], largest: int, outside: int, why: Reason | None
) -> None:
    """GD-4."""
    assert reason_for(pieces, largest, Bounds(300, 500), outside) is why


def test_households_are_estimated_by_whole_storeys() -> None:
    """GD-6."""
    found = households_of(
        np.array([500.0, 500.0, 90.0]), np.array([18.5, 0.0, 3.0]), storey_m=3, gross_m2_a_household=100
    )
    assert found.tolist() == [30, 5, 0]
