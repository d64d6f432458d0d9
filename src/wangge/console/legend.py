"""By what the map is narrowed. Rule: MP-6."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from wangge.console.map_rules import PLACES_FROM
from wangge.console.map_schemas import MapKind, MapLayer, MapLegend
from wangge.console.sheet_shelf import SHELF
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.territory import services as territory
from wangge.venues import queries as venues


def get_legend(actor: Actor, *, at: datetime) -> MapLegend:
    """Return the layers of grids, the kinds and tags of places, and the ground. Raises: NotYourRole."""
    actor.check_can("territory.read")
    kinds, tags = venues.list_classes(), list[str]()
    if actor.can("venues.read"):
        SHELF.look()
        tags = SHELF.tags_of(actor.scope)
    return MapLegend(
        layers=[
            MapLayer(code=one.code, name_zh=one.name_zh, name_en=one.name_en, grids=one.grids)
            for one in territory.get_tree(actor, at=at).layers
        ],
        kinds=[MapKind(code=one.code, name_zh=one.name_zh, name_en=one.name_en) for one in kinds],
        tags=tags,
        places_from=PLACES_FROM,
        tianditu_key=settings.WANGGE_TIANDITU_KEY,
        has_base_file=_base().is_file(),
    )


def open_base(actor: Actor) -> IO[bytes]:
    """Return the ground that the city has put in place. Raises: NotYourRole, NotVisible. Rule: MP-12."""
    actor.check_can("territory.read")
    try:
        return _base().open("rb")
    except OSError as error:
        raise NotVisible() from error


def _base() -> Path:
    return Path(settings.WANGGE_HOME) / "map" / "base.geojson"
