"""Where places stand and how large they are, in arrays: for whoever weighs a whole town at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wangge.kernel import prepared
from wangge.territory.queries import pattern_of

_COUNT = "SELECT count(*) FROM venues_venue WHERE grid_path LIKE %s AND class_code = ANY(%s) AND is_open"
_SITES = """
SELECT lon, lat, coalesce(area_m2, 'NaN'), coalesce(height_m, 'NaN') FROM venues_venue
 WHERE grid_path LIKE %s AND class_code = ANY(%s) AND is_open ORDER BY grid_path, id
"""


@dataclass(frozen=True, slots=True)
class Sites:
    """Places in the order of grid and id.

    Units: degrees WGS-84, square metres and metres, NaN for unknown.
    """

    points: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    height_m: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.points)


def count_sites(path: str, classes: Sequence[str]) -> int:
    """Return how many open places of the classes a territory has."""
    row: tuple[int] = prepared.send(_COUNT, pattern_of(path), list(classes)).fetchall()[0]
    return row[0]


def list_sites(path: str, classes: Sequence[str]) -> Sites:
    """Return the open places of the classes in a territory. The caller answers for the scope."""
    rows: list[Any] = prepared.send(_SITES, pattern_of(path), list(classes)).fetchall()
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return Sites(table[:, :2], table[:, 2], table[:, 3])
