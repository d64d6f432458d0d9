"""Outlines cut by a line, joined, and compared. Pure: shapes in, shapes or a refusal out. Rule: TE-13."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from wangge.kernel.errors import Refused, Unreadable
from wangge.territory.geometry import Polygons, differences_m2, parts

SMALLEST_M2 = 1.0  # what is smaller is the rounding of coordinates
NODE = 1e-9  # degrees: a corner this near to a neighbour's side lies on it
MOST_PIECES = 20


class LineMisses(Refused):
    status = 422
    code = "territory.line_misses"
    zh = "这条线没有把网格“{name}”分开。请让线的两端都画到网格边界之外。"
    en = "The line does not cut the grid {name}. Draw both its ends beyond the border."


class NotNeighbours(Refused):
    status = 422
    code = "territory.not_neighbours"
    zh = "所选网格不都相邻：“{name}”与其他网格没有共同的边。请只选择相邻的网格。"
    en = "The chosen grids are no neighbours: {name} shares no side with the others. Choose neighbours only."


class PiecesDiffer(Refused):
    status = 422
    code = "territory.pieces_differ"
    zh = "新的图形与原来的范围不符：少了 {missing} 平方米，多了 {extra} 平方米，互相重叠 {shared} 平方米。"
    en = (
        "The new outlines are not the old ground: {missing} m² missing, {extra} m² beyond, {shared} m² twice."
    )


def cut(shape: Any, line: Any, *, name: str) -> list[Any]:
    """Return the pieces into which the line cuts the outline, from west to east, from north to south.

    A part of the outline that the line does not touch stays with the largest piece.
    Raises: LineMisses; Unreadable for more than 20 pieces.
    Rule:   TE-13 (numbering W→E, N→S: domain 2.11).
    """
    whole, apart = [], []
    for part in parts(shape):
        found = _cut_part(part, line)
        if len(found) > 1:
            whole += found
        else:
            apart.append(part)
    if len(whole) < 2:
        raise LineMisses(name=name)
    if len(whole) > MOST_PIECES:
        why_zh, why_en = (
            f"线把网格分成了 {len(whole)} 块，最多 {MOST_PIECES} 块",
            f"{len(whole)} pieces are too many",
        )
        raise Unreadable(field="line", why_zh=why_zh, why_en=why_en)
    if apart:
        largest = max(range(len(whole)), key=lambda n: whole[n].area)
        whole[largest] = shapely.multipolygons([*parts(whole[largest]), *apart])
    return sorted(whole, key=lambda piece: (round(piece.centroid.x, 6), -piece.centroid.y))


def _cut_part(part: Any, line: Any) -> list[Any]:
    noded = shapely.union_all([part.boundary, line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded).tolist()))
    inside = shapely.contains_properly(part, shapely.point_on_surface(faces))
    return [
        face for face in faces[inside] if differences_m2(np.array([face], dtype=object))[0] >= SMALLEST_M2
    ]


def join(shapes: Polygons, names: Sequence[str]) -> Any:
    """Return the outline of neighbours together. Raises: NotNeighbours. Rule: TE-13."""
    given = np.array(shapes, dtype=object)
    reached, waiting = {0}, [0]
    while waiting:
        here = waiting.pop()
        shared = shapely.length(shapely.intersection(given[here], given))
        for n in np.flatnonzero(shared > NODE).tolist():
            if n not in reached:
                reached.add(n)
                waiting.append(n)
    lost = next((n for n in range(len(shapes)) if n not in reached), None)
    if lost is not None:
        raise NotNeighbours(name=names[lost])
    joined = parts(shapely.union_all(given, grid_size=0))
    return joined[0] if len(joined) == 1 else shapely.multipolygons(joined)


def check_same_ground(before: Polygons, after: Polygons) -> None:
    """Raises: PiecesDiffer for pieces that leave ground out, take more, or lie on each other. Rule: TE-13."""
    old, new = shapely.union_all(before), shapely.union_all(after)
    missing, extra = differences_m2(
        np.array([shapely.difference(old, new), shapely.difference(new, old)], dtype=object)
    )
    shared = float(differences_m2(after).sum() - differences_m2(np.array([new], dtype=object))[0])
    allowed = SMALLEST_M2 * max(len(before), len(after))
    if max(missing, extra, shared) > allowed:
        raise PiecesDiffer(missing=round(missing), extra=round(extra), shared=round(shared))


def shared_m2(before: Polygons, after: Polygons) -> list[tuple[int, int, float]]:
    """Return which old ground lies in which new grid: (number before, number after, square metres)."""
    pairs = [(i, j) for i in range(len(before)) for j in range(len(after))]
    if not pairs:
        return []
    left, right = (np.array([pair[n] for pair in pairs]) for n in (0, 1))
    areas = differences_m2(shapely.intersection(before[left], after[right]))
    return [(i, j, float(m2)) for (i, j), m2 in zip(pairs, areas, strict=True) if m2 >= SMALLEST_M2]


def with_corners(neighbour: Any, corners: Any) -> Any:
    """Return the neighbour with the corners of others that lie on its sides: both then share their edges.

    The ground stays what it was; the index from points to grids is exact only on shared edges.
    """
    near = shapely.get_parts(corners)
    near = near[shapely.dwithin(neighbour.boundary, near, NODE)]
    known = set(map(tuple, shapely.get_coordinates(neighbour)))
    fresh = [point for point in near if (point.x, point.y) not in known]
    noded = shapely.snap(neighbour, shapely.multipoints(fresh), NODE) if fresh else neighbour
    return noded if shapely.is_valid(noded) else neighbour
