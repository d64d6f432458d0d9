"""Small towns made from a seed: communities side by side, buildings all over them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from wangge.grid_drafts.services import Bounds, Buildings

BOUNDS = Bounds(300, 500)
WEST, SOUTH, SIDE = 118.30, 31.30, 0.02  # a community is about 1.9 × 2.2 km


def communities(count: int) -> Any:
    return np.array(
        [shapely.box(WEST + n * SIDE, SOUTH, WEST + (n + 1) * SIDE, SOUTH + SIDE) for n in range(count)],
        dtype=object,
    )


def buildings(
    seed: int, count: int, over: int, sizes: tuple[int, ...] = (1, 2, 4, 6, 10, 20, 40)
) -> Buildings:
    rng = np.random.default_rng(seed)
    points = rng.uniform([WEST, SOUTH], [WEST + over * SIDE, SOUTH + SIDE], (count, 2))
    return Buildings(points, rng.choice(sizes, count).astype(np.int64))
