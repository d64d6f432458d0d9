"""Nodes of the territory: divisions and standing grids alike, by their path and level."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from wangge.kernel import prepared
from wangge.territory.models import Duty, Grid, GridMember, Tier
from wangge.territory.movers import patterns

# Every node with its level; to be asked inside a larger statement. A grid that stands for a division is that.
NODES = """(
  SELECT d.path, d.name, t.code AS tier FROM territory_division d JOIN territory_tier t ON t.level = d.tier
   WHERE d.ended_at IS NULL
  UNION ALL
  SELECT g.path, g.name, g.tier FROM territory_grid g
   WHERE g.valid_to IS NULL AND g.layer IN ('comprehensive', 'micro', 'dedicated')
     AND NOT EXISTS (SELECT FROM territory_division d WHERE d.path = g.path)
)"""
_TIERS = f"SELECT path, name, tier FROM {NODES} n WHERE path = ANY(%s)"

_NODES = f"SELECT path, name FROM {NODES} n WHERE path LIKE %s AND tier = %s"

_WITH_GRIDS = """
SELECT d.path FROM territory_division d JOIN territory_tier t ON t.level = d.tier
WHERE d.ended_at IS NULL AND t.code = ANY(%s) AND d.path LIKE %s
  AND EXISTS (SELECT FROM territory_grid g WHERE g.valid_to IS NULL AND g.path LIKE d.path || '%%')
ORDER BY d.path
"""


@dataclass(frozen=True, slots=True)
class StandingGrid:
    """A grid as it stands, with who covers it."""

    layer: str
    path: str
    code: str
    name: str
    scene: str
    shape: Any  # shapely, WGS-84
    member_name: str


def tiers_of(paths: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return name and level of each path that is a node."""
    rows = prepared.send(_TIERS, list(paths)).fetchall() if paths else []
    return {path: (name, tier) for path, name, tier in rows}


def nodes_of(under: str, tier: str) -> dict[str, str]:
    """Return path and name of each node of a level in and below a path that the reader may see."""
    return dict(prepared.send(_NODES, patterns([under])[0], tier).fetchall())


def divisions_with_grids(under: str, tiers: Sequence[str]) -> list[str]:
    """Return the divisions of these levels that have grids, in and below a path; "": of everywhere."""
    like = patterns([under])[0] if under else "%"
    return [path for (path,) in prepared.send(_WITH_GRIDS, list(tiers), like).fetchall()]


def list_tiers() -> list[Tier]:
    """Return the levels of the active pack, from the outside in. Rule: TE-11."""
    return list(Tier.objects.order_by("level", "code"))


def get_standing(paths: Collection[str]) -> StandingGrid | None:
    """Return the standing grid of one of the paths; of several layers the comprehensive one."""
    rows = Grid.objects.filter(path__in=paths, valid_to__isnull=True)
    found = sorted(rows, key=lambda row: (row.layer != "comprehensive", row.layer))
    if not found:
        return None
    grid = found[0]
    member = GridMember.objects.filter(
        layer=grid.layer, path=grid.path, duty=Duty.PRIMARY, ends_on__isnull=True
    ).values_list("user__name", flat=True)
    return StandingGrid(
        grid.layer, grid.path, grid.code, grid.name, grid.scene,
        shapely.from_wkb(bytes(grid.shape_wkb)), member.first() or "",
    )  # fmt: skip
