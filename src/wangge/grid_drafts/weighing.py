"""The households of places that a register knows: spread from their grids, or estimated. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wangge.grid_drafts.ground import Ints
from wangge.grid_drafts.rules import Source, households_of, spread
from wangge.kernel.cell_index import CellIndex
from wangge.venues.queries import Sites

STOREY_M = 3.0  # GD-6
HOUSEHOLD_M2 = 100.0
Notes = list[tuple[str, str]]


def weigh(sites: Sites, source: Source, grids: Sequence[tuple[Any, int | None]]) -> tuple[Ints, Notes]:
    """Return the households of each place, and what is to be said of them.

    `grids` are the outlines of the standing grids with the households known of each.
    Rule: GD-6, GD-9.
    """
    area, height = np.nan_to_num(sites.area_m2), np.nan_to_num(sites.height_m)
    if source is Source.ESTIMATE:
        found = households_of(area, height, storey_m=STOREY_M, gross_m2_a_household=HOUSEHOLD_M2)
        low = int(np.isnan(sites.height_m).sum())
        return found, [_estimated(len(sites), low)]
    storeys = np.maximum(1.0, np.floor(height / STOREY_M))
    found = np.zeros(len(sites), dtype=np.int64)
    known = [(shape, count) for shape, count in grids if count is not None]
    lost = len(grids) - len(known)
    if known:
        at = CellIndex(np.array([shape for shape, _ in known], dtype=object)).locate_many(sites.points)
        for n, (_, count) in enumerate(known):
            mine = np.flatnonzero(at == n)
            found[mine] = spread(count, area[mine] * storeys[mine])
    missing = sum(count for _, count in known) - int(found.sum())
    return found, _spread(len(known), lost, missing)


def _estimated(places: int, low: int) -> tuple[str, str]:
    return (
        f"{places:,} 处的户数都是估算：占地 × 层数（{STOREY_M:g} 米一层）÷ {HOUSEHOLD_M2:g} 平方米；"
        f"其中 {low:,} 处没有楼高，按一层计。",
        f"The households of all {places:,} places are estimated: footprint × storeys of {STOREY_M:g} m ÷"
        f" {HOUSEHOLD_M2:g} m²; {low:,} carry no height and count as one storey.",
    )


def _spread(known: int, lost: int, missing: int) -> Notes:
    notes = [
        (
            f"户数来自 {known:,} 个现有网格的登记数，按建筑面积摊到各场所，是推算值。",
            f"Households are those registered for {known:,} standing grids, spread over their places by floor"
            " area: inferred, not counted.",
        )
    ]
    if lost:
        notes.append(
            (f"{lost:,} 个网格没有登记户数，按 0 计。", f"{lost:,} grids have no households registered: 0.")
        )
    if missing:
        notes.append(
            (
                f"{missing:,} 户所在的网格里没有可摊的场所，没有计入。",
                f"{missing:,} households are in grids without such places: left out.",
            )
        )
    return notes
