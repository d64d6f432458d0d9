"""The ground of several communities cut into pieces that can be dealt out: a planar partition.

Every building gets the ground nearest to it (its Voronoi cell in metres), cut by the outline of its
community and by main roads. All lines are noded together and turned into faces, so that neighbours share
every vertex, in one community and across its border: whole faces can neither gape nor overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from wangge.grid_drafts.cells import weave
from wangge.grid_drafts.ridges import Lines, pieces_inside, segments_of
from wangge.territory.services import metres_a_degree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

ON_ROAD = 1e-9  # degrees


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Faces with the community each lies in, the site it is nearest to, and who borders on whom.

    Shape: `left`, `right`, `border_m`, `is_road` are one entry a pair of neighbours of one community.
    """

    faces: Shapes
    community: Ints
    site: Ints  # nearest site of its community; -1 in a community without any
    is_home: NDArray[np.bool_]  # the face its site stands in: only this one has its households
    left: Ints
    right: Ints
    border_m: Floats
    is_road: NDArray[np.bool_]
    scale: tuple[float, float]  # metres a degree, east and north


def lay(outlines: Shapes, points: Floats, of: Ints, roads: Sequence[Any] = ()) -> Mosaic:
    """Return the mosaic of `outlines` (WGS-84) for sites at `points`, of which `of` says the outline.

    `points` are distinct within an outline.
    """
    middle = (shapely.total_bounds(outlines)[1] + shapely.total_bounds(outlines)[3]) / 2
    scale = np.array(metres_a_degree(float(middle)))
    road_lines = segments_of(np.array(roads, dtype=object))
    crossing: list[Lines] = [segments_of(shapely.boundary(outlines)), road_lines]
    quiet: list[Lines] = []
    inner, inner_site = [np.empty(0, dtype=object)], [np.empty(0, dtype=np.int64)]
    for number, outline in enumerate(outlines):
        sites = np.flatnonzero(of == number)
        net = weave(points[sites], scale, outline)
        if not len(net.lines):
            continue
        is_inside, is_cut, cut = pieces_inside(net.lines, outline, road_lines)
        is_whole = np.arange(len(net.points)) < len(sites)
        is_whole[net.sites[is_cut | ~is_inside].ravel()] = False
        is_whole[_holding(points[sites] * scale, outline, roads, scale)] = False
        at_rim = ~is_whole[net.sites].all(axis=1)
        quiet.append(net.lines[is_inside & ~is_cut & at_rim])
        crossing.append(cut)
        inner.append(net.cells(is_whole))
        inner_site.append(sites[is_whole[: len(sites)]])
    noded = shapely.get_parts(shapely.union_all(shapely.linestrings(np.concatenate(crossing))))
    rim = shapely.get_parts(
        shapely.polygonize(np.concatenate([noded, *(shapely.linestrings(each) for each in quiet)]))
    )
    whole, whole_site = np.concatenate(inner), np.concatenate(inner_site)
    rim, community, site, is_home = _own(rim, outlines, points, of, scale, whole_site)
    faces = np.concatenate([whole, rim])
    community = np.concatenate([of[whole_site], community])
    left, right, border_m, middles = _borders(faces, community, scale)
    return Mosaic(
        faces, community, np.concatenate([whole_site, site]),
        np.concatenate([np.ones(len(whole), dtype=np.bool_), is_home]),
        left, right, border_m, _near(middles, road_lines), (float(scale[0]), float(scale[1])),
    )  # fmt: skip


def _holding(flat: Floats, outline: Any, roads: Sequence[Any], scale: Floats) -> Ints:
    """Return the sites in whose cells a ring or a road begins: it may touch no side."""
    rings = shapely.get_rings(outline)
    starts = shapely.get_coordinates([shapely.get_point(line, 0) for line in (*rings, *roads)])
    found: Ints = cKDTree(flat).query(starts * scale)[1].astype(np.int64)
    return found


