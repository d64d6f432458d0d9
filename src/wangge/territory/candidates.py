"""Who may stand in for the primary member of a grid, in the order of the offer. Rule: TE-33."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import shapely
from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.territory.models import Duty, Grid, GridMember
from wangge.territory.queries import read_shapes

NEAR_DEGREES = 0.0002  # about 20 m: neighbours that a road or a rounding keeps apart


class Led(NamedTuple):
    """A grid that somebody leads."""

    layer: str
    path: str


@dataclass(slots=True)
class Candidate:
    """Somebody who may stand in; `loads` are counted by the rooms above, by kind."""

    user_id: int
    name: str
    rank: int  # 0: a deputy of the grid, 1: of a neighbouring grid
    from_path: str
    days_away: int
    standing_in: int  # grids that the person stands in for in these days already
    loads: dict[str, int] = field(default_factory=dict)


def grids_of(user_id: int, starts_on: date, ends_on: date) -> list[Led]:
    """Return the grids of which somebody is the primary member at any time in `[starts_on, ends_on)`."""
    rows = GridMember.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on),
        user_id=user_id,
        duty=Duty.PRIMARY,
        starts_on__lt=ends_on,
    )
    return [Led(*row) for row in rows.order_by("layer", "path").values_list("layer", "path").distinct()]


def list_candidates(
    grid: Led, absent: int, starts_on: date, ends_on: date, *, at: datetime
) -> list[Candidate]:
    """Return who may stand in: the deputies of the grid, then the members of neighbouring grids.

    `days_away`: so many of the days somebody is away too, and cannot. Rule: TE-33.
    """
    around = _neighbours(grid, at)
    rows = GridMember.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=ends_on),
        Q(path=grid.path, duty=Duty.DEPUTY) | Q(path__in=around, duty__in=[Duty.PRIMARY, Duty.DEPUTY]),
        layer=grid.layer,
        starts_on__lte=starts_on,
        user__is_active=True,
    ).exclude(user_id=absent)
    ranked: dict[int, tuple[int, str]] = {}
    for user_id, path in rows.order_by("path", "duty", "pk").values_list("user_id", "path"):
        rank = (0 if path == grid.path else 1, path)
        ranked[user_id] = min(ranked.get(user_id, rank), rank)
    names = accounts.names_of(list(ranked))
    away = accounts.leaves_of(ranked, starts_on, ends_on)
    busy = _standing_in(ranked, starts_on, ends_on)
    found = [
        Candidate(
            user_id=user_id,
            name=names[user_id],
            rank=rank,
            from_path=path,
            days_away=sum(
                (min(one.ends_on, ends_on) - max(one.starts_on, starts_on)).days
                for one in away.get(user_id, ())
            ),
            standing_in=busy.get(user_id, 0),
        )
        for user_id, (rank, path) in ranked.items()
    ]
    return sorted(found, key=lambda one: (one.rank, one.from_path, one.user_id))


def _neighbours(grid: Led, at: datetime) -> list[str]:
    """Return the paths of the grids whose ground touches the grid's, under any parent."""
    standing = Grid.objects.valid_at(at).filter(layer=grid.layer)
    own = standing.filter(path=grid.path).first()
    if own is None:
        return []
    near = standing.filter(
        min_lon__lte=own.max_lon + NEAR_DEGREES,
        max_lon__gte=own.min_lon - NEAR_DEGREES,
        min_lat__lte=own.max_lat + NEAR_DEGREES,
        max_lat__gte=own.min_lat - NEAR_DEGREES,
        tier=own.tier,
    ).exclude(path=grid.path)
    rows = list(near.values_list("path", "shape_wkb"))
    ground = read_shapes([own.shape_wkb])[0]
    touching = shapely.dwithin(ground, read_shapes(wkb for _, wkb in rows), NEAR_DEGREES) if rows else []
    return [path for (path, _), touches in zip(rows, touching, strict=True) if touches]


def _standing_in(user_ids: Iterable[int], starts_on: date, ends_on: date) -> dict[int, int]:
    rows = GridMember.objects.filter(
        user_id__in=list(user_ids), duty=Duty.SUBSTITUTE, starts_on__lt=ends_on, ends_on__gt=starts_on
    )
    counted: dict[int, int] = {}
    for user_id in rows.values_list("user_id", flat=True):
        counted[user_id] = counted.get(user_id, 0) + 1
    return counted
