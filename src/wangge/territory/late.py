"""What was written offline or ran again after a change of grids may lie in a grid that has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from wangge.territory import queries
from wangge.territory.change_plan import CARRIED_LAYER
from wangge.territory.models import DivisionLineage, Grid, GridChange
from wangge.territory.movers import Carriage, Mover, by_prefix, carry, place_in
from wangge.territory.rules import Change

LOOK_BACK = timedelta(days=45)  # a phone may be silent so long, and a case run again so late


def carry_late(movers: Sequence[Mover], *, at: datetime) -> int:
    """Move what arrived in grids that had ended by then; returns how much. Done twice, it finds nothing.

    Rule: TE-14. It is noted at the moment of the change: what was done before it counts for the old grid.
    """
    changes = GridChange.objects.filter(at__gt=at - LOOK_BACK, layer__in=["", CARRIED_LAYER])
    return sum(_carry(change, movers, at) for change in changes.exclude(kind=Change.DRAW).order_by("at"))


@transaction.atomic
def _carry(change: GridChange, movers: Sequence[Mover], at: datetime) -> int:
    if change.kind == Change.RECODE:
        lines = DivisionLineage.objects.filter(change=change)
        mapping = dict(lines.values_list("before_id", "after_id"))
        ended, find = list(mapping), by_prefix(mapping)
        paths = {new for _, new in mapping.items()}
    else:
        was = Grid.objects.filter(successors__change=change, layer=CARRIED_LAYER).values_list(
            "path", flat=True
        )
        stands = Grid.objects.filter(layer=CARRIED_LAYER, path__in=was, valid_to__isnull=True)
        ended = sorted(set(was) - set(stands.values_list("path", flat=True)))
        index = queries.index_of(CARRIED_LAYER, at)
        find, paths = place_in(index), set(index.paths)
    if not ended:
        return 0
    carriage = Carriage(change.pk, None, at, queries.members_of(paths, CARRIED_LAYER))
    return sum(carry(movers, ended, find, change, carriage, looked_at=at).values())
