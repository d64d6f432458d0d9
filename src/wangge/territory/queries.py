"""Reads of the territory. What an actor asks for starts from visible_to(actor)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import numpy as np
import shapely
from django.db.models import Q
from numpy.typing import NDArray

from wangge.kernel import prepared
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import to_wgs84_many
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import ancestors, is_closed
from wangge.territory.charge import charges_of as charges_of
from wangge.territory.charge import hands_of as hands_of
from wangge.territory.charge import stands_of as stands_of
from wangge.territory.geometry import Polygons
from wangge.territory.handed import list_handed as list_handed
from wangge.territory.layer_index import SHELF, LayerIndex, Spell
from wangge.territory.models import Division, Duty, Grid, GridMember, GridQuerySet
from wangge.territory.movers import patterns
from wangge.territory.nodes import divisions_with_grids as divisions_with_grids
from wangge.territory.nodes import list_tiers as list_tiers
from wangge.territory.nodes import nodes_of as nodes_of
from wangge.territory.schemas import DivisionOut, FeatureCollection, GridOut, GridPage, LocatedOut, LocateIn
from wangge.territory.showing import show_grids
from wangge.territory.walking import primary_walkers as primary_walkers
from wangge.territory.walking import walked_by as walked_by

READ = "territory.read"
SHOWN_SHAPES = 3_000
COUNTED = 10_000

EDITION = "(SELECT number FROM territory_gridedition)"  # to be asked for inside a larger statement
_SPELL = """
SELECT max(edge) FILTER (WHERE edge <= %s), min(edge) FILTER (WHERE edge > %s) FROM (
  SELECT valid_from AS edge FROM territory_grid WHERE layer = %s
  UNION ALL SELECT valid_to FROM territory_grid WHERE layer = %s
) edges
"""

_NAMES = """
SELECT path, name FROM (
  SELECT path, name, '-infinity'::timestamptz AS valid_from FROM territory_division WHERE path = ANY(%s)
  UNION ALL SELECT path, name, valid_from FROM territory_grid WHERE path = ANY(%s)
) named ORDER BY valid_from
"""  # the later row wins


# ---- the index --------------------


def index_of(layer: str, at: datetime) -> LayerIndex:
    """Return the layer's point → grid index as it stood at `at`; one small statement once it is built."""
    row = prepared.send(f"SELECT {EDITION}").fetchone()
    return index_numbered(row[0] if row else None, layer, at)


def index_numbered(edition: int | None, layer: str, at: datetime) -> LayerIndex:
    """Return the layer's index at `at` in the edition that was just read. Rule: TE-30."""
    if edition is None:
        return _build(layer, at).index
    return SHELF.get((layer, edition), at, lambda: _build(layer, at))


def _build(layer: str, at: datetime) -> Spell:
    since, until = prepared.send(_SPELL, at, at, layer, layer).fetchall()[0]
    rows = list(
        Grid.objects.filter(layer=layer).valid_at(at).order_by("path").values_list("path", "shape_wkb")
    )
    index = LayerIndex([path for path, _ in rows], read_shapes(wkb for _, wkb in rows))
    return Spell(since, until, index)


def read_shapes(wkbs: Iterable[bytes | memoryview]) -> Polygons:
    """Return the polygons of stored WKB."""
    given = np.array([bytes(wkb) for wkb in wkbs], dtype=object)
    shapes: Polygons = shapely.from_wkb(given) if len(given) else given
    return shapes


def locate_many(
    points_wgs84: NDArray[np.float64], layer: str, at: datetime, *, index: LayerIndex | None = None
) -> list[str | None]:
    """Return the path of the finest grid of each (lon, lat), None where none lies.

    `index`: the layer's at that moment, if it is at hand.
    Rule: TE-3.
    """
    index = index or index_of(layer, at)
    paths: list[str | None] = [*index.paths, None]
    return [paths[i] for i in index.locate_many(points_wgs84)]


def locate(lon: float, lat: float, layer: str, at: datetime) -> str | None:
    """Return the path of the finest grid at the point, or None."""
    return locate_many(np.array([[lon, lat]]), layer, at)[0]


