"""Each community as a plot: its faces with their households, and which building stands on which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wangge.grid_drafts.ground import Floats, Ground, Ints
from wangge.grid_drafts.mosaic import Mosaic, lay

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Buildings:
    """Buildings of a town: WGS-84 places and households."""

    points: Floats
    households: Ints

    def __len__(self) -> int:
        return len(self.points)


@dataclass(slots=True)
class Plot:
    """The ground of one community: faces, how many buildings stand on each, and the part of each face.

    `places` are where those buildings stand; of a face without one, some point inside.
    """

    faces: Shapes
    ground: Ground
    scale: tuple[float, float]
    buildings: Ints
    places: Floats = field(default_factory=lambda: np.empty((0, 2)))
    part: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def lay_out(outlines: Shapes, buildings: Buildings, of: Ints, roads: Sequence[Any] = ()) -> list[Plot]:
    """Return the plot of each outline; `of` says in which each building stands, -1 in none."""
    mine = np.flatnonzero(of >= 0)
    keys = np.column_stack([of[mine].astype(np.float64), buildings.points[mine]])
    _, first, site = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    site, count = site.ravel(), len(first)
    points = buildings.points[mine[first]]
    mosaic = lay(outlines, points, of[mine[first]], roads)
    at = np.where(mosaic.is_home, mosaic.site, count)
    households = np.append(np.bincount(site, buildings.households[mine], count), 0)[at].astype(np.int64)
    standing = np.append(np.bincount(site, minlength=count), 0)[at]
    places = np.empty((len(mosaic.faces), 2))
    places[mosaic.is_home] = points[mosaic.site[mosaic.is_home]]
    bare = ~mosaic.is_home
    places[bare] = shapely.get_coordinates(shapely.point_on_surface(mosaic.faces[bare]))
    return _plots(mosaic, len(outlines), households, standing, places)


def _plots(mosaic: Mosaic, count: int, households: Ints, standing: Ints, places: Floats) -> list[Plot]:
    """Deal faces and borders out to their communities."""
    numbers = np.arange(count + 1)
    face_order = np.argsort(mosaic.community, kind="stable")
    face_from = np.searchsorted(mosaic.community[face_order], numbers)
    pair_community = mosaic.community[mosaic.left]
    pair_order = np.argsort(pair_community, kind="stable")
    pair_from = np.searchsorted(pair_community[pair_order], numbers)
    name = np.empty(len(mosaic.faces), dtype=np.int64)
    name[face_order] = np.arange(len(face_order)) - face_from[mosaic.community[face_order]]
    found = []
    for number in range(count):
        faces = face_order[face_from[number] : face_from[number + 1]]
        pairs = pair_order[pair_from[number] : pair_from[number + 1]]
        ground = Ground.of(
            households[faces], name[mosaic.left[pairs]], name[mosaic.right[pairs]],
            mosaic.border_m[pairs], mosaic.is_road[pairs],
        )  # fmt: skip
        found.append(Plot(mosaic.faces[faces], ground, mosaic.scale, standing[faces], places[faces]))
    return found
