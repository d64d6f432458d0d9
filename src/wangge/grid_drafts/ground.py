"""Faces of one community as a graph: who borders on whom, and what a border between them costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ALONG_ROAD = 0.2  # what a metre of border along a main road costs: borders like to run there
DECIMETRES = 10


@dataclass(frozen=True, slots=True)
class Ground:
    """Households of each face, and its neighbours: each pair once."""

    households: Ints
    left: Ints
    right: Ints
    cost: Ints

    @classmethod
    def of(cls, households: Ints, left: Ints, right: Ints, border_m: Floats, is_road: Flags) -> Ground:
        cost = np.where(is_road, ALONG_ROAD, 1.0) * border_m * DECIMETRES
        return cls(households, left, right, np.maximum(1, np.rint(cost)).astype(np.int64))

    def only(self, chosen: Ints) -> Ground:
        """Return the ground of the chosen faces, numbered anew in that order."""
        number = np.full(len(self.households), -1, dtype=np.int64)
        number[chosen] = np.arange(len(chosen))
        kept = (number[self.left] >= 0) & (number[self.right] >= 0)
        left, right = number[self.left[kept]], number[self.right[kept]]
        return Ground(self.households[chosen], left, right, self.cost[kept])

    def capped(self, most: int) -> Ground:
        """Return the ground with no more than `most` households a face."""
        return Ground(np.minimum(self.households, most), self.left, self.right, self.cost)

    def matrix(self) -> coo_array:
        """Return the costs as a symmetric matrix."""
        one, other = np.concatenate([self.left, self.right]), np.concatenate([self.right, self.left])
        shape = (len(self.households), len(self.households))
        return coo_array((np.concatenate([self.cost, self.cost]), (one, other)), shape=shape)

    def pieces(self, part: Ints | None = None) -> Ints:
        """Return in which connected piece each face lies; of a division, in which piece of its part."""
        one = np.zeros(len(self.households), dtype=np.int64) if part is None else part
        inside = one[self.left] == one[self.right]
        shape = (len(self.households), len(self.households))
        ones = np.ones(int(inside.sum()), dtype=np.int8)
        graph = coo_array((ones, (self.left[inside], self.right[inside])), shape=shape)
        found: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
        return found

    def neighbours(self) -> list[list[tuple[int, int]]]:
        """Return for each face its neighbours with the cost of the border."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.households]
        for one, other, cost in zip(self.left.tolist(), self.right.tolist(), self.cost.tolist(), strict=True):
            found[one].append((other, cost))
            found[other].append((one, cost))
        return found

    def sizes(self, part: Ints, count: int) -> Floats:
        """Return the households of each part."""
        dealt = part >= 0
        return np.bincount(part[dealt], self.households[dealt], count).astype(np.float64)
