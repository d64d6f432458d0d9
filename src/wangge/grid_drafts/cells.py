"""Voronoi cells of one community's sites: their borders as segments, and whole cells as polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FAR = 3.0  # diagonals from the middle: what stands there is nowhere the nearest
LEAST_M = 1_000.0
ROUND = 10  # decimals of a degree: corners nearer than a hundredth of a millimetre are one


@dataclass(frozen=True, slots=True)
class Net:
    """The borders of the cells. Shape: `lines` is (n, 2, 2) in degrees, `sites` (n, 2) the two they part.

    After the sites come a few far away, so that every cell of a site is closed.
    """

    points: Floats
    lines: Floats
    sites: Ints

    def cells(self, chosen: NDArray[np.bool_]) -> NDArray[np.object_]:
        """Return the cells of the chosen sites as polygons, in order: convex, so corners by their angle."""
        site = np.concatenate([self.sites[:, 0], self.sites[:, 0], self.sites[:, 1], self.sites[:, 1]])
        corner = np.concatenate([self.lines[:, 0], self.lines[:, 1], self.lines[:, 0], self.lines[:, 1]])
        mine = chosen[site]
        site, corner = site[mine], corner[mine]
        away = corner - self.points[site]
        order = np.lexsort((np.arctan2(away[:, 1], away[:, 0]), site))
        site, corner = site[order], corner[order]
        is_new = np.ones(len(site), dtype=np.bool_)
        is_new[1:] = (site[1:] != site[:-1]) | (corner[1:] != corner[:-1]).any(axis=1)
        site, corner = site[is_new], corner[is_new]
        number = np.cumsum(chosen)[site] - 1
        drawn: NDArray[np.object_] = shapely.polygons(shapely.linearrings(corner, indices=number))
        return drawn


def weave(points: Floats, scale: Floats, outline: Any) -> Net:
    """Return the net of `points` (degrees) over an outline; `scale`: metres a degree."""
    if len(points) < 2:
        return Net(points, np.empty((0, 2, 2)), np.empty((0, 2), dtype=np.int64))
    flat = points * scale
    box = np.concatenate([np.array(outline.bounds).reshape(2, 2) * scale, flat])
    middle = (box.min(axis=0) + box.max(axis=0)) / 2
    reach = FAR * max(LEAST_M, float(np.hypot(*np.ptp(box, axis=0))))
    turns = np.arange(8) * np.pi / 4 + 0.1
    around = reach * np.column_stack([np.cos(turns), np.sin(turns)])
    found = Voronoi(np.concatenate([flat - middle, around]))
    ends = np.array(found.ridge_vertices, dtype=np.int64)
    sites = np.array(found.ridge_points, dtype=np.int64)
    real = (ends >= 0).all(axis=1) & (sites < len(points)).any(axis=1)
    corners = np.round((found.vertices + middle) / scale, ROUND)
    lines, sites = corners[ends[real]], sites[real]
    seen = (lines[:, 0] != lines[:, 1]).any(axis=1)
    return Net(np.concatenate([points, (around + middle) / scale]), lines[seen], sites[seen])
