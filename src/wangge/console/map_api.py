"""HTTP face of the map."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from wangge.console import circle, legend, tiles
from wangge.console.map_schemas import CircleFilter, CircleOut, MapFilter, MapLegend
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.teams import queries as teams
from wangge.teams.schemas import TeamPoint
from wangge.territory.queries import read_box

router = Router(tags=["map"])
NO: dict[Any, Any] = {(403, 422): Refusal}
TILE = "application/vnd.mapbox-vector-tile"


@router.get("/tiles/{z}/{x}/{y}.mvt", response={200: None, **NO}, operation_id="get_map_tile")
def get_map_tile(request: ActorRequest, z: int, x: int, y: int, filters: Query[MapFilter]) -> HttpResponse:
    """Places of the caller's territory as a vector tile: counted cells to level 13, then each place."""
    content, is_all = tiles.get_tile(request.actor, z, x, y, filters)
    answer = HttpResponse(content, content_type=TILE)
    answer["Cache-Control"] = "private, no-store"  # another post of the same browser sees other places
    if not is_all:
        answer["Wangge-Behind"] = "1"  # a bulk change is still being drawn
    return answer


@router.get("/legend", response={200: MapLegend, **NO}, operation_id="get_map_legend")
def get_map_legend(request: ActorRequest) -> MapLegend:
    """The layers, kinds and tags by which the map is narrowed, and its ground."""
    return legend.get_legend(request.actor, at=clock.now())


@router.get("/circle", response={200: CircleOut, **NO}, operation_id="get_circle")
def get_circle(request: ActorRequest, asked: Query[CircleFilter]) -> CircleOut:
    """Who and what is in a circle: places by kind, open cases, people on duty, teams, grids."""
    return circle.get_circle(request.actor, asked, at=clock.now())


@router.get("/teams", response={200: list[TeamPoint], **NO}, operation_id="list_team_points")
def list_team_points(request: ActorRequest, bbox: str) -> list[TeamPoint]:
    """The teams and stations in a box `min_lon,min_lat,max_lon,max_lat`."""
    return teams.list_points(request.actor, read_box(bbox))