def nearest_many(
    points_wgs84: NDArray[np.float64], layer: str, at: datetime, within: str = ""
) -> list[tuple[str, float] | None]:
    """Return the nearest grid of each point (under `within`) and the metres to it; None if none is there.

    Rule: TE-8.
    """
    index = index_of(layer, at)
    numbers, metres = index.nearest_many(points_wgs84, within)
    return [(index.paths[i], float(m)) if i >= 0 else None for i, m in zip(numbers, metres, strict=True)]


def points_inside(grid_ids: Iterable[UUID]) -> dict[UUID, tuple[float, float]]:
    """Return a point (lon, lat; WGS-84) that lies inside each grid: the middle of its box may not."""
    wanted = list(grid_ids)
    shapes = dict(Grid.objects.filter(pk__in=wanted).values_list("pk", "shape_wkb")) if wanted else {}
    inside = shapely.point_on_surface(read_shapes(shapes.values()))
    return {grid_id: (point.x, point.y) for grid_id, point in zip(shapes, inside, strict=True)}


def names_of(paths: Iterable[str]) -> dict[str, str]:
    """Return the name of each path that has one: its grid's (the latest), else its division's."""
    wanted = list(set(paths))
    return dict(prepared.send(_NAMES, wanted, wanted).fetchall()) if wanted else {}


def known_codes(codes: Iterable[str]) -> set[str]:
    """Return those of `codes` that are divisions."""
    return set(
        Division.objects.filter(code__in=set(codes), ended_at__isnull=True).values_list("code", flat=True)
    )


def pattern_of(path: str) -> str:
    """Return what LIKE finds a path and all below it by."""
    return patterns([path])[0]


def members_of(paths: Iterable[str], layer: str, on: date | None = None) -> dict[str, int]:
    """Return the primary member of each grid that has one, now or on a day. Rule: TE-9 (WH-07)."""
    members = GridMember.objects.filter(layer=layer, path__in=set(paths), duty=Duty.PRIMARY)
    if on is None:
        members = members.filter(ends_on__isnull=True)
    else:
        members = members.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    return dict(members.values_list("path", "user_id"))


def list_paths(under: str, layer: str, *, at: datetime, most: int, after: str = "") -> list[str]:
    """Return the paths of the layer's grids in and below a path, in their order, those after one of them."""
    found = Grid.objects.filter(path__startswith=under, path__gt=after, layer=layer).valid_at(at)
    return list(found.order_by("path").values_list("path", flat=True)[:most])


def paths_of(user_id: int, on: date) -> set[str]:
    """Return the grids that a person covers on a day, as primary member, deputy or substitute. Rule: TE-9."""
    posts = GridMember.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    return set(posts.filter(user_id=user_id).values_list("path", flat=True))


def paths_of_many(user_ids: Sequence[int], on: date) -> dict[int, set[str]]:
    """Return `paths_of` of many people, in one statement. Rule: TE-9."""
    posts = GridMember.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    found: dict[int, set[str]] = {}
    for user_id, path in posts.filter(user_id__in=user_ids).values_list("user_id", "path"):
        found.setdefault(user_id, set()).add(path)
    return found


def layers_of(user_id: int, on: date) -> set[str]:
    """Return the layers of grids that a person walks on a day, in any duty. Rule: TE-9."""
    posts = GridMember.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    return set(posts.filter(user_id=user_id).values_list("layer", flat=True))


# ---- what a person asks for --------------------


def list_divisions(actor: Actor, *, parent: str, q: str, limit: int) -> list[DivisionOut]:
    """Return the children of `parent`, or a search; with neither, where the caller's tree begins."""
    actor.check_can(READ)
    visible = Division.objects.visible_to(actor).filter(ended_at__isnull=True)
    if q:
        found = visible.filter(path__startswith=actor.scope).filter(
            Q(name__contains=q) | Q(code__startswith=q)
        )
    elif parent:
        found = visible.filter(parent_path=parent)
    else:
        top = visible.filter(path__in=ancestors(actor.scope)).order_by("-tier").values("path")[:1]
        found = visible.filter(path__in=top)
    rows = list(found.order_by("path")[:limit])
    parents = set(
        visible.filter(parent_path__in=[row.path for row in rows]).values_list("parent_path", flat=True)
    )
    return [
        DivisionOut(path=d.path, code=d.code, name=d.name, tier=d.tier, has_children=d.path in parents)
        for d in rows
    ]


