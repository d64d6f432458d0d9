"""Ground that is divided anew as a whole: which communities there are, and new grids for one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import shapely

from wangge.kernel import staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import parent as parent_of
from wangge.territory import queries
from wangge.territory.change_plan import Done, GridsChanged, Ground, Piece, Plan
from wangge.territory.changing import change_grids, lock_grids
from wangge.territory.models import Grid, Layer
from wangge.territory.movers import Mover
from wangge.territory.outlines import list_outlines, tiers_of_layer
from wangge.territory.regridding import LayerUnknown
from wangge.territory.rules import Change

PRESET = ("grid", "community")  # of a layer that no pack names (domain 2.13)


class Standing(NamedTuple):
    """A grid that stands, with its outline."""

    id: UUID
    path: str
    name: str
    shape: Any
    households: int | None


@dataclass(frozen=True, slots=True)
class Parish:
    """What the grids of a layer hang under, with the grids that stand there in the order of their paths."""

    path: str
    name: str
    shape: Any
    grids: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class Laid:
    """A grid that will stand; with `grid_id` it goes on under the code of one that stands now."""

    name: str
    shape: Any
    households: int
    grid_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Laying:
    """A new division of a parish. `known` are the grids that were looked at: others may not stand."""

    id: UUID
    layer: str
    path: str
    reason: str
    known: Sequence[UUID]
    grids: Sequence[Laid]


def list_parishes(within: str, layer: str, at: datetime) -> list[Parish]:
    """Return what the layer's grids hang under inside a territory, in the order of their paths.

    One whose own outline is not known has that of its grids together.
    Rule: TE-41.
    """
    tier, under = tiers_of_layer(layer) or PRESET
    rows = Grid.objects.valid_at(at).filter(layer=layer, tier=tier, path__startswith=within).order_by("path")
    grids: dict[str, list[Standing]] = defaultdict(list)
    found = list(rows)
    for row, shape in zip(found, queries.read_shapes(row.shape_wkb for row in found), strict=True):
        above = parent_of(row.path) or ""
        if above.startswith(within):
            grids[above].append(Standing(row.pk, row.path, row.name, shape, row.households))
    known = {one.path: one for one in list_outlines(within, under, at)}
    names = queries.names_of(grids.keys() - known.keys())
    return [
        Parish(
            path,
            known[path].name if path in known else names.get(path, path),
            known[path].shape if path in known else shapely.union_all([one.shape for one in grids[path]]),
            grids.get(path, []),
        )
        for path in sorted(known.keys() | grids.keys())
    ]


def lay_grids(
    body: Laying, *, movers: Sequence[Mover], actor: Actor, at: datetime, dry_run: bool = False
) -> Done:
    """Divide a parish anew: grids that no new one goes on with end, and what goes on in them moves.

    Raises: as change_grids; GridsChanged if other grids stand there than those that were known; LayerUnknown.
    Rule:   TE-12, TE-13, TE-41.
    """

    def plan() -> Plan:
        if not actor.covers(body.path):
            raise NotVisible
        staging.lock_name(f"territory.grids:{body.layer}")
        standing = Grid.objects.filter(layer=body.layer, path__startswith=body.path, valid_to__isnull=True)
        ids = set(standing.exclude(path=body.path).values_list("pk", flat=True))
        if ids != set(body.known):
            raise GridsChanged
        if not ids:
            layer = Layer.objects.filter(code=body.layer).first()
            if layer is None:
                raise LayerUnknown(layer=body.layer)
            ground = Ground(body.layer, body.path, layer.tier)
            return Plan(body.id, Change.DRAW, body.reason, [], _pieces(body, {}), ground=ground)
        grids = {grid.pk: grid for grid in lock_grids(list(body.known), actor)}
        return Plan(body.id, Change.REDRAW, body.reason, list(grids.values()), _pieces(body, grids))

    return change_grids(body.id, plan, movers=movers, actor=actor, at=at, dry_run=dry_run)


def _pieces(body: Laying, grids: dict[UUID, Grid]) -> list[Piece]:
    return [
        Piece(
            grids[one.grid_id].name if one.grid_id else one.name,
            one.shape,
            grids[one.grid_id].path if one.grid_id else "",
            one.households,
        )
        for one in body.grids
    ]
