"""The edges of many polygons as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges with x1 <= x2; which way round a ring they went does not matter here."""

    x1: Floats
    y1: Floats
    x2: Floats
    y2: Floats
    polygon: Indices

    def bounds(self) -> tuple[Floats, Floats]:
        """Return the lower left and upper right corner; of no edge at all, the origin."""
        if not len(self.x1):
            return np.zeros(2), np.zeros(2)
        low = np.array([self.x1.min(), min(self.y1.min(), self.y2.min())])
        return low, np.array([self.x2.max(), max(self.y1.max(), self.y2.max())])

    def y_at(self, edge: Indices, x: Floats) -> Floats:
        """Return the height of edges at `x`, held to its ends: of a vertical edge, the one or the other."""
        x1, y1, y2 = self.x1[edge], self.y1[edge], self.y2[edge]
        run = self.x2[edge] - x1
        share = (x > x1).astype(np.float64)
        share = np.clip(np.divide(x - x1, run, out=share, where=run > 0), 0.0, 1.0)
        height: Floats = y1 + share * (y2 - y1)
        return height


def edges_of(shapes: NDArray[Any]) -> Edges:
    """Return every edge of every ring of every polygon, with the polygon's number."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    goes_on = of_ring[1:] == of_ring[:-1]
    start, end = points[:-1][goes_on], points[1:][goes_on]
    polygon = of_shape[of_part[of_ring[:-1][goes_on]]]
    moves = (start != end).any(axis=1)
    start, end, polygon = start[moves], end[moves], polygon[moves]
    turned = (start[:, 0] > end[:, 0])[:, None]
    left, right = np.where(turned, end, start), np.where(turned, start, end)
    return Edges(left[:, 0].copy(), left[:, 1].copy(), right[:, 0].copy(), right[:, 1].copy(), polygon)


def expand(first: Indices, count: Indices) -> tuple[Indices, Indices]:
    """Return (owner, value) of the runs `first[i], first[i] + 1, …` of `count[i]` values each."""
    owner = np.repeat(np.arange(len(first)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) + (first - before)[owner]