def list_grids(
    actor: Actor, *, layer: str, q: str, within: str, cursor: str, limit: int, at: datetime
) -> GridPage:
    """Return a page of the layer's grids in the order of their paths."""
    actor.check_can(READ)
    grids = Grid.objects.visible_to(actor).filter(layer=layer).valid_at(at)
    if q:
        grids = grids.filter(Q(name__contains=q) | Q(code__startswith=q))
    if within:
        grids = grids.filter(path__startswith=within if is_closed(within) else f"{within}.")
    total = grids.order_by()[: COUNTED + 1].count()
    if cursor:
        grids = grids.filter(path__gt=read_cursor(cursor))
    rows = list(grids.defer("shape_wkb").order_by("path")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    return GridPage(
        items=show_grids(rows, layer, at.astimezone(CHINA).date()),
        total=total,
        next_cursor=make_cursor(rows[-1].path) if more else None,
    )


def get_grid(actor: Actor, grid_id: UUID, *, on: date) -> GridOut:
    """Return one grid. Raises: NotVisible outside the caller's scope."""
    actor.check_can(READ)
    grid = Grid.objects.visible_to(actor).filter(pk=grid_id).defer("shape_wkb").first()
    if grid is None:
        raise NotVisible
    return show_grids([grid], grid.layer, on)[0]


def list_shapes(actor: Actor, *, bbox: str, layer: str, at: datetime) -> FeatureCollection:
    """Return the layer's grids that touch the box as GeoJSON; `is_complete` tells whether more lie in it."""
    actor.check_can(READ)
    grids: GridQuerySet = Grid.objects.visible_to(actor).filter(layer=layer).valid_at(at)
    if bbox:
        west, south, east, north = read_box(bbox)
        grids = grids.filter(min_lon__lte=east, max_lon__gte=west, min_lat__lte=north, max_lat__gte=south)
    rows = list(grids.order_by("path")[: SHOWN_SHAPES + 1])
    complete, rows = len(rows) <= SHOWN_SHAPES, rows[:SHOWN_SHAPES]
    members = members_of([row.path for row in rows], layer)
    shapes = shapely.to_geojson(read_shapes(row.shape_wkb for row in rows)) if rows else []
    features = [
        {
            "type": "Feature",
            "id": str(row.id),
            "geometry": json.loads(shape),
            "properties": {
                "id": str(row.id),
                "path": row.path,
                "code": row.code,
                "name": row.name,
                "tier": row.tier,
                "has_member": row.path in members,
            },
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return FeatureCollection(features=features, is_complete=complete)


def locate_points(actor: Actor, body: LocateIn, *, at: datetime) -> list[LocatedOut | None]:
    """Return the grid of each point, None where no grid of the caller's scope lies."""
    actor.check_can(READ)
    if not body.points:
        return []
    points = to_wgs84_many(np.array(body.points, dtype=np.float64), body.datum)
    seen = [path if path and actor.covers(path) else None for path in locate_many(points, body.layer, at)]
    names = names_of({path for path in seen if path})
    return [LocatedOut(path=path, name=names.get(path, path)) if path else None for path in seen]


# ---- cursors and boxes, for every list --------------------


def make_cursor(key: str) -> str:
    """Return an opaque cursor that holds the last key shown."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """Return the key inside a cursor. Raises: Unreadable."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except ValueError:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="it is no cursor of ours; start from the first page",
        ) from None


def read_box(bbox: str) -> tuple[float, float, float, float]:
    """Return `min_lon,min_lat,max_lon,max_lat` as numbers. Raises: Unreadable."""
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError:
        raise Unreadable(
            field="bbox",
            why_zh="应为“最小经度,最小纬度,最大经度,最大纬度”四个数",
            why_en="four numbers: min_lon,min_lat,max_lon,max_lat",
        ) from None
    return west, south, east, north
