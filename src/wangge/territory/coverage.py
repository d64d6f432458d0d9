"""Is a layer a partition? Gaps, overlaps and broken polygons, with their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from wangge.territory.geometry import Polygons, differences_m2, parts
from wangge.territory.rules import leaves

HAIR = 1e-9  # degrees, a tenth of a millimetre
SMALLEST_M2 = 1.0  # what is smaller is the rounding of coordinates


@dataclass(slots=True)
class Coverage:
    """What is wrong with a layer. `gaps` and `overlaps` are (polygon, square metres)."""

    grids: int
    gaps: list[tuple[Any, float]] = field(default_factory=list)
    overlaps: list[tuple[Any, float, str, str]] = field(default_factory=list)  # with the two paths
    edges: list[Any] = field(default_factory=list)  # sides that do not meet their neighbour's
    invalid: list[str] = field(default_factory=list)


def measure(paths: Sequence[str], shapes: Polygons) -> Coverage:
    """Return gaps, overlaps and broken polygons among the finest grids.

    A gap is a hole in what the grids cover together, or a piece of a coarser grid that none covers.
    Rule: TE-5.
    """
    finest = leaves(paths)
    numbers = np.flatnonzero(finest)
    found = Coverage(len(numbers))
    valid = shapely.is_valid(shapes)
    found.invalid = [path for path, is_valid in zip(paths, valid, strict=True) if not is_valid]
    sound = np.where(valid, shapes, shapely.make_valid(shapes)) if len(shapes) else shapes
    if not len(numbers):
        return found
    below = sound[numbers]
    if found.invalid or not shapely.coverage_is_valid(below):
        found.overlaps = overlaps(
            [path for path, is_leaf in zip(paths, finest, strict=True) if is_leaf], below
        )
        found.edges = [] if found.invalid else _loose_edges(below)
    found.gaps = _gaps(paths, sound, finest)
    return found


def overlaps(
    paths: Sequence[str], shapes: Polygons, smallest_m2: float = SMALLEST_M2
) -> list[tuple[Any, float, str, str]]:
    """Return what two grids both cover, with its area and the two paths; a grid may lie in its own parent."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a < b and not _nested(paths[a], paths[b])]
    if not pairs:
        return []
    left, right = np.array(pairs).T
    shared = shapely.intersection(shapes[left], shapes[right])
    areas = differences_m2(shared)
    return [
        (shape, float(area), paths[a], paths[b])
        for shape, area, a, b in zip(shared, areas, left, right, strict=True)
        if area >= smallest_m2
    ]


def _nested(one: str, other: str) -> bool:
    return one != other and (one.startswith(other) or other.startswith(one))


def _loose_edges(shapes: Polygons) -> list[Any]:
    edges = shapely.coverage_invalid_edges(shapes)
    return [edge for edge in edges if edge is not None and not edge.is_empty]


def _gaps(paths: Sequence[str], shapes: Polygons, finest: Any) -> list[tuple[Any, float]]:
    below = shapes[finest]
    together = shapely.union_all(below, grid_size=HAIR)  # a crack thinner than a hair opens no gap
    missing = [shapely.polygons(ring) for part in parts(together) for ring in part.interiors]
    for i in np.flatnonzero(~finest):
        missing.append(shapely.difference(shapes[i], together))
    pieces = parts(shapely.union_all(missing)) if missing else []
    areas = differences_m2(np.array(pieces, dtype=object))
    return [(piece, float(area)) for piece, area in zip(pieces, areas, strict=True) if area >= SMALLEST_M2]
