"""A division put right after small changes: what can stay stays, and it is said how many households move."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wangge.grid_drafts.balancing import Ledger, Move, balance, make_contiguous
from wangge.grid_drafts.dividing import divide
from wangge.grid_drafts.ground import Ground, Ints
from wangge.grid_drafts.regrouping import regroup
from wangge.grid_drafts.rules import Bounds


class Redraft(NamedTuple):
    """The new division; `moved` households changed their part, `at_least` had to."""

    part: Ints
    moved: int
    at_least: int


def redraft(ground: Ground, home: Ints, bounds: Bounds, seed: int = 0) -> Redraft:
    """Return the division nearest to `home`, every part in one piece and, where found, inside bounds.

    `home` is the former part of each face. Parts keep their numbers; a new one has a number of its own.
    Rule: GD-8.
    """
    capped = ground.capped(bounds.most)
    start = make_contiguous(capped, home)
    shifted = balance(capped, start, bounds, home)
    split = balance(capped, _recount(capped, start, bounds), bounds, home)
    candidates = [shifted, split, balance(capped, _recount(capped, shifted, bounds), bounds, home)]
    if all(_missed(capped, each, bounds) for each in candidates):
        candidates.append(_matched(capped, regroup(capped, shifted, bounds, seed), home))
    given = [_give_back(capped, each, home, bounds) for each in candidates]
    best = min(given, key=lambda part: (_missed(capped, part, bounds), _moved(ground, part, home)))
    return Redraft(best, _moved(ground, best, home), must_move(capped, start, bounds))


def must_move(ground: Ground, part: Ints, bounds: Bounds) -> int:
    """Return how many households any division inside the bounds has in another part: a lower limit.

    What a part has too many must leave it; one with too few takes in what it lacks or gives all it has.
    """
    sizes = ground.sizes(part, int(part.max()) + 1)
    sizes = sizes[sizes > 0]
    over = np.maximum(sizes - bounds.most, 0).sum()
    under = np.minimum(np.maximum(bounds.least - sizes, 0), sizes).sum()
    return int(max(over, under))


def _missed(ground: Ground, part: Ints, bounds: Bounds) -> float:
    sizes = ground.sizes(part, int(part.max()) + 1)
    return float(bounds.excess(sizes[sizes > 0]).sum())


def _moved(ground: Ground, part: Ints, home: Ints) -> int:
    return int(ground.households[part != home].sum())


def _recount(ground: Ground, part: Ints, bounds: Bounds) -> Ints:
    """Return the division with what is far too large split, and what is too small with a neighbour."""
    part = part.copy()
    sizes = ground.sizes(part, int(part.max()) + 1)
    for number in np.flatnonzero(sizes > bounds.most).tolist():
        faces = np.flatnonzero(part == number)
        pieces = divide(ground.only(faces), bounds)
        inhabited = pieces >= 0
        largest = int(np.bincount(pieces[inhabited], ground.households[faces][inhabited]).argmax())
        pieces[~inhabited] = largest  # an islet without households stays with the most
        names = np.arange(int(part.max()) + 1, int(part.max()) + 2 + int(pieces.max()))
        names[largest] = number
        part[faces] = names[pieces]
    for number in np.argsort(sizes).tolist():
        sizes = ground.sizes(part, int(part.max()) + 1)
        if not 0 < sizes[number] < bounds.least:
            continue
        one, other = part[ground.left], part[ground.right]
        near = np.unique(np.concatenate([other[one == number], one[other == number]]))
        near = near[(near != number) & (sizes[near] + sizes[number] <= bounds.most)]
        if len(near):
            part[part == number] = near[int(sizes[near].argmin())]
    return part


def _matched(ground: Ground, part: Ints, home: Ints) -> Ints:
    """Return the division under old numbers: each part takes the one that most of its households had."""
    width = max(int(part.max()), int(home.max())) + 1
    pairs, of = np.unique(part * width + home, return_inverse=True)
    shared = np.bincount(of, ground.households + 1e-6)
    names = np.full(int(part.max()) + 1, -1, dtype=np.int64)
    taken: set[int] = set()
    for pair in pairs[np.argsort(-shared, kind="stable")].tolist():
        mine, old = divmod(pair, width)
        if names[mine] < 0 and old not in taken:
            names[mine] = old
            taken.add(old)
    nameless = np.flatnonzero(names < 0)
    names[nameless] = np.arange(len(nameless)) + int(home.max()) + 1
    matched: Ints = names[part]
    return matched


def _give_back(ground: Ground, part: Ints, home: Ints, bounds: Bounds) -> Ints:
    """Return the division with every face back home that can go there without harm."""
    ledger = Ledger(ground, part, bounds)
    away = np.flatnonzero(part != home)
    missed = ledger.missed()
    for face in away[np.argsort(-ground.households[away], kind="stable")].tolist():
        to = int(home[face])
        source = ledger.part[face]
        if not any(ledger.part[other] == to for other, _ in ledger.neighbours[face]):
            continue
        if ledger.hanging_on(face) != (face,):
            continue
        ledger.make(Move(0.0, (face,), to))
        now = ledger.missed()
        if now > missed:
            ledger.make(Move(0.0, (face,), source))
        else:
            missed = now
    return np.array(ledger.part, dtype=np.int64)
