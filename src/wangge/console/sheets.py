"""Places packed a tile of level 14 each: what the map is drawn from (ADR 35)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from wangge.console.map_rules import PLACES_FROM, PlaceState
from wangge.kernel import prepared
from wangge.kernel.morton import keys_of

ROW = np.dtype([("key", "<u8"), ("path", "<u2"), ("kind", "<u2"), ("tags", "<u2"), ("state", "u1")])
STATES = list(PlaceState)
SIDE = 1 << PLACES_FROM
AT_ONCE = 200  # tiles drawn in one transaction
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('console map'))"
_TAKE = """
WITH few AS (
  SELECT DISTINCT key FROM (SELECT key FROM console_mapchanged ORDER BY id LIMIT 100000) m LIMIT %s),
taken AS (DELETE FROM console_mapchanged m USING few WHERE m.key = few.key)
SELECT key FROM few ORDER BY key
"""
_ROWS = """
SELECT console_tile(lon, lat), lon, lat, grid_path, class_code, tags, is_open, is_orphan FROM venues_venue
WHERE lon >= %s AND lon <= %s AND console_tile(lon, lat) = ANY(%s) AND merged_into_id IS NULL
"""
_KEEP = """
INSERT INTO console_mapsheet (key, edition, points, words)
VALUES (%s, (SELECT coalesce(max(edition), 0) + 1 FROM console_mapsheet), %s, %s)
ON CONFLICT (key) DO UPDATE SET edition = excluded.edition, points = excluded.points, words = excluded.words
"""


@dataclass(frozen=True, slots=True)
class Words:
    """What the small numbers of a sheet's rows stand for."""

    paths: list[str]
    kinds: list[str]
    tags: list[list[str]]  # each a set of tags


@dataclass(frozen=True, slots=True)
class Packed:
    rows: NDArray[Any]  # of ROW, sorted by key
    words: Words


def pack(found: Sequence[Sequence[Any]]) -> Packed:
    """Return rows of (lon, lat, path, class, tags, is open, is an orphan) packed, in the order of the map."""
    rows = np.zeros(len(found), dtype=ROW)
    paths: dict[str, int] = {}
    kinds: dict[str, int] = {}
    tags: dict[tuple[str, ...], int] = {}
    if len(found):
        lon, lat = (np.array([one[side] for one in found], dtype=np.float64) for side in (0, 1))
        rows["key"] = keys_of(lon, lat)
        rows["path"] = [paths.setdefault(one[2], len(paths)) for one in found]
        rows["kind"] = [kinds.setdefault(one[3], len(kinds)) for one in found]
        rows["tags"] = [tags.setdefault(tuple(sorted(one[4])), len(tags)) for one in found]
        rows["state"] = [_state(is_open, is_orphan) for *_, is_open, is_orphan in found]
        rows = rows[np.argsort(rows["key"], kind="stable")]
    return Packed(rows, Words([*paths], [*kinds], [[*one] for one in tags]))


def _state(is_open: bool, is_orphan: bool) -> int:
    state = PlaceState.ENDED if not is_open else PlaceState.ORPHAN if is_orphan else PlaceState.OPEN
    return STATES.index(state)


def look(keys: Iterable[int]) -> dict[int, Packed]:
    """Return the tiles as their places are now, from the rows themselves."""
    columns: dict[int, list[int]] = defaultdict(list)
    for key in keys:
        columns[key // SIDE].append(key)
    drawn: dict[int, Packed] = {}
    for column, wanted in columns.items():
        west, east = (edge / SIDE * 360 - 180 for edge in (column, column + 1))
        found: dict[int, list[Any]] = {key: [] for key in wanted}
        for key, *row in prepared.ask(_ROWS, west - 1e-9, east + 1e-9, wanted):
            found[key].append(row)
        drawn |= {key: pack(rows) for key, rows in found.items()}
    return drawn


def draw() -> int:
    """Draw anew the tiles that changed; return how many. A mark that comes meanwhile stays. Rule: MP-2."""
    whole = 0
    while drawn := _turn():
        whole += drawn
    return whole


@transaction.atomic
def _turn() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_TAKE, [AT_ONCE])
        keys = [key for (key,) in cursor.fetchall()]
        for key, packed in look(keys).items():
            cursor.execute(_KEEP, [key, packed.rows.tobytes(), _written(packed.words)])
    return len(keys)


def unpack(points: bytes | memoryview, words: Any) -> Packed:
    """Return a stored sheet."""
    return Packed(np.frombuffer(bytes(points), dtype=ROW), msgspec.convert(words, Words))


def _written(words: Words) -> str:
    return msgspec.json.encode(words).decode()
