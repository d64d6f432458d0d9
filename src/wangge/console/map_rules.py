"""What a map tile shows: levels, thinning and counted cells. Source: docs/rules/map.md."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from wangge.kernel.errors import Unreadable
from wangge.kernel.morton import BITS, Keys, apart, tile_number

PLACES_FROM = 14  # from this level on places are shown one by one, below it as counted cells (MP-1)
LAST_LEVEL = 18  # nearer than that the same tiles are drawn larger
CELL_BITS = 5  # a tile has 32 × 32 cells
SPOT_BITS = 8  # a tile is drawn 512 pixels wide: of the places on a spot of two pixels one is sent (MP-3)
SHOWN_BITS = 12  # 4,096 steps a side
MOST_METRES = 5_000  # of a circle


class PlaceState(StrEnum):
    """What the map says of a place beside its kind."""

    OPEN = "open"
    ENDED = "ended"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the web map."""

    z: int
    x: int
    y: int

    @property
    def number(self) -> int:
        return tile_number(self.z, self.x, self.y)

    def span(self, bits: int = BITS) -> tuple[int, int]:
        """Return `[first, after)` of the numbers of `bits` a side inside the tile."""
        shift = 2 * (bits - self.z)
        return self.number << shift, (self.number + 1) << shift


def check_tile(z: int, x: int, y: int) -> Tile:
    """Return the tile. Raises: Unreadable for what is no tile of ours. Rule: MP-1."""
    if not (0 <= z <= LAST_LEVEL and 0 <= x < (1 << z) and 0 <= y < (1 << z)):
        raise Unreadable(field="tile", why_zh="没有这张瓦片", why_en="there is no such tile")
    return Tile(z, x, y)


def inside(keys: Keys, tile: Tile) -> slice:
    """Return where in a sorted list of numbers those of the tile stand."""
    first, after = tile.span()
    low, high = np.searchsorted(keys, np.array([first, after], dtype=np.uint64))
    return slice(int(low), int(high))


def thinned(keys: Keys, tile: Tile) -> NDArray[np.bool_]:
    """Return which of the sorted places of a tile are sent: the first on each spot. Rule: MP-3."""
    spots = keys >> np.uint64(2 * max(0, BITS - tile.z - SPOT_BITS))
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = spots[1:] != spots[:-1]
    return first


def place_in(keys: Keys, tile: Tile, bits: int = BITS) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return x and y of numbers of `bits` a side inside the tile, in its 4,096 steps."""
    x, y = apart(keys)
    shift = bits - tile.z - SHOWN_BITS
    low_x, low_y = tile.x << (bits - tile.z), tile.y << (bits - tile.z)
    inside_x, inside_y = x.astype(np.int64) - low_x, y.astype(np.int64) - low_y
    if shift >= 0:
        return inside_x >> shift, inside_y >> shift
    return inside_x << -shift, inside_y << -shift


def counted(keys: Keys) -> tuple[Keys, NDArray[np.int64]]:
    """Return the different ones of sorted numbers, and how often each stands there."""
    if not len(keys):
        return keys, np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[starts], np.diff(np.append(starts, len(keys)))


def coarser(keys: Keys, counts: NDArray[np.int64]) -> tuple[Keys, NDArray[np.int64]]:
    """Return the cells of the level above, four in one. Rule: MP-4: the sum stays."""
    above = keys >> np.uint64(2)
    if not len(above):
        return above, counts
    starts = np.flatnonzero(np.concatenate([[True], above[1:] != above[:-1]]))
    return above[starts], np.add.reduceat(counts, starts)


def rounded(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return counts to two digits, as a cell shows them: so few cells of a tile differ. Rule: MP-4."""
    digits = np.floor(np.log10(np.maximum(counts, 1))).astype(np.int64)
    unit = 10 ** np.maximum(digits - 1, 0)
    shown: NDArray[np.int64] = (counts + unit // 2) // unit * unit
    return shown
