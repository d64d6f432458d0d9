"""Segments against outlines and roads: which lie quietly inside, and what is left of the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Lines = NDArray[np.float64]  # (n, 2, 2): segments, each of two (lon, lat)
BEYOND = 1e-9  # degrees a cut piece reaches over the line that cuts it, so that the two surely cross


def segments_of(shapes: NDArray[np.object_]) -> Lines:
    """Return every segment of lines or outlines, each once."""
    parts = shapely.get_parts(shapely.get_parts(shapes)) if len(shapes) else shapes
    parts = np.concatenate([shapely.get_rings(parts), parts[shapely.get_type_id(parts) == 1]])
    if not len(parts):
        return np.empty((0, 2, 2))
    coordinates, of = shapely.get_coordinates(parts, return_index=True)
    joined = of[1:] == of[:-1]
    lines = np.stack([coordinates[:-1][joined], coordinates[1:][joined]], axis=1)
    lines = lines[(lines[:, 0] != lines[:, 1]).any(axis=1)]
    turned = (lines[:, 0, 0] > lines[:, 1, 0]) | (
        (lines[:, 0, 0] == lines[:, 1, 0]) & (lines[:, 0, 1] > lines[:, 1, 1])
    )
    lines[turned] = lines[turned][:, ::-1]
    unique: Lines = np.unique(lines.reshape(-1, 4), axis=0).reshape(-1, 2, 2)
    return unique


def pieces_inside(
    lines: Lines, outline: Any, roads: Lines
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Lines]:
    """Return which lines lie inside or reach in, which touch the outline or a road, and the pieces of those.

    A piece that the outline cut reaches a hair beyond the cut.
    """
    drawn = shapely.linestrings(lines)
    border = segments_of(np.array([shapely.boundary(outline)], dtype=object))
    touches = _meet(drawn, border)
    middles = lines.mean(axis=1)
    shapely.prepare(outline)
    inside = touches | shapely.contains_xy(outline, middles[:, 0], middles[:, 1])
    meets = _meet(drawn, roads) & inside & ~touches
    return inside, touches | meets, np.concatenate([lines[meets], _cut(lines[touches], outline)])


def _meet(drawn: NDArray[np.object_], others: Lines) -> NDArray[np.bool_]:
    found = np.zeros(len(drawn), dtype=np.bool_)
    if len(others):
        found[shapely.STRtree(shapely.linestrings(others)).query(drawn, predicate="intersects")[0]] = True
    return found


def _cut(ridges: Lines, outline: Any) -> Lines:
    kept, of = shapely.get_parts(
        shapely.intersection(shapely.linestrings(ridges), outline), return_index=True
    )
    is_line = (shapely.get_type_id(kept) == 1) & (shapely.get_num_coordinates(kept) >= 2)
    kept, of = kept[is_line], of[is_line]
    if not len(kept):
        return np.empty((0, 2, 2))
    coordinates, number = shapely.get_coordinates(kept, return_index=True)
    first = np.unique(number, return_index=True)[1]
    last = np.append(first[1:], len(coordinates)) - 1
    ends = np.stack([coordinates[first], coordinates[last]], axis=1)
    whole = ridges[of]
    along = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-15)[:, None]
    step = along / length * BEYOND
    for end, sign in ((0, -1), (1, 1)):
        is_corner = (ends[:, end] == whole[:, 0]).all(axis=1) | (ends[:, end] == whole[:, 1]).all(axis=1)
        ends[~is_corner, end] += sign * step[~is_corner]
    return ends
