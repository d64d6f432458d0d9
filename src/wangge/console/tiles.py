"""Tiles of the map: places near by, counted cells from afar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wangge.console.map_rules import (
    CELL_BITS,
    PLACES_FROM,
    SHOWN_BITS,
    Tile,
    check_tile,
    inside,
    place_in,
    rounded,
    thinned,
)
from wangge.console.map_schemas import MapFilter
from wangge.console.sheet_shelf import SHELF, Choice, picked
from wangge.console.sheets import STATES, Packed
from wangge.kernel.actor import Actor
from wangge.kernel.mvt import Group, points_layer, squares_layer

READ = "venues.read"
_CELL = 1 << (SHOWN_BITS - CELL_BITS)  # steps a side


def get_tile(actor: Actor, z: int, x: int, y: int, filters: MapFilter) -> tuple[bytes, bool]:
    """Return a vector tile of the places in the actor's scope, and whether it is up to date.

    Raises: NotYourRole, Unreadable.
    Rule:   MP-1 … MP-5.
    """
    actor.check_can(READ)
    tile = check_tile(z, x, y)
    is_all = SHELF.look()
    choice = choice_of(actor, filters)
    return (_places if z >= PLACES_FROM else _cells)(tile, choice), is_all


def choice_of(actor: Actor, filters: MapFilter) -> Choice:
    """Return whose places are asked for: always those of the actor's scope. Rule: MP-5."""
    return Choice(
        actor.scope,
        frozenset(filters.venue_class),
        frozenset(filters.tag),
        frozenset(one.value for one in filters.state),
    )


def _places(tile: Tile, choice: Choice) -> bytes:
    sheet = SHELF.sheet_of(tile)
    if sheet is None:
        return b""
    rows = picked(Packed(sheet.rows[inside(sheet.rows["key"], tile)], sheet.words), choice)
    rows = rows[thinned(rows["key"], tile)]
    sort = rows["kind"] * len(STATES) + rows["state"]  # few numbers of 16 bits, which sort fast
    order = np.argsort(sort, kind="stable")
    x, y = place_in(rows["key"][order], tile)
    groups = []
    for one, start, end in _runs(sort[order]):
        words = {"kind": sheet.words.kinds[one // len(STATES)], "state": STATES[one % len(STATES)].value}
        groups.append(Group(words, x[start:end], y[start:end]))
    return points_layer("places", groups)


def _cells(tile: Tile, choice: Choice) -> bytes:
    keys, counts = SHELF.cells_of(choice, tile.z)
    bits = tile.z + CELL_BITS
    first, after = tile.span(bits)
    low, high = np.searchsorted(keys, np.array([first, after], dtype=np.uint64))
    if low == high:
        return b""
    keys, counts = keys[low:high], rounded(counts[low:high])
    x, y = place_in(keys, tile, bits)
    order = np.argsort(counts, kind="stable")
    x, y, counts = x[order], y[order], counts[order]
    groups = [Group({"n": one}, x[start:end], y[start:end]) for one, start, end in _runs(counts)]
    return squares_layer("cells", groups, _CELL)


def _runs(numbers: NDArray[Any]) -> Iterator[tuple[int, int, int]]:
    """Give each different one of sorted numbers, where it begins, and where it ends."""
    different, starts = np.unique(numbers, return_index=True)
    ends = [*starts.tolist(), len(numbers)][1:]
    yield from zip(different.tolist(), starts.tolist(), ends, strict=True)
