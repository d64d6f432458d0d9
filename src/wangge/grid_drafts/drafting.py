"""Grids proposed from buildings and the borders of communities. Pure: shapes in, shapes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from wangge.grid_drafts.drawing import Part, draft, tell, why_outside, with_islets
from wangge.grid_drafts.ground import Flags, Ints
from wangge.grid_drafts.plots import Buildings, Plot, Shapes, lay_out
from wangge.grid_drafts.redrafting import redraft
from wangge.grid_drafts.rules import Bounds, Reason
from wangge.kernel.cell_index import CellIndex


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of an earlier draft: the number of its community's outline, its own number, its shape."""

    outline: int
    number: int
    shape: Any


@dataclass(frozen=True, slots=True)
class Draft:
    """What is proposed for one community: nothing where no household is known.

    After a redraft `moved` households change their part; `at_least` do in every division inside the bounds.
    """

    parts: Sequence[Part]
    reason: Reason | None
    moved: int | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft for each outline in their order; `astray` buildings stand in none of them."""

    drafts: Sequence[Draft]
    astray: int
    astray_households: int


def draft_grids(
    outlines: Shapes,
    buildings: Buildings,
    bounds: Bounds,
    *,
    roads: Sequence[Any] = (),
    kept: Sequence[Kept] = (),
    seed: int = 0,
    heartbeat: Callable[[int], None] = lambda done: None,
) -> Proposal:
    """Return contiguous, compact parts of every outline, with as many inside the bounds as can be found.

    No part crosses an outline; borders like to run along `roads`. Outlines with `kept` parts are redrafted.
    All shapes are in WGS-84, outlines do not overlap. `heartbeat` is told how many are done, and may raise.
    Rule: GD-1 to GD-8.
    """
    plots, astray = plots_of(outlines, buildings, roads)
    former: dict[int, list[Kept]] = {}
    for one in kept:
        former.setdefault(one.outline, []).append(one)
    drafts = []
    for number, plot in enumerate(plots):
        drafts.append(draft_plot(plot, bounds, former.get(number, ()), seed))
        heartbeat(number + 1)
    return Proposal(drafts, int(astray.sum()), int(buildings.households[astray].sum()))


def plots_of(outlines: Shapes, buildings: Buildings, roads: Sequence[Any] = ()) -> tuple[list[Plot], Flags]:
    """Return the undivided plot of each outline, and which buildings stand in none of them."""
    of = CellIndex(outlines).locate_many(buildings.points).astype(np.int64)
    return lay_out(outlines, buildings, of, roads), of < 0


def draft_plot(plot: Plot, bounds: Bounds, kept: Sequence[Kept], seed: int) -> Draft:
    """Divide one plot, keeping to earlier parts if there are any; return what is said of it.

    Changes the plot.
    """
    moved = at_least = None
    if not plot.ground.households.any():
        return Draft([], Reason.NO_HOUSEHOLDS)
    if kept:
        plot.part, moved, at_least = redraft(plot.ground, homes(plot, kept), bounds, seed)
    else:
        plot.part = draft(plot, bounds, seed)
    parts = tell(plot, bounds)
    return Draft(parts, why_outside(plot, parts, bounds), moved, at_least)


def homes(plot: Plot, kept: Sequence[Kept]) -> Ints:
    """Return the former part of each face, told by its building; ground that had none goes to the nearest."""
    face, which = shapely.STRtree([one.shape for one in kept]).query(
        shapely.points(plot.places), "intersects"
    )
    home = np.full(len(plot.faces), -1, dtype=np.int64)
    home[face] = np.array([one.number for one in kept], dtype=np.int64)[which]
    return with_islets(plot, home)
