"""One connected piece of ground divided into parts: METIS proposes, `balancing` puts right what it left."""

from __future__ import annotations

import numpy as np
import pymetis

from wangge.grid_drafts.balancing import balance, make_contiguous
from wangge.grid_drafts.ground import Ground, Ints
from wangge.grid_drafts.regrouping import regroup
from wangge.grid_drafts.rules import Bounds, part_count

SPREAD = 150  # per mille above the mean that METIS allows; the bounds allow 250


def divide(ground: Ground, bounds: Bounds, seed: int = 0) -> Ints:
    """Return the part of each face, numbered from 0; -1 on a piece of ground without households.

    A part is in one piece. A building with more households than a part may have counts as a full part.
    Rule: GD-1 (contiguous), GD-3 (how many), GD-4 (large buildings).
    """
    ground = ground.capped(bounds.most)
    piece = ground.pieces()
    part = np.full(len(piece), -1, dtype=np.int64)
    so_far = 0
    for number in range(int(piece.max()) + 1 if len(piece) else 0):
        faces = np.flatnonzero(piece == number)
        if not ground.households[faces].sum():
            continue
        found = _divide_piece(ground.only(faces), bounds, seed)
        part[faces] = found + so_far
        so_far += int(found.max()) + 1
    return part


def _divide_piece(ground: Ground, bounds: Bounds, seed: int) -> Ints:
    households = int(ground.households.sum())
    count = part_count(households, bounds)
    if count == 1 or count > len(ground.households):
        return np.zeros(len(ground.households), dtype=np.int64)
    found = balance(ground, propose(ground, count, seed), bounds)
    return regroup(ground, found, bounds, seed) if bounds.can_divide(households) else found


def propose(ground: Ground, count: int, seed: int) -> Ints:
    """Return METIS's k-way division, every part connected."""
    graph = ground.matrix().tocsr()
    options = pymetis.Options(contig=1, ufactor=SPREAD, seed=seed)
    _, found = pymetis.part_graph(
        count,
        pymetis.CSRAdjacency(graph.indptr, graph.indices),
        vweights=ground.households,
        eweights=graph.data,
        options=options,
    )
    dense = np.unique(np.array(found, dtype=np.int64), return_inverse=True)[1].astype(np.int64)
    return make_contiguous(ground, dense)
