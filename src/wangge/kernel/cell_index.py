"""Point → polygon in bulk: a raster of answers, and an exact side test in cells with a border (KE-16).

A cell that no edge touches lies in the same polygons everywhere: its answer is one gather. In a border
cell the answer is known at one reference point; walking from there to the point, along the reference's
parallel and then the point's meridian, each edge crossed changes sides. Only edges that touch the cell can be
crossed. What floating point cannot decide (a point on a border, on a vertex) goes to GEOS, which can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wangge.kernel.edges import Edges, edges_of, expand

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Indices = NDArray[np.intp]

CELLS_A_POLYGON = 38  # across: one cell in twenty has a border in it
MIN_CELLS, MAX_CELLS = 64, 2048
CHUNK = 1 << 16
NOWHERE = -1
FIRST_BORDER = -2  # border cell k is written FIRST_BORDER - k
REFERENCE = (0.5127, 0.4871)  # of a cell, off its middle: regular grids have their edges there
PAD = 1e-3  # of a cell: touching is decided generously
LAST = np.iinfo(np.int32).max


class CellIndex:
    """Answers which polygon covers a point: the lowest number of those that do, -1 if none.

    Polygons are valid and in one plane (WGS-84 degrees); they may leave gaps, overlap and have holes.
    A point on a border belongs to the lowest-numbered polygon that touches it.
    """

    def __init__(self, polygons: Sequence[Any] | NDArray[Any]) -> None:
        shapes = np.asarray(polygons, dtype=object)
        self._tree = shapely.STRtree(shapes)
        self._span = int(np.clip(CELLS_A_POLYGON * np.sqrt(max(1, len(shapes))), MIN_CELLS, MAX_CELLS))
        edges = edges_of(shapes)
        self._frame(edges)
        cell, edge = self._touched(edges)
        self._cells, of_cell = np.unique(cell, return_inverse=True)  # the border cells, in order
        self._raster = self._rasterise()
        self._tabulate(edges, of_cell, edge, len(shapes))

    def locate_many(self, points: Floats) -> Ints:
        """Return the number of each point's polygon.

        Shape: (n, 2) lon, lat → (n,) int32; -1 for a point in no polygon, and for one that is not finite.
        Rule:  KE-16.
        """
        found = np.empty(len(points), dtype=np.int32)
        for start in range(0, len(points), CHUNK):
            part = points[start : start + CHUNK]
            answer = found[start : start + CHUNK]
            np.take(self._raster, self._cell_of(part[:, 0], part[:, 1]), out=answer, mode="clip")
            border = np.flatnonzero(answer < NOWHERE)
            if len(border):
                answer[border] = self._at_border(
                    part[border], (FIRST_BORDER - answer[border]).astype(np.intp)
                )
        return found

    def locate(self, lon: float, lat: float) -> int:
        """Return the number of the point's polygon, -1 if none. Rule: KE-16."""
        return int(self.locate_many(np.array([[lon, lat]], dtype=np.float64))[0])

    def locate_exactly(self, points: Floats) -> Ints:
        """Return what `locate_many` returns, by GEOS alone. Shape: as there."""
        found = np.full(len(points), LAST, dtype=np.int32)
        finite = np.flatnonzero(np.isfinite(points).all(axis=1))
        if len(finite):
            which, polygon = self._tree.query(shapely.points(points[finite]), predicate="intersects")
            np.minimum.at(found, finite[which], polygon.astype(np.int32))
        found[found == LAST] = NOWHERE
        return found

    def _frame(self, edges: Edges) -> None:
        """Lay span × span cells over the polygons, and a ring of empty cells around them."""
        low, high = edges.bounds()
        greatest = float(np.abs([low, high]).max()) or 1.0
        size = np.maximum(high - low, 1e-6 * greatest)  # cells far wider than the last digit of a coordinate
        self._low = low - size / (4 * self._span)
        self._scale = self._span / (size * (1 + 1 / (2 * self._span)))
        self._width = self._span + 2
        self._tolerance = 256 * float(np.finfo(np.float64).eps) * max(greatest, float(size.max()))

    def _axis(self, value: Floats, axis: int) -> Indices:
        """Return column (0) or row (1): monotone in `value`, so touching can be told from end points."""
        place = (value - self._low[axis]) * self._scale[axis] + 1.0
        np.fmax(place, 0.0, out=place)  # also turns NaN into the empty ring
        np.fmin(place, self._width - 1.0, out=place)
        cells: Indices = place.astype(np.intp)
        return cells

    def _cell_of(self, x: Floats, y: Floats) -> Indices:
        cell = self._axis(y, 1)
        cell *= self._width
        cell += self._axis(x, 0)
        return cell

    def _reference(self, cells: Indices) -> Floats:
        row, column = np.divmod(cells, self._width)
        place = np.column_stack([column - 1 + REFERENCE[0], row - 1 + REFERENCE[1]])
        reference: Floats = self._low + place / self._scale
        return reference

    def _touched(self, edges: Edges) -> tuple[Indices, Indices]:
        """Return the pairs (cell, edge) where an edge touches a cell, or nearly does."""
        pad_x, pad_y = PAD / self._scale
        first = self._axis(edges.x1 - pad_x, 0)
        edge, column = expand(first, self._axis(edges.x2 + pad_x, 0) - first + 1)
        left = self._low[0] + (column - 1) / self._scale[0] - pad_x
        right = self._low[0] + column / self._scale[0] + pad_x
        one, other = edges.y_at(edge, left), edges.y_at(edge, right)
        low = self._axis(np.minimum(one, other) - pad_y, 1)
        pair, row = expand(low, self._axis(np.maximum(one, other) + pad_y, 1) - low + 1)
        return row * self._width + column[pair], edge[pair]

    def _rasterise(self) -> Ints:
        """Answer the cells without a border: along a row it changes only behind a border cell."""
        is_border = np.zeros(self._width * self._width, dtype=bool)
        is_border[self._cells] = True
        starts = ~is_border
        starts[1:] &= is_border[:-1]
        starts[:: self._width] = ~is_border[:: self._width]
        runs = np.flatnonzero(starts)
        answers = self.locate_exactly(self._reference(runs))
        raster: Ints = answers[np.maximum(np.cumsum(starts) - 1, 0)]
        raster[self._cells] = FIRST_BORDER - np.arange(len(self._cells), dtype=np.int32)
        return raster

    def _tabulate(self, edges: Edges, of_cell: Indices, edge: Indices, count: int) -> None:
        """Note for each border cell its candidate polygons, and for each of those its edges in the cell."""
        reference = self._reference(self._cells)
        at, covering = self._tree.query(shapely.points(reference), predicate="intersects")
        keys = of_cell * count + edges.polygon[edge]
        order = np.argsort(keys, kind="stable")
        keys, of_cell, edge = keys[order], of_cell[order], edge[order]
        is_in = np.unique(at * count + covering)
        candidates = np.union1d(keys, is_in)
        self._polygon = (candidates % count).astype(np.int32)
        self._first_candidate = np.searchsorted(candidates // count, np.arange(len(self._cells) + 1))
        self._first_edge = np.append(np.searchsorted(keys, candidates), len(keys))
        self._table, left = self._side_tests(edges, edge, reference[of_cell])
        crossed = np.concatenate([[0], np.cumsum(left)])
        flips = crossed[self._first_edge[1:]] - crossed[self._first_edge[:-1]]
        self._starts_in = np.isin(candidates, is_in) ^ (flips % 2 == 1)

    def _side_tests(self, edges: Edges, edge: Indices, reference: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the rows of the table, and whether the parallel meets the edge left of the reference."""
        x1, y1, x2 = edges.x1[edge], edges.y1[edge], edges.x2[edge]
        dx, dy = x2 - x1, edges.y2[edge] - y1
        east, north = reference[:, 0] - x1, reference[:, 1] - y1
        meets = (y1 > reference[:, 1]) != (edges.y2[edge] > reference[:, 1])
        crossing = np.full(len(edge), np.inf)
        np.divide(north * dx, dy, out=crossing, where=meets)
        crossing += x1
        doubt = self._tolerance * np.hypot(dx, dy)
        unsure = np.abs(east * dy - north * dx) <= doubt  # the reference itself lies on the edge's line
        unsure |= np.abs(reference[:, 0] - crossing) <= self._tolerance
        doubt[unsure] = np.inf
        table = np.column_stack([x1, y1, x2, dx, dy, north * dx, crossing, doubt])
        return table, crossing < reference[:, 0]

    def _at_border(self, points: Floats, border: Indices) -> Ints:
        """Return the polygon of each point, whose border cell is given."""
        first = self._first_candidate[border]
        candidates = self._first_candidate[border + 1] - first
        point, candidate = expand(first, candidates)
        begin = self._first_edge[candidate]
        count = self._first_edge[candidate + 1] - begin
        pair, row = expand(begin, count)
        owner = point[pair]
        crosses, unsure = self._crosses(self._table[row], points[owner])
        crossed = np.concatenate([[0], np.cumsum(crosses)])
        end = np.cumsum(count)
        flips = (crossed[end] - crossed[end - count]) & 1
        is_in = self._starts_in[candidate] ^ (flips == 1)
        lowest = np.where(is_in, self._polygon[candidate], LAST)
        found: Ints = np.minimum.reduceat(lowest, np.cumsum(candidates) - candidates)
        found[found == LAST] = NOWHERE
        if unsure.any():
            doubtful = np.unique(owner[unsure])
            found[doubtful] = self.locate_exactly(points[doubtful])
        return found

    def _crosses(self, table: Floats, points: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return whether the walk to the point changes sides at the edge, and what is too close to tell."""
        x1, y1, x2, dx, dy, at_reference, crossing, doubt = table.T
        x, y = points[:, 0], points[:, 1]
        rise = (x - x1) * dy
        at_corner = rise - at_reference  # positive: the edge is above where the walk turns
        at_point = rise - (y - y1) * dx  # positive: the edge is above the point
        crosses = ((at_corner > 0) != (at_point > 0)) & (x1 <= x) & (x < x2)
        crosses ^= crossing < x
        unsure = np.minimum(np.abs(at_corner), np.abs(at_point)) <= doubt
        unsure |= np.abs(x - crossing) <= self._tolerance
        return crosses, unsure
