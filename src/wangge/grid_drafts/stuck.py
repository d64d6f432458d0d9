"""Buildings that fit into no grid: alone too large, or too large for every neighbour and too small alone."""

from __future__ import annotations

import numpy as np

from wangge.grid_drafts.ground import Flags, Ground
from wangge.grid_drafts.rules import Bounds

MOST_LOOKS = 3_000  # sets of neighbours that are tried before it is taken for possible


def stuck_faces(ground: Ground, bounds: Bounds) -> Flags:
    """Return the faces with households for which no connected set around them lies inside the bounds.

    Each is a proof: whatever the division, the part with that building misses the bounds.
    Rule: GD-4.
    """
    households = ground.households.tolist()
    piece = ground.pieces()
    total = np.bincount(piece, ground.households)[piece] if len(piece) else ground.households
    found = np.asarray(ground.households > bounds.most)
    large = ~found & (ground.households >= bounds.least - bounds.most / 2) & (total >= bounds.least)
    if large.any():
        near = [[other for other, _ in row] for row in ground.neighbours()]
        for face in np.flatnonzero(large).tolist():
            found[face] = not _can_join(face, near, households, bounds)
    return found


def _can_join(face: int, near: list[list[int]], households: list[int], bounds: Bounds) -> bool:
    start = frozenset((face,))
    queue, seen = [(households[face], start)], {start}
    while queue:
        total, faces = queue.pop()
        if total >= bounds.least:
            return True
        if len(seen) > MOST_LOOKS:
            return True
        for other in sorted(_around(faces, near, households), key=households.__getitem__):
            grown = faces | {other}
            if total + households[other] <= bounds.most and grown not in seen:
                seen.add(grown)
                queue.append((total + households[other], grown))
    return False


def _around(faces: frozenset[int], near: list[list[int]], households: list[int]) -> set[int]:
    """Return the next buildings: through faces without households one may pass."""
    found: set[int] = set()
    passed: set[int] = set()
    queue = list(faces)
    while queue:
        for other in near[queue.pop()]:
            if other in faces or other in passed or other in found:
                continue
            if households[other]:
                found.add(other)
            else:
                passed.add(other)
                queue.append(other)
    return found
