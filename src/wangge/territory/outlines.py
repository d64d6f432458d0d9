"""The ground for a draft of grids: standing outlines of a tier, and how many households a grid there has."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from wangge.territory.models import Grid, Layer, Tier
from wangge.territory.queries import read_shapes


class Outline(NamedTuple):
    """A standing outline: of a community, or of a grid."""

    path: str
    name: str
    shape: Any


def household_bounds(tier: str) -> tuple[int, int] | None:
    """Return how many households a grid of the tier has at least and at most; None: the pack does not say.

    Rule: TE-31 (WH-07).
    """
    found = Tier.objects.filter(code=tier).values_list("least_households", "most_households").first()
    return None if found is None or found[0] is None or found[1] is None else (found[0], found[1])


def tiers_of_layer(layer: str) -> tuple[str, str] | None:
    """Return the tier of the layer's grids and the one they hang under. Rule: TE-11."""
    return Layer.objects.filter(code=layer).values_list("tier", "under").first()


def list_outlines(within: str, tier: str, at: datetime) -> list[Outline]:
    """Return the standing outlines of a tier in a territory, in the order of their paths, each path once."""
    rows = Grid.objects.valid_at(at).filter(path__startswith=within, tier=tier).order_by("path", "layer")
    first = {row.path: row for row in reversed(rows)}
    chosen = [first[path] for path in sorted(first)]
    shapes = read_shapes(row.shape_wkb for row in chosen)
    return [Outline(row.path, row.name, shape) for row, shape in zip(chosen, shapes, strict=True)]
