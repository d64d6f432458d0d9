"""How what lies in grids follows them (ADR 21).

The rooms above say what they hold; whoever assembles the house hands their movers to the change. So all of it
is one transaction, and the territory knows no room above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

import numpy as np
from django.db import connection

from wangge.kernel import staging
from wangge.kernel.actor import Actor
from wangge.territory.layer_index import LayerIndex
from wangge.territory.models import GridChange


class Placed(NamedTuple):
    """An open thing and where it lies: WGS-84."""

    id: UUID
    path: str
    lon: float
    lat: float


class Carried(NamedTuple):
    """It goes from one grid to another."""

    id: UUID
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Carriage:
    """By which change, by whom and when; `members` walk the new grids from now on."""

    change: UUID
    actor: Actor | None  # none: the installation, for what came late
    at: datetime
    members: Mapping[str, int]


class Mover(Protocol):
    """A room's part in a change of grids."""

    kind: str

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Return what goes on in and below these paths; what is past stays where it was."""

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Write the new paths."""

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """Give what else names the old paths the new ones: posts of a place, contacts, departments…"""


def patterns(paths: Iterable[str]) -> list[str]:
    """Return what LIKE finds the paths and all below them by."""
    return [f"{path.replace('_', chr(92) + '_')}%" for path in paths]


def place_in(index: LayerIndex) -> Callable[[Sequence[Placed]], list[str]]:
    """Return what finds the new grid of each row by its place; of one just outside, the nearest."""

    def find(rows: Sequence[Placed]) -> list[str]:
        points = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
        numbers = index.locate_many(points)
        lost = np.flatnonzero(numbers < 0)
        if len(lost):
            numbers[lost] = index.nearest_many(points[lost])[0]
        return [index.paths[n] for n in numbers.tolist()]

    return find


def by_prefix(mapping: Mapping[str, str]) -> Callable[[Sequence[Placed]], list[str]]:
    """Return what writes the new code of a place for its old one; of several the longest."""
    olds = sorted(mapping, key=len, reverse=True)

    def find(rows: Sequence[Placed]) -> list[str]:
        return [renamed(row.path, mapping, olds) for row in rows]

    return find


def renamed(path: str, mapping: Mapping[str, str], olds: Iterable[str]) -> str:
    """Return the path with the first of `olds` that it begins with replaced."""
    old = next((one for one in olds if path.startswith(one)), None)
    return path if old is None else mapping[old] + path[len(old) :]


def carry(
    movers: Sequence[Mover],
    paths: Sequence[str],
    find: Callable[[Sequence[Placed]], list[str]],
    change: GridChange,
    carriage: Carriage,
    *,
    looked_at: datetime,
) -> dict[str, int]:
    """Move what goes on under `paths`, note each move, and return how many of each kind.

    A late arrival is noted at the moment of the change: what was done before it counts for the old grid.
    Rule: TE-14.
    """
    counts = {}
    for mover in movers:
        rows = mover.list_open(paths, looked_at)
        carried = [
            Carried(row.id, row.path, after)
            for row, after in zip(rows, find(rows), strict=True)
            if after != row.path
        ]
        if carried:
            mover.move(carried, carriage)
            _note(mover.kind, carried, change)
        counts[mover.kind] = len(carried)
    return counts


def _note(kind: str, carried: Sequence[Carried], change: GridChange) -> None:
    table = "move_new"
    staging.make_table(table, "subject_id uuid, path_before varchar(64), path_after varchar(64)")
    staging.copy_rows(table, carried)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO territory_move (change_id, kind, subject_id, path_before, path_after, at)"
            f" SELECT %s, %s, subject_id, path_before, path_after, %s FROM {table}",
            [change.pk, kind, change.at],
        )
