"""HTTP face of the territory."""

from __future__ import annotations

from uuid import UUID

from ninja import Router

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.territory import queries, services
from wangge.territory.schemas import (
    CoverageOut,
    DivisionOut,
    FeatureCollection,
    GridOut,
    GridPage,
    LocatedOut,
    LocateIn,
)

router = Router(tags=["territory"])


@router.get("/divisions", response=list[DivisionOut], operation_id="list_divisions")
def list_divisions(
    request: ActorRequest, parent: str = "", q: str = "", limit: int = 200
) -> list[DivisionOut]:
    """The children of `parent`, or by name or code inside the caller's scope."""
    return queries.list_divisions(request.actor, parent=parent, q=q, limit=max(1, min(limit, 500)))


@router.get("/grids", response=GridPage, operation_id="list_grids")
def list_grids(
    request: ActorRequest,
    layer: str = "comprehensive",
    q: str = "",
    within: str = "",
    cursor: str = "",
    limit: int = 50,
) -> GridPage:
    limit = max(1, min(limit, 500))
    return queries.list_grids(
        request.actor, layer=layer, q=q, within=within, cursor=cursor, limit=limit, at=clock.now()
    )


@router.get("/grids/shapes.geojson", response=FeatureCollection, operation_id="list_grid_shapes")
def list_grid_shapes(
    request: ActorRequest, bbox: str = "", layer: str = "comprehensive"
) -> FeatureCollection:
    """Grids in the box `min_lon,min_lat,max_lon,max_lat` (WGS-84), at most 3,000; no box: all."""
    return queries.list_shapes(request.actor, bbox=bbox, layer=layer, at=clock.now())


@router.get("/grids/{uuid:grid_id}", response={200: GridOut, 404: Refusal}, operation_id="get_grid")
def get_grid(request: ActorRequest, grid_id: UUID) -> GridOut:
    return queries.get_grid(request.actor, grid_id)


@router.post("/locate", response=list[LocatedOut | None], operation_id="locate_points")
def locate_points(request: ActorRequest, body: LocateIn) -> list[LocatedOut | None]:
    """The grid of each point, or null where no grid of the caller's scope lies."""
    return queries.locate_points(request.actor, body, at=clock.now())


@router.get("/coverage", response={200: CoverageOut, 404: Refusal}, operation_id="check_coverage")
def check_coverage(request: ActorRequest, layer: str = "comprehensive") -> CoverageOut:
    """Whether the caller's grids of the layer leave gaps or overlap, with the shapes of both."""
    return services.check_coverage(request.actor, layer, at=clock.now())
