"""Parts put right face by face: in one piece each, and inside the bounds with few moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from wangge.grid_drafts.ground import Flags, Floats, Ground, Ints
from wangge.grid_drafts.rules import Bounds

LEVEL = 0.02  # how much nearness to the middle counts beside the bounds
SHAPE = 20.0  # how much the length of borders counts: households squared a mean border
STAYS = 12  # moves for which a face that moved stays where it is
PATIENCE = 40  # moves without anything better before the search ends
MOST_MOVES = 400


class Move(NamedTuple):
    """A face, and what hangs on it alone, goes to another part."""

    score: float
    faces: tuple[int, ...]
    to: int


class Ledger:
    """A division that is changed face by face. Every part stays in one piece.

    `home` says where each face was at first: with it, households away from home count as well.
    """

    def __init__(self, ground: Ground, part: Ints, bounds: Bounds, home: Ints | None = None) -> None:
        self.bounds = bounds
        self.households = ground.households.tolist()
        self.neighbours = ground.neighbours()
        self.part = part.tolist()
        self.sizes = ground.sizes(part, int(part.max()) + 1).tolist()
        self.exists = np.bincount(part, minlength=len(self.sizes)) > 0  # numbers may be left out
        self.unit = SHAPE / max(1.0, float(ground.cost.mean()) if len(ground.cost) else 1.0)
        self.home = home.tolist() if home is not None else None

    def missed(self) -> float:
        """Return by how many households all parts together miss the bounds."""
        return float(self._excess().sum())

    def worst(self) -> int:
        return int(np.argmax(self._excess()))

    def _excess(self) -> Floats:
        return np.where(self.exists, self.bounds.excess(np.array(self.sizes)), 0.0)

    def best_move(self, chosen: int, still: Iterable[int] = ()) -> Move | None:
        """Return the best move of a face into the chosen part or out of it, whichever it needs."""
        fixed = set(still)
        into = self.sizes[chosen] < self.bounds.middle
        hoped = sorted(
            (self._score((face,), to), face, to)
            for face, to in self._rim(chosen, into=into)
            if face not in fixed
        )
        best: Move | None = None
        for score, face, to in hoped:
            if best is not None and score >= best.score:
                break
            faces = self.hanging_on(face)
            if faces is None or fixed.intersection(faces):
                continue
            real = score if len(faces) == 1 else self._score(faces, to)
            if best is None or real < best.score:
                best = Move(real, faces, to)
        return best

    def make(self, move: Move) -> None:
        households = sum(self.households[face] for face in move.faces)
        self.sizes[self.part[move.faces[0]]] -= households
        self.sizes[move.to] += households
        for face in move.faces:
            self.part[face] = move.to

    def hanging_on(self, face: int) -> tuple[int, ...] | None:
        """Return the face with all that would be cut off if it left; None if nothing would remain."""
        part = self.part[face]
        near = [other for other, _ in self.neighbours[face] if self.part[other] == part]
        if not near:
            return None
        pieces: list[set[int]] = []
        for start in near:
            if not any(start in piece for piece in pieces):
                pieces.append(self._reach(start, face, set(near)))
        if len(pieces) == 1:
            return (face,)
        pieces.sort(key=lambda piece: (sum(self.households[one] for one in piece), len(piece)))
        return (face, *(one for piece in pieces[:-1] for one in sorted(piece)))

    def _reach(self, start: int, without: int, wanted: set[int]) -> set[int]:
        """Return what `start` reaches inside its part; stops early once it has reached all wanted."""
        part, seen, queue, missing = self.part[start], {start}, [start], wanted - {start}
        while queue and missing:
            for other, _ in self.neighbours[queue.pop()]:
                if other not in seen and other != without and self.part[other] == part:
                    seen.add(other)
                    missing.discard(other)
                    queue.append(other)
        return seen

    def _rim(self, chosen: int, *, into: bool) -> Iterator[tuple[int, int]]:
        found = set()
        for face, part in enumerate(self.part):
            if part != chosen:
                continue
            for other, _ in self.neighbours[face]:
                if self.part[other] != chosen:
                    found.add((other, chosen) if into else (face, self.part[other]))
        yield from sorted(found)

    def _score(self, faces: tuple[int, ...], to: int) -> float:
        """Return how much worse the division gets by the move; below 0: better."""
        source = self.part[faces[0]]
        households = sum(self.households[face] for face in faces)
        worse = self._ill(self.sizes[source] - households) - self._ill(self.sizes[source])
        worse += self._ill(self.sizes[to] + households) - self._ill(self.sizes[to])
        going, longer, away = set(faces), 0, 0
        for face in faces:
            for other, cost in self.neighbours[face]:
                if other not in going:
                    longer += cost * ((self.part[other] == source) - (self.part[other] == to))
            if self.home is not None and self.households[face]:
                away += self.households[face] * ((self.home[face] == source) - (self.home[face] == to))
        return worse + self.unit * longer + self.bounds.middle * 0.2 * away

    def _ill(self, size: float) -> float:
        off = size - self.bounds.middle
        over = abs(off) - (self.bounds.most - self.bounds.least) / 2
        return (over * over + over * 10 if over > 0 else 0.0) + LEVEL * off * off


def balance(ground: Ground, part: Ints, bounds: Bounds, home: Ints | None = None) -> Ints:
    """Return the division with as many parts inside the bounds as moving faces can bring.

    A search that also makes the least bad move and does not take it back at once; the best it saw counts.
    """
    if not bounds.excess(ground.sizes(part, int(part.max()) + 1)).any():
        return part
    ledger = Ledger(ground, part, bounds, home)
    best, least, since = list(ledger.part), ledger.missed(), 0
    stays: dict[int, int] = {}
    for turn in range(MOST_MOVES):
        if least == 0 or since > PATIENCE:
            break
        move = ledger.best_move(ledger.worst(), (face for face, until in stays.items() if until > turn))
        if move is None:
            break
        ledger.make(move)
        stays.update(dict.fromkeys(move.faces, turn + STAYS))
        since += 1
        if (missed := ledger.missed()) < least:
            best, least, since = list(ledger.part), missed, 0
    return np.array(best, dtype=np.int64)


def make_contiguous(ground: Ground, part: Ints) -> Ints:
    """Return the division with every part in one piece: the rest goes to the neighbour it borders on most.

    What borders on nothing else, an island, is a part of its own; without households it stays where it is.
    """
    part = part.copy()
    while True:
        piece = ground.pieces(part)
        weight = np.bincount(piece, ground.households * 1e6 + 1)
        order = np.lexsort((-weight, part[np.unique(piece, return_index=True)[1]]))
        owner = part[np.unique(piece, return_index=True)[1]]
        is_main = np.zeros(len(weight), dtype=np.bool_)
        is_main[order[np.unique(owner[order], return_index=True)[1]]] = True
        loose = ~is_main[piece]
        if not loose.any():
            return part
        one = np.concatenate([ground.left, ground.right])
        other = np.concatenate([ground.right, ground.left])
        cost = np.concatenate([ground.cost, ground.cost])
        across = loose[one] & ~loose[other]
        count = int(part.max()) + 1
        pair, of = np.unique(piece[one[across]] * count + part[other[across]], return_inverse=True)
        length = np.bincount(of, cost[across])
        best = np.lexsort((-length, pair // count))
        first = best[np.unique((pair // count)[best], return_index=True)[1]]
        to = np.full(len(weight), -1, dtype=np.int64)
        to[pair[first] // count] = pair[first] % count
        moved = loose & (to[piece] >= 0)
        if not moved.any():
            return _islands_apart(ground, part, piece, loose)
        part[moved] = to[piece[moved]]


def _islands_apart(ground: Ground, part: Ints, piece: Ints, loose: Flags) -> Ints:
    """Return the division with a number of its own for each loose piece that has households."""
    inhabited = np.bincount(piece, ground.households) > 0
    alone = np.unique(piece[loose & inhabited[piece]])
    name = np.full(int(piece.max()) + 1, -1, dtype=np.int64)
    name[alone] = int(part.max()) + 1 + np.arange(len(alone))
    return np.where(name[piece] >= 0, name[piece], part)
