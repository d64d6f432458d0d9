"""Grids as a file for other map programs. Rule: TE-17."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import shapely

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.datum import from_wgs84_many
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.map_files import DRIVERS, write_features
from wangge.territory import queries
from wangge.territory.models import Grid

MEDIA = {
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "shp": "application/zip",
    "kml": "application/vnd.google-earth.kml+xml",
}


class GridFile(NamedTuple):
    name: str
    media_type: str
    content: bytes


def export_grids(actor: Actor, *, layer: str, within: str, suffix: str, datum: str, at: datetime) -> GridFile:
    """Return the caller's grids of a layer as geojson, gpkg, kml or shp (zipped), in the datum asked.

    Raises: NotYourRole; NotVisible if there is none; Unreadable for another suffix or datum.
    Rule:   TE-17. The name of the file says the datum.
    """
    actor.check_can(queries.READ)
    if suffix not in DRIVERS:
        raise Unreadable(
            field="suffix", why_zh="可用 geojson、gpkg、shp、kml", why_en="use geojson, gpkg, shp or kml"
        )
    grids = Grid.objects.visible_to(actor).valid_at(at).filter(layer=layer)
    rows = list(grids.filter(path__startswith=within).order_by("path"))
    if not rows:
        raise NotVisible
    shapes = shapely.transform(
        queries.read_shapes(row.shape_wkb for row in rows), lambda xy: from_wgs84_many(xy, datum)
    )
    members = queries.members_of([row.path for row in rows], layer)
    columns: dict[str, Sequence[Any]] = {
        "name": [row.name for row in rows],
        "code": [row.code for row in rows],
        "path": [row.path for row in rows],
        "tier": [row.tier for row in rows],
        "scene": [row.scene for row in rows],
        "households": ["" if row.households is None else row.households for row in rows],
        "area_m2": [float(round(row.area_m2, 1)) for row in rows],
        "has_member": ["1" if row.path in members else "0" for row in rows],
        "datum": [datum] * len(rows),
    }
    content = write_features(list(shapes), columns, suffix=suffix, layer=layer, datum=datum)
    detail = {"layer": layer, "within": within, "suffix": suffix, "datum": datum, "grids": len(rows)}
    audit.record([("territory.export_grids", "layer", layer, detail)], actor=actor, at=at)
    ending = "zip" if suffix == "shp" else suffix
    return GridFile(f"{layer}_{datum}.{ending}", MEDIA[suffix], content)
