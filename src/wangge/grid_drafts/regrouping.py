"""Ground of large buildings grouped anew: the best division of a spanning tree, for many trees.

Where a grid is three buildings, moving one at a time finds no way. Around a part that misses the bounds a
random spanning tree is laid, and of all ways to cut it into parts dynamic programming finds the best.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from wangge.grid_drafts.ground import Floats, Ground, Ints
from wangge.grid_drafts.rules import Bounds

TREES = (4, 8, 12)  # that are tried with one, two and three rings of parts around the one
MOST_FACES = 600  # of a region
SWEEPS = 6
REACH = 1.3  # times the most that a part may grow to in a plan: two that fit nowhere else may be one
BAD = 1_000.0  # a part outside the bounds costs this and its excess; one inside up to LEVEL
LEVEL = 1.0
BETTER = 10.0  # less is not worth a change
BEAM = 48  # sums of what hangs below that are looked at
GRAIN = 0.1  # of the largest plan: what hangs below and is smaller is never cut off


Taken = int | NDArray[np.int16]


class Choice(NamedTuple):
    """Of a face with one child after the other: for each sum, how much of it is the child's; -1: cut off."""

    child: int
    taken: Taken


def regroup(ground: Ground, part: Ints, bounds: Bounds, seed: int) -> Ints:
    """Return the division with fewer parts outside the bounds, if one is found around those that are.

    Every part stays in one piece; there may be more or fewer of them, numbered from 0 without a gap.
    """
    rng = np.random.default_rng(seed)
    cost_of = _costs(bounds)
    for _ in range(SWEEPS):
        sizes = ground.sizes(part, int(part.max()) + 1)
        bad = np.flatnonzero(bounds.excess(sizes)).tolist()
        before = part
        for chosen in bad:
            if (part == chosen).any():  # it may have gone with a neighbour
                part = _around(ground, part, chosen, cost_of, rng)
        if part is before:
            break
        part = np.unique(part, return_inverse=True)[1].astype(np.int64)
    return part


def _costs(bounds: Bounds) -> Floats:
    """Return what a part of so many households costs."""
    sizes = np.arange(int(REACH * bounds.most) + 1, dtype=np.float64)
    missed = bounds.excess(sizes)
    off = (sizes - bounds.middle) / bounds.middle
    costs: Floats = np.where(missed > 0, BAD + missed, LEVEL * off * off)
    costs[0] = np.inf
    return costs


def _around(ground: Ground, part: Ints, chosen: int, cost_of: Floats, rng: np.random.Generator) -> Ints:
    """Return the division with the parts around the chosen one grouped anew, or as it was."""
    near = np.array([chosen])
    for trees in TREES:
        near = _wider(ground, part, near)
        faces = np.flatnonzero(np.isin(part, near))
        if len(faces) > MOST_FACES:
            break
        sizes = np.bincount(part[faces], ground.households[faces])[near].astype(np.int64)
        before = float(cost_of[np.minimum(sizes, len(cost_of) - 1)].sum())
        region = ground.only(faces)
        for _ in range(trees):
            found, cost = best_cut(region, cost_of, rng)
            if cost < before - BETTER:
                changed = part.copy()
                changed[faces] = found + int(part.max()) + 1
                return changed
    return part


def _wider(ground: Ground, part: Ints, near: Ints) -> Ints:
    """Return the parts with those that border on them."""
    one, other = part[ground.left], part[ground.right]
    return np.unique(np.concatenate([near, other[np.isin(one, near)], one[np.isin(other, near)]]))


def best_cut(ground: Ground, cost_of: Floats, rng: np.random.Generator) -> tuple[Ints, float]:
    """Return the cheapest division of a random spanning tree of connected ground, and its cost.

    `open_[face]` is the least cost below the face for each sum that the part it is in may have so far; while
    there is only one sum, which costs nothing, it is that sum.
    """
    order, above = _tree(ground, rng)
    open_: list[int | Floats] = ground.households.tolist()
    choices: list[list[Choice]] = [[] for _ in order]
    for face in order[:0:-1].tolist():
        parent = int(above[face])
        open_[parent], taken = _join(open_[parent], open_[face], cost_of)
        choices[parent].append(Choice(face, taken))
    root = int(order[0])
    last = open_[root]
    final = _spread(last, len(cost_of)) if isinstance(last, int) else last
    return _trace(root, open_, choices, cost_of), float((final + cost_of).min())


def _join(upper: int | Floats, lower: int | Floats, cost_of: Floats) -> tuple[int | Floats, Taken]:
    """Return the costs of a face once it has taken up, or cut off, what hangs below it.

    What is far too small for a part is taken up without a choice.
    """
    if isinstance(lower, int) and (lower == 0 or lower < GRAIN * len(cost_of)):
        least = upper if isinstance(upper, int) else int(np.isfinite(upper).argmax())
        if lower == 0 or least + lower < len(cost_of) / REACH:
            return (upper + lower if isinstance(upper, int) else _shift(upper, lower)), lower
    upper = _spread(upper, len(cost_of)) if isinstance(upper, int) else upper
    lower = _spread(lower, len(cost_of)) if isinstance(lower, int) else lower
    sums = np.flatnonzero(np.isfinite(lower))
    if len(sums) > BEAM:
        sums = sums[np.unique(np.linspace(0, len(sums) - 1, BEAM).astype(np.int64))]
    joined = upper + (lower + cost_of).min()
    taken = np.full(len(upper), -1, dtype=np.int16)
    if len(sums) == 1:
        reached = _shift(upper, int(sums[0])) + lower[sums[0]]
        best = np.zeros(len(upper), dtype=np.int64)
    else:
        padded = np.concatenate([np.full(int(sums[-1]), np.inf), upper])
        table = sliding_window_view(padded, len(upper))[sums[-1] - sums] + lower[sums, None]
        best = table.argmin(axis=0)
        reached = table[best, np.arange(len(upper))]
    is_better = reached < joined
    taken[is_better] = sums[best[is_better]]
    return np.where(is_better, reached, joined), taken


def _spread(households: int, length: int) -> Floats:
    costs = np.full(length, np.inf)
    costs[min(households, length - 1)] = 0.0
    return costs


def _shift(costs: Floats, households: int) -> Floats:
    if households == 0:
        return costs
    moved = np.full(len(costs), np.inf)
    moved[households:] = costs[:-households]
    return moved


def _trace(root: int, open_: list[int | Floats], choices: list[list[Choice]], cost_of: Floats) -> Ints:
    part = np.full(len(open_), -1, dtype=np.int64)
    to_do, count = [(root, _cheapest(open_[root], cost_of), 0)], 1
    while to_do:
        face, households, number = to_do.pop()
        part[face] = number
        for child, taken in reversed(choices[face]):
            mine = taken if isinstance(taken, int) else int(taken[households])
            if mine < 0:
                to_do.append((child, _cheapest(open_[child], cost_of), count))
                count += 1
            else:
                to_do.append((child, mine, number))
                households -= mine
    return part


def _cheapest(costs: int | Floats, cost_of: Floats) -> int:
    return costs if isinstance(costs, int) else int((costs + cost_of).argmin())


def _tree(ground: Ground, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the faces from the root on, and above each the one it hangs on: likely across a long border."""
    count = len(ground.households)
    weight = rng.exponential(1.0 / np.sqrt(ground.cost))
    graph = coo_array((weight + 1e-12, (ground.left, ground.right)), shape=(count, count)).tocsr()
    order, above = breadth_first_order(minimum_spanning_tree(graph), int(rng.integers(count)), directed=False)
    return order.astype(np.int64), above.astype(np.int64)
