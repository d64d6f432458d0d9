"""The sheets of the map in the memory of a process, brought up to date at each look (ADR 35).

A look is one small statement. What was drawn since the last one is fetched; tiles that changed and are not
drawn yet are looked at in the rows themselves, so a tile is what a recount gives (MP-2).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wangge.console.map_rules import CELL_BITS, PLACES_FROM, Tile, coarser, counted
from wangge.console.sheets import SIDE, STATES, Packed, look, unpack
from wangge.kernel import prepared
from wangge.kernel.morton import BITS, Keys

FRESH = 16  # tiles that are looked at in the rows; with more of them behind the stored ones are shown
MARKS = 2_000  # read at most
CHOICES = 32  # of which the counted cells are remembered
FINEST = PLACES_FROM - 1 + CELL_BITS  # bits a side of the cells of level 13
_STATE = """
SELECT -1, coalesce(max(edition), 0) FROM console_mapsheet
UNION ALL
SELECT key, max(id) FROM (SELECT key, id FROM console_mapchanged ORDER BY id LIMIT %s) m GROUP BY key
"""
_NEWER = "SELECT key, edition, points, words FROM console_mapsheet WHERE edition > %s"


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose places of which kinds: a scope, and what narrows it. An empty one narrows nothing."""

    scope: str  # a closed path, never empty
    kinds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()  # one of them is enough
    states: frozenset[str] = frozenset()


@dataclass(slots=True)
class Cells:
    """The cells of a choice: a sheet's by the sheet that was counted, all of them by level."""

    parts: dict[int, tuple[Packed, Keys, NDArray[np.int64]]] = field(default_factory=dict)
    levels: list[tuple[Keys, NDArray[np.int64]]] = field(default_factory=list)
    version: int = -1


def picked(packed: Packed, choice: Choice) -> NDArray[Any]:
    """Return the rows of a sheet that the choice has. Rule: MP-5: a path outside the scope is never one."""
    words, rows = packed.words, packed.rows
    narrowings = [("path", [one.startswith(choice.scope) for one in words.paths])]
    if choice.kinds:
        narrowings.append(("kind", [one in choice.kinds for one in words.kinds]))
    if choice.tags:
        narrowings.append(("tags", [not choice.tags.isdisjoint(one) for one in words.tags]))
    if choice.states:
        narrowings.append(("state", [one.value in choice.states for one in STATES]))
    for column, passes in narrowings:
        if not all(passes):  # the table of a whole sheet that passes is not gone through
            rows = rows[np.array(passes, dtype=np.bool_)[rows[column]]]
    return rows


class Shelf:
    """Sheets by tile; one a process."""

    def __init__(self) -> None:
        self._lock = RLock()
        self.forget()

    def forget(self) -> None:
        self._stored: dict[int, Packed] = {}
        self._fresh: dict[int, tuple[int, Packed]] = {}  # by tile: the mark it was looked at for
        self._edition = 0
        self._version = 0
        self._choices: OrderedDict[Choice, Cells] = OrderedDict()

    def look(self) -> bool:
        """Bring the sheets up to date; return whether all of them are."""
        (_, edition), *marks = prepared.send(_STATE, MARKS).fetchall()
        with self._lock:
            if edition < self._edition:  # another database, or one that was restored
                self.forget()
            if edition > self._edition:
                self._fetch()
            return self._see(dict(marks))

    def _fetch(self) -> None:
        for key, edition, points, words in prepared.send(_NEWER, self._edition, binary=True).fetchall():
            self._stored[key] = unpack(points, words)
            self._edition = max(self._edition, edition)
        self._version += 1

    def _see(self, marks: dict[int, int]) -> bool:
        gone = [key for key, (mark, _) in self._fresh.items() if marks.get(key) != mark]
        for key in gone:
            del self._fresh[key]
        new = [key for key in marks if key not in self._fresh]
        is_all = len(marks) <= FRESH
        if is_all and new:
            self._fresh |= {key: (marks[key], packed) for key, packed in look(new).items()}
        if gone or (is_all and new):
            self._version += 1
        return is_all

    def _sheet(self, key: int) -> Packed | None:
        fresh = self._fresh.get(key)
        return fresh[1] if fresh else self._stored.get(key)

    def sheet_of(self, tile: Tile) -> Packed | None:
        """Return the sheet in which a tile of level 14 or nearer lies, if anything is there."""
        shift = tile.z - PLACES_FROM
        return self._sheet((tile.x >> shift) * SIDE + (tile.y >> shift))

    def cells_of(self, choice: Choice, level: int) -> tuple[Keys, NDArray[np.int64]]:
        """Return the sorted cells of a level below 14 with how many places each has. Rule: MP-4."""
        with self._lock:
            cells = self._choices.pop(choice, None) or Cells()
            if cells.version != self._version:
                self._recount(cells, choice)
            self._choices[choice] = cells
            while len(self._choices) > CHOICES:
                self._choices.popitem(last=False)
            return cells.levels[level]

    def tags_of(self, scope: str) -> list[str]:
        """Return the tags that places of the scope carry."""
        found: set[str] = set()
        with self._lock:
            for key in self._stored.keys() | self._fresh.keys():
                sheet = self._sheet(key)
                if sheet is None or not any(one.startswith(scope) for one in sheet.words.paths):
                    continue
                for number in np.unique(picked(sheet, Choice(scope))["tags"]):
                    found.update(sheet.words.tags[number])
        return sorted(found)

    def _recount(self, cells: Cells, choice: Choice) -> None:
        parts = {}
        for key in self._stored.keys() | self._fresh.keys():
            sheet = self._sheet(key)
            known = cells.parts.get(key)
            if sheet is None:
                continue
            if known is None or known[0] is not sheet:
                keys = picked(sheet, choice)["key"] >> np.uint64(2 * (BITS - FINEST))
                known = (sheet, *counted(keys))
            parts[key] = known
        keys, counts = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
        if parts:
            keys = np.concatenate([keys for _, keys, _ in parts.values()])
            counts = np.concatenate([counts for _, _, counts in parts.values()])
            order = np.argsort(keys, kind="stable")
            keys, counts = keys[order], counts[order]
        levels = [(keys, counts)]
        for _ in range(PLACES_FROM - 1):
            keys, counts = coarser(keys, counts)
            levels.append((keys, counts))
        cells.parts, cells.levels, cells.version = parts, levels[::-1], self._version


SHELF = Shelf()
