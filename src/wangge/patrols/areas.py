"""The area of the grids that somebody walks. Rule: PA-4."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from wangge.territory import queries as territory

Key = tuple[tuple[str, str], ...]  # (layer, path) of the grids


def areas_of(wanted: Iterable[Key], at: datetime) -> dict[Key, Any]:
    """Return the joined area of each set of (layer, path): of a path with all grids below it."""
    indexes: dict[str, Any] = {}
    areas: dict[Key, Any] = {}
    for some in set(wanted):
        shapes = []
        for layer, path in some:
            index = indexes.get(layer) or indexes.setdefault(layer, territory.index_of(layer, at))
            inside = [n for n, one in enumerate(index.paths) if one.startswith(path)]
            shapes += list(index.shapes[inside])
        areas[some] = shapes[0] if len(shapes) == 1 else shapely.union_all(np.array(shapes, dtype=object))
    return areas
