"""Which grids of which layers cover a place: who else answers for it. Rule: TE-40."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from math import cos, radians

import numpy as np
import shapely
from django.db.models import Q

from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import check_position
from wangge.kernel.paths import is_within
from wangge.territory import queries
from wangge.territory.models import Duty, Grid, GridMember, Layer, Scene
from wangge.territory.schemas import GridHereOut

METRES_A_DEGREE = 111_195.0  # of latitude
TOUCHED = 200


def list_here(actor: Actor, lon: float, lat: float, *, at: datetime) -> list[GridHereOut]:
    """Return the grids of every layer that cover a place (WGS-84) of the caller's own grids, by layer.

    A layer may run across the caller's border, as the market's does: its grid is told all the same, with its
    primary member; of a place that no own grid covers nothing is.
    Raises: NotYourRole, Unreadable.
    Rule:   TE-40 (SX-08, WH-10).
    """
    actor.check_can(queries.READ)
    check_position(lon, lat)
    near = Grid.objects.valid_at(at).filter(
        min_lon__lte=lon, max_lon__gte=lon, min_lat__lte=lat, max_lat__gte=lat
    )
    rows = list(near.order_by("path"))
    inside = shapely.covers(queries.read_shapes(row.shape_wkb for row in rows), shapely.Point(lon, lat))
    found = [row for row, is_in in zip(rows, np.atleast_1d(inside), strict=True) if is_in] if rows else []
    if not any(is_within(row.path, actor.scope) for row in found):
        return []
    return _shown(found, at)


def list_touched(actor: Actor, lon: float, lat: float, radius_m: float, *, at: datetime) -> list[GridHereOut]:
    """Return the actor's grids of every layer that a circle touches, by layer, at most 200.

    Raises: NotYourRole, Unreadable.
    Rule:   TE-40.
    """
    actor.check_can(queries.READ)
    check_position(lon, lat)
    up = radius_m / METRES_A_DEGREE
    along = up / max(0.01, cos(radians(lat)))
    near = (
        Grid.objects.visible_to(actor)
        .valid_at(at)
        .filter(
            min_lon__lte=lon + along, max_lon__gte=lon - along, min_lat__lte=lat + up, max_lat__gte=lat - up
        )
    )
    rows = list(near.order_by("path")[:TOUCHED])
    circle = shapely.transform(
        shapely.Point(0, 0).buffer(1, quad_segs=16), lambda p: p * [along, up] + [lon, lat]
    )
    touches = shapely.intersects(queries.read_shapes(row.shape_wkb for row in rows), circle)
    found = [row for row, is_in in zip(rows, np.atleast_1d(touches), strict=True) if is_in] if rows else []
    return _shown(found, at)


def _shown(grids: list[Grid], at: datetime) -> list[GridHereOut]:
    layers, scenes = Layer.objects.in_bulk(), Scene.objects.in_bulk()
    day = at.astimezone(CHINA).date()
    posts = GridMember.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)
    posts = posts.filter(path__in=[row.path for row in grids])
    count: Counter[tuple[str, str]] = Counter()
    primary: dict[tuple[str, str], str] = {}
    for where, path, duty, name in posts.values_list("layer", "path", "duty", "user__name"):
        count[where, path] += 1
        if duty == Duty.PRIMARY:
            primary[where, path] = name
    order = {code: n for n, code in enumerate(sorted(layers, key=lambda code: (layers[code].first, code)))}
    shown = []
    for row in sorted(grids, key=lambda one: (order.get(one.layer, 99), one.path.count("."), one.path)):
        kind, scene = layers.get(row.layer), scenes.get(row.scene)
        shown.append(
            GridHereOut(
                id=row.pk,
                layer=row.layer,
                layer_zh=kind.name_zh if kind else row.layer,
                layer_en=kind.name_en if kind else row.layer,
                path=row.path,
                code=row.code,
                name=row.name,
                scene_zh=scene.name_zh if scene else row.scene,
                scene_en=scene.name_en if scene else row.scene,
                member_name=primary.get((row.layer, row.path), ""),
                members=count[row.layer, row.path],
            )
        )
    return shown
