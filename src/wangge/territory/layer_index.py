"""Point → grid in memory: one index a layer and its version, shared in the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from wangge.kernel.cell_index import CellIndex
from wangge.territory.geometry import Polygons, metres_a_degree
from wangge.territory.rules import leaves

BAND = 0.1  # degrees of latitude that share one plane: distances true to 0.1 %
KEPT = 8  # indexes in memory; a year's figures under old grids need a few
Points = NDArray[np.float64]


class LayerIndex:
    """The finest grids of a layer at one moment. Points are WGS-84 (lon, lat)."""

    def __init__(self, paths: Sequence[str], shapes: Polygons) -> None:
        finest = leaves(paths)
        order = sorted(np.flatnonzero(finest).tolist(), key=lambda i: paths[i])
        self.paths = [paths[i] for i in order]
        self.shapes = shapes[order]
        self._cells = CellIndex(self.shapes) if order else None
        self.bounds: tuple[float, float, float, float] | None = (
            tuple(shapely.total_bounds(self.shapes)) if order else None
        )  # west, south, east, north

    def locate_many(self, points: Points) -> NDArray[np.int32]:
        """Return the number of each point's grid in `paths`, -1 for none."""
        if self._cells is None or not len(points):
            return np.full(len(points), -1, dtype=np.int32)
        return np.asarray(self._cells.locate_many(points), dtype=np.int32)

    def nearest_many(self, points: Points, within: str = "") -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return each point's nearest grid under `within` and the metres to it; (-1, inf) for none."""
        numbers = np.array(
            [i for i, path in enumerate(self.paths) if path.startswith(within)], dtype=np.int32
        )
        nearest = np.full(len(points), -1, dtype=np.int32)
        metres = np.full(len(points), np.inf)
        if not len(numbers):
            return nearest, metres
        bands = np.floor(np.clip(points[:, 1], -89, 89) / BAND)
        for band in np.unique(bands):
            chosen = np.flatnonzero(bands == band)
            scale = np.array(metres_a_degree((band + 0.5) * BAND))
            tree = shapely.STRtree(shapely.transform(self.shapes[numbers], lambda xy, s=scale: xy * s))
            (asked, found), distance = tree.query_nearest(
                shapely.points(points[chosen] * scale), return_distance=True, all_matches=True
            )
            order = np.lexsort((found, asked))  # of equals the first path: the same answer every time
            asked, found, distance = asked[order], found[order], distance[order]
            first = np.unique(asked, return_index=True)[1]
            nearest[chosen[asked[first]]] = numbers[found[first]]
            metres[chosen[asked[first]]] = distance[first]
        return nearest, metres


@dataclass(frozen=True, slots=True)
class Spell:
    """An index, and the time `[since, until)` in which no grid of its layer begins or ends."""

    since: datetime | None
    until: datetime | None
    index: LayerIndex

    def covers(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


class Shelf:
    """The indexes in memory, oldest use out first. One is built at a time: who asks meanwhile waits."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, datetime | None], Spell] = OrderedDict()
        self._lock = Lock()
        self._building = Lock()

    def get(self, key: tuple[str, int], at: datetime, build: Callable[[], Spell]) -> LayerIndex:
        """Return the index of (layer, edition) that holds at `at`."""
        found = self._find(key, at)
        if found is not None:
            return found
        with self._building:
            found = self._find(key, at)
            return found if found is not None else self._keep(key, build())

    def _find(self, key: tuple[str, int], at: datetime) -> LayerIndex | None:
        with self._lock:
            for kept, spell in self._kept.items():
                if kept[:2] == key and spell.covers(at):
                    self._kept.move_to_end(kept)
                    return spell.index
        return None

    def _keep(self, key: tuple[str, int], built: Spell) -> LayerIndex:
        with self._lock:
            self._kept[*key, built.since] = built
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return built.index


SHELF = Shelf()
