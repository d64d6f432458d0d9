"""The double draw (双随机): random places, random inspectors, from a seed that anybody can try again.

Source: docs/rules/orders.md. The file of a draw holds all that `draw` is given, so it can be drawn anew
anywhere: with sha256 and a sorted list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from wangge.kernel.paths import is_within


class Place(NamedTuple):
    """A place that may be drawn, and the grid it lies in."""

    id: UUID
    grid_path: str


@dataclass(frozen=True, slots=True)
class Inspector:
    """Somebody who may be drawn; never for what lies in one of the own grids."""

    user_id: int
    own_paths: tuple[str, ...]

    def may_see(self, grid_path: str) -> bool:
        return not any(is_within(grid_path, path) for path in self.own_paths)


class Drawn(NamedTuple):
    """A place that was drawn, in the order in which it was, with its inspector; None where nobody may go."""

    place: Place
    user_id: int | None


def lot(seed: str, *things: object) -> str:
    """Return the lot of something: sha256 of seed and ids, joined by `|`, as hex. Rule: OR-33."""
    return sha256("|".join([seed, *map(str, things)]).encode()).hexdigest()


def draw(seed: str, places: Sequence[Place], inspectors: Sequence[Inspector], count: int) -> list[Drawn]:
    """Return `count` of the places, each with an inspector, the smallest lot first.

    Shape: fewer than `count` where there are fewer places; the same for any order of what is given.
    Rule:  OR-33. A place goes to whoever may see it and has the fewest so far, of several to the smallest lot
           of place and person together. Nobody is drawn for an own grid.
    """
    chosen = sorted(places, key=lambda one: lot(seed, one.id))[:count]
    load = {one.user_id: 0 for one in inspectors}
    drawn = []
    for place in chosen:
        able = [one.user_id for one in inspectors if one.may_see(place.grid_path)]
        who = min(able, key=lambda user: (load[user], lot(seed, place.id, user)), default=None)
        if who is not None:
            load[who] += 1
        drawn.append(Drawn(place, who))
    return drawn


def pool_digest(seed: str, places: Sequence[Place], inspectors: Sequence[Inspector]) -> str:
    """Return one sha256 over all that was in the two drums: published beside the seed. Rule: OR-33."""
    lines = [seed]
    lines += sorted(f"{one.id} {one.grid_path}" for one in places)
    lines += sorted(f"{one.user_id} {' '.join(sorted(one.own_paths))}" for one in inspectors)
    return sha256("\n".join(lines).encode()).hexdigest()
