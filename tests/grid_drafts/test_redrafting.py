"""After small changes as few households move as can be, and it is said how many."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.grid_drafts.town import BOUNDS, SIDE, SOUTH, WEST, buildings, communities
from wangge.grid_drafts.services import Buildings, Draft, Kept, draft_grids


def redrafted(seed: int, change: int) -> tuple[Draft, Draft]:
    town = buildings(seed, 500, 1)
    before = draft_grids(communities(1), town, BOUNDS).drafts[0]
    households = town.households.copy()
    households[seed] += change
    kept = [Kept(0, part.number, part.shape) for part in before.parts]
    after = draft_grids(communities(1), Buildings(town.points, households), BOUNDS, kept=kept).drafts[0]
    return before, after


@pytest.mark.parametrize("seed", range(3))
def test_without_a_change_nothing_moves(seed: int) -> None:
    before, after = redrafted(seed, 0)
    assert (after.moved, after.at_least) == (0, 0)
    assert [part.shape.normalize() for part in before.parts] == [
        part.shape.normalize() for part in after.parts
    ]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("change", [150, 260])
def test_a_new_tower_moves_few_households(seed: int, change: int) -> None:
    before, after = redrafted(seed, change)
    assert all(part.misses == 0 and part.is_contiguous for part in after.parts)
    assert after.moved is not None
    assert after.at_least is not None
    assert after.at_least <= after.moved <= max(500, 2 * after.at_least)
    assert {part.number for part in before.parts} <= {part.number for part in after.parts}


def test_what_moves_is_what_the_parts_say() -> None:
    before, after = redrafted(2, 260)
    town = buildings(2, 500, 1)
    households = town.households.copy()
    households[2] += 260

    def numbers(draft: Draft) -> np.ndarray:
        found = np.zeros(len(town), dtype=np.int64)
        for part in draft.parts:
            found[shapely.intersects_xy(part.shape, *town.points.T)] = part.number
        return found

    moved = households[numbers(before) != numbers(after)].sum()
    assert moved == after.moved


def test_an_island_that_the_former_grid_reached_over_to_becomes_a_grid_of_its_own() -> None:
    east = shapely.box(WEST + 2 * SIDE, SOUTH, WEST + 3 * SIDE, SOUTH + SIDE)
    outline = np.array([shapely.multipolygons([communities(1)[0], east])], dtype=object)
    rng = np.random.default_rng(1)
    main, away = (
        rng.uniform([WEST + x * SIDE, SOUTH], [WEST + (x + 1) * SIDE, SOUTH + SIDE], (n, 2))
        for x, n in ((0, 100), (2, 80))
    )
    town = Buildings(np.concatenate([main, away]), np.full(180, 4, dtype=np.int64))
    one = draft_grids(outline, town, BOUNDS, kept=[Kept(0, 1, outline[0])]).drafts[0]
    assert all(part.is_contiguous for part in one.parts)
    assert sorted(part.households for part in one.parts) == [320, 400]
    assert (one.moved, one.at_least) == (320, 0)
