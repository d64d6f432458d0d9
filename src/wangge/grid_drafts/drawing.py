"""A plot divided into numbered parts, drawn, with what is said of each. Pure: arrays in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from wangge.grid_drafts.dividing import divide
from wangge.grid_drafts.ground import Flags, Floats, Ints
from wangge.grid_drafts.plots import Plot, Shapes
from wangge.grid_drafts.rules import Bounds, Reason, polsby_popper, reason_for
from wangge.grid_drafts.stuck import stuck_faces
from wangge.territory.services import areas_m2


@dataclass(frozen=True, slots=True)
class Part:
    """One proposed grid and what is said of it."""

    number: int
    shape: Any
    households: int
    buildings: int
    area_m2: float
    compactness: float
    misses: int  # households outside the bounds
    is_contiguous: bool
    is_forced: bool  # a building in it fits into no part: nothing could bring it inside


def draft(plot: Plot, bounds: Bounds, seed: int) -> Ints:
    """Return the part of every face, numbered from 1, from west to east in rows from the north.

    Rule: GD-1, GD-3, GD-7.
    """
    return _numbered(plot, with_islets(plot, divide(plot.ground, bounds, seed)))


def with_islets(plot: Plot, part: Ints) -> Ints:
    """Return the division with pieces of ground without households given to the nearest part."""
    loose = part < 0
    if loose.any():
        middles = middles_m(plot)
        nearest = cKDTree(middles[~loose]).query(middles[loose])[1]
        part = part.copy()
        part[loose] = part[~loose][nearest]
    return part


def middles_m(plot: Plot) -> Floats:
    """Return a point of each face in metres from the origin of degrees."""
    found: Floats = shapely.get_coordinates(shapely.point_on_surface(plot.faces)) * np.array(plot.scale)
    return found


def _numbered(plot: Plot, part: Ints) -> Ints:
    """Rule: GD-7 (domain 2.11: from west to east, from north to south)."""
    part = np.unique(part, return_inverse=True)[1]
    count = int(part.max()) + 1
    area = shapely.area(plot.faces)
    middles = shapely.get_coordinates(shapely.centroid(plot.faces)) * plot.scale * area[:, None]
    whole = np.bincount(part, area, count)
    east, north = (np.bincount(part, middles[:, n], count) / whole for n in (0, 1))
    west, south, right, top = shapely.total_bounds(plot.faces)
    height = max(1.0, float(np.sqrt((right - west) * plot.scale[0] * (top - south) * plot.scale[1] / count)))
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((east, np.floor((north.max() - north) / height)))] = np.arange(1, count + 1)
    numbered: Ints = rank[part]
    return numbered


def dissolve(faces: Shapes, part: Ints) -> Shapes:
    """Return the outline of each part in the order of their numbers; corners are those of the faces."""
    order = np.argsort(part, kind="stable")
    cuts = np.flatnonzero(np.diff(part[order])) + 1
    joined = [shapely.coverage_union_all(each) for each in np.split(faces[order], cuts)]
    return np.array([_plain(shape) for shape in joined], dtype=object)


def _plain(shape: Any) -> Any:
    """Return the one polygon of a collection of one; a collection of several is a multipolygon."""
    polygons = [one for one in shapely.get_parts([shape]) if one.geom_type == "Polygon"]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def tell(plot: Plot, bounds: Bounds) -> list[Part]:
    """Return what is said of each part, in the order of their numbers. Rule: GD-4, GD-5."""
    numbers, at = np.unique(plot.part, return_inverse=True)
    shapes = dissolve(plot.faces, plot.part)
    households = np.bincount(at, plot.ground.households).astype(np.int64)
    buildings = np.bincount(at, plot.buildings).astype(np.int64)
    flat = shapely.transform(shapes, lambda xy: xy * np.array(plot.scale))
    compact = polsby_popper(shapely.area(flat), shapely.length(flat))
    areas, is_whole = areas_m2(shapes), contiguous(plot, at)
    forced = np.zeros(len(numbers), dtype=np.bool_)
    forced[at[stuck_faces(plot.ground, bounds)]] = True
    return [
        Part(
            int(number), shapes[n], int(households[n]), int(buildings[n]), float(areas[n]),
            float(compact[n]), int(bounds.excess(households[n])), bool(is_whole[n]), bool(forced[n]),
        )
        for n, number in enumerate(numbers.tolist())
    ]  # fmt: skip


def contiguous(plot: Plot, part: Ints) -> Flags:
    """Return which parts lie in one piece, islets without households apart. Rule: GD-1."""
    first = np.unique(plot.ground.pieces(part), return_index=True)[1]
    island = plot.ground.pieces()
    inhabited = np.bincount(island, plot.ground.households) > 0
    counts = np.bincount(part[first][inhabited[island[first]]], minlength=int(part.max()) + 1)
    is_whole: Flags = counts <= 1
    return is_whole


def why_outside(plot: Plot, parts: Sequence[Part], bounds: Bounds) -> Reason | None:
    """Return what keeps the community from the bounds. Rule: GD-4."""
    pieces = np.bincount(plot.ground.pieces(), plot.ground.households).astype(np.int64)
    outside = sum(part.misses > 0 for part in parts)
    return reason_for(pieces.tolist(), int(plot.ground.households.max()), bounds, outside)