def _own(
    faces: Shapes, outlines: Shapes, points: Floats, of: Ints, scale: Floats, whole_site: Ints
) -> tuple[Shapes, Ints, Ints, NDArray[np.bool_]]:
    """Return the faces at the rims with community, nearest site, and whether the site stands in it.

    What lies in no outline, and what the whole cells of the inside fill, is left out.
    """
    inside = shapely.point_on_surface(faces)
    community = _community_of(inside, outlines)
    faces, inside, community = faces[community >= 0], inside[community >= 0], community[community >= 0]
    site = _nearest(shapely.get_coordinates(inside) * scale, community, points * scale, of)
    is_whole = np.zeros(len(points) + 1, dtype=np.bool_)  # the last is nobody's: -1
    is_whole[whole_site] = True
    rim = ~is_whole[site]
    return faces[rim], community[rim], site[rim], _homes(faces[rim], site[rim], points)


def _community_of(inside: Shapes, outlines: Shapes) -> Ints:
    """Return in which outline each point lies, the first of several; -1 for none."""
    which, outline = shapely.STRtree(outlines).query(inside, predicate="intersects")
    found = np.full(len(inside), len(outlines), dtype=np.int64)
    np.minimum.at(found, which, outline)
    found[found == len(outlines)] = -1
    return found


def _nearest(inside: Floats, community: Ints, points: Floats, of: Ints) -> Ints:
    site = np.full(len(inside), -1, dtype=np.int64)
    for number in np.unique(community):
        mine, sites = np.flatnonzero(community == number), np.flatnonzero(of == number)
        if len(sites):
            site[mine] = sites[cKDTree(points[sites]).query(inside[mine])[1]]
    return site


def _homes(faces: Shapes, site: Ints, points: Floats) -> NDArray[np.bool_]:
    """Return for each face whether its site stands in it: of the pieces of a cell, one."""
    is_home = np.zeros(len(faces), dtype=np.bool_)
    owned = np.flatnonzero(site >= 0)
    away = shapely.distance(faces[owned], shapely.points(points[site[owned]]))
    order = owned[np.lexsort((away, site[owned]))]
    is_home[order[np.unique(site[order], return_index=True)[1]]] = True
    return is_home


def _borders(faces: Shapes, community: Ints, scale: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the pairs of faces of one community that share a border, its metres, and a point on it."""
    coordinates, of = shapely.get_coordinates(faces, return_index=True)
    rings = shapely.get_rings(faces)
    ring = np.repeat(np.arange(len(rings)), shapely.get_num_coordinates(rings))
    _, corner = np.unique(coordinates[:, 0] + 1j * coordinates[:, 1], return_inverse=True)
    is_edge = ring[1:] == ring[:-1]
    start, end, face = corner[:-1][is_edge], corner[1:][is_edge], of[:-1][is_edge]
    lengths = np.hypot(*((coordinates[1:] - coordinates[:-1])[is_edge] * scale).T)
    middles = ((coordinates[1:] + coordinates[:-1]) / 2)[is_edge]
    key = np.minimum(start, end) * (corner.max() + 1) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    twin = np.flatnonzero(key[order][1:] == key[order][:-1])
    one, other = order[twin], order[twin + 1]
    a, b = np.minimum(face[one], face[other]), np.maximum(face[one], face[other])
    same = (community[a] == community[b]) & (a != b)
    a, b, m, middle = a[same], b[same], lengths[one][same], middles[one][same]
    pair, first, of_pair = np.unique(a * len(faces) + b, return_index=True, return_inverse=True)
    border_m = np.bincount(of_pair, m, len(pair)).astype(np.float64)
    return (
        (pair // len(faces)).astype(np.int64),
        (pair % len(faces)).astype(np.int64),
        border_m,
        middle[first],
    )


def _near(points: Floats, lines: Lines) -> NDArray[np.bool_]:
    near = np.zeros(len(points), dtype=np.bool_)
    if len(lines) and len(points):
        tree = shapely.STRtree(shapely.linestrings(lines))
        near[tree.query(shapely.points(points), predicate="dwithin", distance=ON_ROAD)[0]] = True
    return near
