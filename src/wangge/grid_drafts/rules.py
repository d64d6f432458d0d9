"""Rules of grid drafts: how many parts, which bounds, what keeps a community from them.

Source: docs/rules/grid_drafts.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Source(StrEnum):
    """Where the households of places come from. Rule: GD-6, GD-9."""

    GRIDS = "grids"  # known of each standing grid, spread over its places
    ESTIMATE = "estimate"  # footprint × height


class Phase(StrEnum):
    """How far a draft has come. Rule: GD-11."""

    WAITING = "waiting"
    DRAWING = "drawing"
    READY = "ready"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a community is not wholly inside the bounds."""

    NO_HOUSEHOLDS = "no_households"
    TOO_FEW = "too_few"  # fewer households than one grid must have
    BETWEEN = "between"  # too many for n grids, too few for n + 1
    LARGE_BUILDING = "large_building"  # one building alone has more than a grid may have
    APART = "apart"  # it lies in pieces, and one of them cannot be divided
    NOT_FOUND = "not_found"  # its buildings are so large that no division was found


@dataclass(frozen=True, slots=True)
class Bounds:
    """Households a grid: at least and at most (WH-07). Rule: GD-2."""

    least: int
    most: int

    @property
    def middle(self) -> float:
        return (self.least + self.most) / 2

    def can_divide(self, households: int) -> bool:
        """Return whether some number of parts can all lie inside the bounds."""
        return math.ceil(households / self.most) <= households // self.least

    def excess(self, households: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by how many households each part misses the bounds; 0 inside them."""
        missed: NDArray[np.float64] = np.maximum(
            np.maximum(self.least - households, households - self.most), 0
        )
        return missed


def part_count(households: int, bounds: Bounds) -> int:
    """Return how many parts: of the numbers that can all lie inside, the nearest to the middle.

    Where there is none, the one that misses them least.
    Rule: GD-3.
    """
    fewest, most = math.ceil(households / bounds.most), households // bounds.least
    if bounds.can_divide(households):
        return min(max(round(households / bounds.middle), fewest, 1), most)
    near = [n for n in (1, most, fewest) if n >= 1]
    return min(near, key=lambda n: (_miss(households / n, bounds), n))


def _miss(size: float, bounds: Bounds) -> float:
    return max(bounds.least / max(size, 1e-9), size / bounds.most)


def reason_for(
    pieces: Sequence[int], largest_building: int, bounds: Bounds, parts_outside: int
) -> Reason | None:
    """Return what keeps a community from the bounds; None if nothing does and every part is inside.

    `pieces` are the households of the pieces in which the community lies.
    Rule: GD-4.
    """
    total = sum(pieces)
    if total == 0:
        return Reason.NO_HOUSEHOLDS
    if total < bounds.least:
        return Reason.TOO_FEW
    if not bounds.can_divide(total):
        return Reason.BETWEEN
    if largest_building > bounds.most:
        return Reason.LARGE_BUILDING
    if any(not bounds.can_divide(piece) for piece in pieces if piece):
        return Reason.APART
    return Reason.NOT_FOUND if parts_outside else None


def polsby_popper(area_m2: NDArray[np.float64], perimeter_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how compact shapes are: 1 for a circle, 0.785 for a square. Rule: GD-5."""
    found: NDArray[np.float64] = 4 * np.pi * area_m2 / np.maximum(perimeter_m, 1e-9) ** 2
    return found


def households_of(
    footprint_m2: NDArray[np.float64],
    height_m: NDArray[np.float64],
    *,
    storey_m: float,
    gross_m2_a_household: float,
) -> NDArray[np.int64]:
    """Return an estimate of the households of buildings of which only size and height are known.

    Rule: GD-6 (`[P]`: whole storeys; the floor area a household takes up, stairs and shared rooms included).
    """
    storeys = np.maximum(1.0, np.floor(height_m / storey_m))
    found: NDArray[np.int64] = np.floor(footprint_m2 * storeys / gross_m2_a_household).astype(np.int64)
    return found


def spread(households: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the households dealt out in proportion to the weights, whole and all; evenly if none weighs.

    Largest remainders first, of equals the first.
    Rule: GD-9.
    """
    if not len(weights):
        return np.empty(0, dtype=np.int64)
    shares = weights if weights.sum() > 0 else np.ones(len(weights))
    exact = households * shares / shares.sum()
    found: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    rest = households - int(found.sum())
    found[np.argsort(-(exact - found), kind="stable")[:rest]] += 1
    return found


def matched(
    part: NDArray[np.int64], home: NDArray[np.int64], households: NDArray[np.int64]
) -> dict[int, int]:
    """Return which former grid each part goes on with: most shared households first, each former grid once.

    `home` is 0 where there was no grid.
    Rule: GD-12.
    """
    there = np.flatnonzero(home > 0)
    pairs, of = np.unique(np.column_stack([part[there], home[there]]), axis=0, return_inverse=True)
    shared = np.bincount(of.ravel(), households[there] + 1e-6, minlength=len(pairs))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for mine, old in pairs[np.argsort(-shared, kind="stable")].tolist():
        if mine not in found and old not in taken:
            found[mine] = old
            taken.add(old)
    return found


def moved_households(
    part: NDArray[np.int64], home: NDArray[np.int64], households: NDArray[np.int64], heirs: Mapping[int, int]
) -> int:
    """Return how many households change their grid; those that had none do not count. Rule: GD-12."""
    becomes = np.array([heirs.get(number, -1) for number in range(int(part.max()) + 1)], dtype=np.int64)
    return int(households[(home > 0) & (becomes[part] != home)].sum())
