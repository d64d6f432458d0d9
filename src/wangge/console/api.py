"""HTTP face of the wall."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from ninja import Query, Router, Status

from wangge.console import audit_trail, circle, desk, legend, queries, replay, tiles, views
from wangge.console.audit_trail import AuditFilter, AuditPage
from wangge.console.map_schemas import (
    CircleFilter,
    CircleOut,
    HeatFilter,
    HeatOut,
    MapDayOut,
    MapFilter,
    MapLegend,
)
from wangge.console.schemas import DeskOut, SavedViewIn, SavedViewOut, WallOut
from wangge.kernel import clock
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.teams import queries as teams
from wangge.teams.schemas import TeamPoint
from wangge.territory.queries import read_box

router = Router(tags=["console"])
map_router = Router(tags=["map"])
TILE = "application/vnd.mapbox-vector-tile"
NO: dict[Any, Any] = {403: Refusal}


@router.get("/wall", response={200: WallOut, **NO}, operation_id="get_wall")
def get_wall(request: ActorRequest) -> WallOut:
    """The day of a territory for a wall: figures, lights, last steps, and where the stream is."""
    return queries.get_wall(request.actor, at=clock.now())


@router.get("/desk", response={200: DeskOut, **NO}, operation_id="get_desk")
def get_desk(request: ActorRequest) -> DeskOut:
    """What needs the caller's post now."""
    return desk.get_desk(request.actor, at=clock.now())


@router.get("/audit", response={200: AuditPage, (403, 422): Refusal}, operation_id="list_audit_rows")
def list_audit_rows(request: ActorRequest, filters: Query[AuditFilter]) -> AuditPage:
    """Who did what to which thing, the newest first."""
    return audit_trail.list_rows(request.actor, filters, on=clock.today())


@router.get(
    "/audit/export.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_audit_rows"
)
def export_audit_rows(
    request: ActorRequest, suffix: str, filters: Query[AuditFilter]
) -> StreamingHttpResponse:
    """The same as a file; `suffix` is csv or xlsx."""
    check_suffix(suffix)
    at = clock.now()
    rows = audit_trail.export_rows(request.actor, filters, at=at)
    return download(rows, audit_trail.COLUMNS, name="audit", suffix=suffix, at=at)


@map_router.get("/tiles/{z}/{x}/{y}.mvt", response={200: None, **NO}, operation_id="get_map_tile")
def get_map_tile(request: ActorRequest, z: int, x: int, y: int, filters: Query[MapFilter]) -> HttpResponse:
    """Places of the caller's territory as a vector tile: counted cells to level 13, then each place."""
    content, is_all = tiles.get_tile(request.actor, z, x, y, filters)
    answer = HttpResponse(content, content_type=TILE)
    answer["Cache-Control"] = "private, no-store"  # another post of the same browser sees other places
    if not is_all:
        answer["Wangge-Behind"] = "1"  # a bulk change is still being drawn
    return answer


@map_router.get("/legend", response={200: MapLegend, **NO}, operation_id="get_map_legend")
def get_map_legend(request: ActorRequest) -> MapLegend:
    """The layers, kinds and tags by which the map is narrowed, and its ground."""
    return legend.get_legend(request.actor, at=clock.now())


@map_router.get("/circle", response={200: CircleOut, **NO}, operation_id="get_circle")
def get_circle(request: ActorRequest, asked: Query[CircleFilter]) -> CircleOut:
    """Who and what is in a circle: places by kind, open cases, people on duty, teams, grids."""
    return circle.get_circle(request.actor, asked, at=clock.now())


@map_router.get("/teams", response={200: list[TeamPoint], **NO}, operation_id="list_team_points")
def list_team_points(request: ActorRequest, bbox: str) -> list[TeamPoint]:
    """The teams and stations in a box `min_lon,min_lat,max_lon,max_lat`."""
    return teams.list_points(request.actor, read_box(bbox))


@map_router.get("/heat", response={200: HeatOut, (403, 422): Refusal}, operation_id="get_heat")
def get_heat(request: ActorRequest, asked: Query[HeatFilter]) -> HeatOut:
    """Where and at which hours of the day cases were reported."""
    return replay.get_heat(request.actor, asked)


@map_router.get("/day", response={200: MapDayOut, (403, 422): Refusal}, operation_id="get_map_day")
def get_map_day(request: ActorRequest, on: date) -> MapDayOut:
    """Cases, fires and people on duty (without names) in the course of a day."""
    return replay.get_day(request.actor, on, at=clock.now())


@map_router.get("/base.geojson", response={200: None, (403, 404): Refusal}, operation_id="get_base_map")
def get_base_map(request: ActorRequest) -> FileResponse:
    """The ground that the city has put in place: roads, water, built-up areas."""
    return FileResponse(legend.open_base(request.actor), content_type="application/geo+json")


@router.get("/views", response={200: list[SavedViewOut], **NO}, operation_id="list_views")
def list_views(request: ActorRequest, page: str) -> list[SavedViewOut]:
    """The caller's kept views of a page, and those that others of the territory share."""
    return views.list_views(request.actor, page)


@router.post("/views", response={200: SavedViewOut, (404, 409, 422): Refusal}, operation_id="save_view")
def save_view(request: ActorRequest, body: SavedViewIn) -> SavedViewOut:
    """Keep a view of a page under a name."""
    return views.save_view(body, actor=request.actor, at=clock.now())


@router.delete("/views/{uuid:view_id}", response={204: None, 404: Refusal}, operation_id="delete_view")
def delete_view(request: ActorRequest, view_id: UUID) -> Status[None]:
    """Forget one of one's own."""
    views.delete_view(view_id, actor=request.actor)
    return Status(204, None)
