"""A true planar partition of a made-up ground: cells of a jittered mesh, shared corner by corner.

TW-1: every corner is one pair of numbers, used by all cells around it, so grids can neither gape nor overlap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

METRES_PER_DEGREE = 111_320.0
JITTER = 0.22  # share of a cell's side; up to 0.25 every cell stays convex


Whole = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Mesh:
    """The first `n` cells along a Hilbert curve over a square mesh: neighbours in the list touch.

    Shape: `corners` is (n, 4, 2), anticlockwise, WGS-84 (lon, lat).
    """

    corners: np.ndarray[Any, np.dtype[np.float64]]

    def polygon(self, start: int, stop: int) -> shapely.Polygon:
        """Return the union of the cells `[start, stop)`, exact along the shared edges."""
        return shapely.coverage_union_all(shapely.polygons(self.corners[start:stop]))


def lay(n: int, *, lon: float, lat: float, cell_m: float, seed: int) -> Mesh:
    """Return a mesh of `n` cells whose south-west corner is about (lon, lat).

    Units: `cell_m` is the side of a cell before it is jittered.
    """
    order = max(1, math.ceil(math.log(max(n, 2), 4)))
    side = 2**order
    x, y = hilbert(n, order)
    jitter = np.random.default_rng(seed).uniform(-JITTER, JITTER, (side + 1, side + 1, 2))
    grid = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), axis=-1) + jitter
    scale = np.array([cell_m / (METRES_PER_DEGREE * math.cos(math.radians(lat))), cell_m / METRES_PER_DEGREE])
    points = np.round(np.array([lon, lat]) + grid * scale, 7)
    corners = np.stack([points[x, y], points[x + 1, y], points[x + 1, y + 1], points[x, y + 1]], axis=1)
    return Mesh(corners)


def hilbert(n: int, order: int) -> tuple[Whole, Whole]:
    """Return x and y of the first `n` places along the Hilbert curve of a square of side 2**order."""
    rest = np.arange(n, dtype=np.int64)
    x, y = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for level in range(order):
        side = 1 << level
        right = rest >> 1 & 1
        up = (rest ^ right) & 1
        flip = (up == 0) & (right == 1)
        x, y = np.where(flip, side - 1 - x, x), np.where(flip, side - 1 - y, y)
        swap = up == 0
        x, y = np.where(swap, y, x), np.where(swap, x, y)
        x, y = x + side * right, y + side * up
        rest >>= 2
    return x, y
