"""Territory rules: what an import may hold, how a grid is named. Source: docs/rules/territory.md."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SHOWN = 1_000  # problems a report shows; the rest is counted
CHINA_LON, CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
CUTS = {2: (2,), 4: (2, 4), 6: (2, 4, 6), 9: (2, 4, 6, 9), 12: (2, 4, 6, 9, 12)}  # TE-2
FINER = (3, 2)  # TE-2: digits of a grid and of a micro-grid after the division's twelve
MISFIT = 0.01  # TE-7: a share outside its outline from which another datum is tried
FEWER = 4  # TE-7: the other datum must fit this many times better


class Change(StrEnum):
    """What people do to grids that stand (TE-13)."""

    DRAW = "draw"  # a new grid on free ground
    SPLIT = "split"
    MERGE = "merge"
    REDRAW = "redraw"  # the outlines of some neighbours, together
    RECODE = "recode"
    UNDO = "undo"


UNDOABLE = frozenset({Change.SPLIT, Change.MERGE, Change.REDRAW})
UNDO_WITHIN = timedelta(hours=24)  # TE-16


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its code, what is wrong and what to do, in both languages; format strings."""

    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an imported file, ready to be shown."""

    row: int | None
    column: str | None
    value: str
    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    is_error: bool
    file: str | None = None


@dataclass(slots=True)
class Problems:
    """What is wrong with a file: all of it counted and told to `tell`, the first thousand of each sort kept.

    Memory: a byte a row beside what is kept.
    """

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    error_count: int = 0
    warning_count: int = 0
    bad: dict[str | None, bytearray] = field(default_factory=dict)  # of each file; place 0: the whole file
    tell: Callable[[Problem], object] | None = None

    def add(
        self,
        kind: Kind,
        row: int | None,
        column: str | None = None,
        value: object = "",
        *,
        file: str | None = None,
        **facts: object,
    ) -> None:
        kept = self.errors if kind.is_error else self.warnings
        if kind.is_error:
            self.error_count += 1
            self._mark(file, row or 0)
        else:
            self.warning_count += 1
        if len(kept) >= SHOWN and self.tell is None:
            return
        problem = _said(kind, row, column, value, file, facts)
        if len(kept) < SHOWN:
            kept.append(problem)
        if self.tell is not None:
            self.tell(problem)

    def _mark(self, file: str | None, place: int) -> None:
        marks = self.bad.setdefault(file, bytearray())
        if place >= len(marks):
            marks.extend(bytes(place + 1024 - len(marks)))
        marks[place] = 1

    def is_bad(self, row: int | None, file: str | None = None) -> bool:
        marks, place = self.bad.get(file, b""), row or 0
        return place < len(marks) and marks[place] == 1

    @property
    def bad_row_count(self) -> int:
        return sum(marks.count(1, 1) for marks in self.bad.values())

    @property
    def count(self) -> int:
        return self.error_count + self.warning_count

    def listed(self) -> list[Problem]:
        """Return what a report shows: errors by row, then warnings by row."""
        by_row = [
            sorted(part, key=lambda p: (p.row is not None, p.file or "", p.row or 0))
            for part in (self.errors, self.warnings)
        ]
        return [*by_row[0], *by_row[1]][:SHOWN]


def _said(
    kind: Kind,
    row: int | None,
    column: str | None,
    value: object,
    file: str | None,
    facts: Mapping[str, object],
) -> Problem:
    said = {**facts, "value": value, "column": column, "row": row}
    return Problem(
        row=row,
        column=column,
        value=str(value),
        code=kind.code,
        zh=kind.zh.format(**said),
        en=kind.en.format(**said),
        remedy_zh=kind.remedy_zh.format(**said),
        remedy_en=kind.remedy_en.format(**said),
        is_error=kind.is_error,
        file=file,
    )


def split_code(code: str) -> list[str]:
    """Return the parts of a division or grid code: 440305001012 → 44, 03, 05, 001, 012; then 3 and 2 more.

    Raises: ValueError if the length is none of 2, 4, 6, 9, 12, 15, 17 or a character is no digit.
    Rule:   TE-2 (domain.md §2.13).
    """
    cuts = CUTS.get(len(code)) or {15: (*CUTS[12], 15), 17: (*CUTS[12], 15, 17)}.get(len(code))
    if cuts is None or not (code.isascii() and code.isdigit()):
        raise ValueError(code)
    return [code[a:b] for a, b in zip((0, *cuts), cuts, strict=False)]


def path_of(code: str) -> str:
    """Return the closed path of a division or grid code. Raises: as split_code. Rule: TE-1, TE-2."""
    return ".".join(split_code(code)) + "."


def closed(text: str) -> str:
    """Return what a person typed (44.03, 44.03. or 4403) as a closed path. Raises: ValueError. Rule: TE-1."""
    text = text.strip()
    if text.isdigit():
        return path_of(text)
    if not text.strip("."):
        raise ValueError(text)
    return text.rstrip(".") + "."


def leaves(paths: Sequence[str]) -> NDArray[np.bool_]:
    """Return which paths have none below them: a point belongs to the finest grid.

    Shape: len(paths) flags, in the order given.
    Rule:  TE-3.
    """
    order = sorted(range(len(paths)), key=lambda i: paths[i])
    is_leaf = np.ones(len(paths), dtype=bool)
    for here, after in pairwise(order):
        is_leaf[here] = paths[after] == paths[here] or not paths[after].startswith(paths[here])
    return is_leaf


def look_swapped(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points are surely (lat, lon): past a pole, or in China only the other way round.

    Rule: TE-6.
    """
    x, y = points[:, 0], points[:, 1]
    past_pole = (np.abs(y) > 90) & (np.abs(y) <= 180) & (np.abs(x) <= 90)
    mirrored = (x >= CHINA_LAT[0]) & (x <= CHINA_LAT[1]) & (y >= CHINA_LON[0]) & (y <= CHINA_LON[1])
    return past_pole | mirrored


def off_earth(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points are no place on earth. Rule: TE-6."""
    with np.errstate(invalid="ignore"):
        return ~((np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90))


def fits_better(misfit: float, other_misfit: float) -> bool:
    """Return whether the other datum explains the places so much better that the named one must be wrong.

    Rule: TE-7.
    """
    return misfit > MISFIT and other_misfit * FEWER < misfit


def similar_names(name: str, candidates: Iterable[str], count: int = 3) -> list[str]:
    """Return the candidates most like `name`, best first. Rule: TE-4."""
    scored = [(difflib.SequenceMatcher(None, name, other).ratio(), other) for other in set(candidates)]
    return [
        other for score, other in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:count] if score > 0
    ]
