"""The grids in memory before anybody asks for them."""

from __future__ import annotations

from datetime import datetime

from wangge.territory import queries
from wangge.territory.layer_index import KEPT
from wangge.territory.models import Grid


def warm(at: datetime) -> int:
    """Build the index of every layer that stands, so that no report waits for it; return how many.

    Rule: TE-30.
    """
    layers = list(Grid.objects.valid_at(at).order_by("layer").values_list("layer", flat=True).distinct())
    for layer in layers[:KEPT]:
        queries.index_of(layer, at)
    return len(layers)
