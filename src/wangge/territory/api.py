"""HTTP face of the territory."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.run_telling import run_out
from wangge.kernel.schemas import Refusal, RunOut
from wangge.territory import around, family, places, queries, rosters, services, staffing
from wangge.territory.change_schemas import LineageOut, MemberPage, ShortagePage, TreeOut
from wangge.territory.schemas import (
    AppointedOut,
    AppointIn,
    CoverageOut,
    Datum,
    DivisionImport,
    DivisionImportIn,
    DivisionOut,
    FeatureCollection,
    GridHereOut,
    GridImport,
    GridOut,
    GridPage,
    ImportReport,
    LocatedOut,
    LocateIn,
    NamedPlaceOut,
)

router = Router(tags=["territory"])


@router.get("/divisions", response=list[DivisionOut], operation_id="list_divisions")
def list_divisions(
    request: ActorRequest, parent: str = "", q: str = "", limit: int = 200
) -> list[DivisionOut]:
    """The children of `parent`, or by name or code inside the caller's scope."""
    return queries.list_divisions(request.actor, parent=parent, q=q, limit=max(1, min(limit, 500)))


@router.get("/places", response={200: list[NamedPlaceOut], 403: Refusal}, operation_id="find_places")
def find_places(request: ActorRequest, q: str = "") -> list[NamedPlaceOut]:
    """Up to 20 divisions and grids of the caller's territory by a piece of the name or a code."""
    return places.find_places(request.actor, q=q.strip(), at=clock.now())


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


@router.get("/grids/export.{suffix}", response={200: None, (404, 422): Refusal}, operation_id="export_grids")
def export_grids(
    request: ActorRequest, suffix: str, datum: Datum, layer: str = "comprehensive", within: str = ""
) -> HttpResponse:
    """The caller's grids as geojson, gpkg, kml or shp (zipped), in the datum asked."""
    file = services.export_grids(
        request.actor, layer=layer, within=within, suffix=suffix, datum=datum, at=clock.now()
    )
    answer = HttpResponse(file.content, content_type=file.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


@router.get("/grids/{uuid:grid_id}", response={200: GridOut, 404: Refusal}, operation_id="get_grid")
def get_grid(request: ActorRequest, grid_id: UUID) -> GridOut:
    return queries.get_grid(request.actor, grid_id, on=clock.today())


@router.get(
    "/grids/{uuid:grid_id}/lineage",
    response={200: LineageOut, 404: Refusal},
    operation_id="get_grid_lineage",
)
def get_grid_lineage(request: ActorRequest, grid_id: UUID) -> LineageOut:
    """What a grid came from and what became of it."""
    return family.lineage_of(request.actor, grid_id)


@router.get("/tree", response=TreeOut, operation_id="get_territory_tree")
def get_territory_tree(request: ActorRequest) -> TreeOut:
    """How the active pack divides the city: levels, layers, scenes, and who must be in a grid."""
    return staffing.get_tree(request.actor, at=clock.now())


@router.get("/staffing", response=ShortagePage, operation_id="list_shortages")
def list_shortages(
    request: ActorRequest, layer: str = "", within: str = "", cursor: str = "", limit: int = 50
) -> ShortagePage:
    """Grids whose team is not what the pack asks for: vacancies, and places with too many."""
    limit = max(1, min(limit, 500))
    return staffing.list_shortages(
        request.actor, layer=layer, within=within, cursor=cursor, limit=limit, on=clock.today()
    )


@router.get("/members", response={200: MemberPage, (403, 422): Refusal}, operation_id="list_grid_members")
def list_grid_members(
    request: ActorRequest, layer: str = "comprehensive", within: str = "", cursor: str = "", limit: int = 50
) -> MemberPage:
    """Who is in the grids of a layer today, by grid, dedicated and market grids too."""
    limit = max(1, min(limit, 200))
    return rosters.list_members(
        request.actor, layer=layer, within=within, cursor=cursor, limit=limit, on=clock.today()
    )


@router.get("/here", response={200: list[GridHereOut], 403: Refusal}, operation_id="list_grids_here")
def list_grids_here(request: ActorRequest, lon: float, lat: float) -> list[GridHereOut]:
    """The grids of every layer that cover a place (WGS-84) of the caller's own grids."""
    return around.list_here(request.actor, lon, lat, at=clock.now())


@router.post("/locate", response=list[LocatedOut | None], operation_id="locate_points")
def locate_points(request: ActorRequest, body: LocateIn) -> list[LocatedOut | None]:
    """The grid of each point, or null where no grid of the caller's scope lies."""
    return queries.locate_points(request.actor, body, at=clock.now())


@router.get("/coverage", response={200: CoverageOut, 404: Refusal}, operation_id="check_coverage")
def check_coverage(request: ActorRequest, layer: str = "comprehensive") -> CoverageOut:
    """Whether the caller's grids of the layer leave gaps or overlap, with the shapes of both."""
    return services.check_coverage(request.actor, layer, at=clock.now())


@router.post(
    "/divisions/imports",
    response={200: RunOut, (403, 409, 422): Refusal},
    operation_id="import_divisions",
)
def import_divisions(
    request: ActorRequest, options: Form[DivisionImportIn], file: File[UploadedFile]
) -> RunOut:
    """A CSV or Excel table of codes and names, read by a worker: ask `/api/runs/{id}` how far it is. With
    any error nothing is loaded."""
    given = DivisionImport.model_validate(options.model_dump(exclude={"id"}))
    run = services.ask_division_import(file, given, options.id, actor=request.actor, at=clock.now())
    return run_out(run, request.actor)


@router.post(
    "/grids/imports", response={200: ImportReport, (403, 404, 422): Refusal}, operation_id="import_grids"
)
def import_grids(request: ActorRequest, options: Form[GridImport], file: File[UploadedFile]) -> ImportReport:
    """GeoJSON, Shapefile (zip), GeoPackage, TopoJSON or KML. With any error nothing is loaded."""
    return services.import_grid_upload(file, options, actor=request.actor, at=clock.now())


@router.post("/members", response={200: AppointedOut, (403, 404): Refusal}, operation_id="appoint_members")
def appoint_members(request: ActorRequest, body: AppointIn) -> AppointedOut:
    """Let people cover grids; a new primary member ends the former one's time (WH-07)."""
    wanted = [
        services.Appointment(one.path, one.user_id, one.layer, one.duty, one.slot)
        for one in body.appointments
    ]
    appointed = services.appoint_members(
        wanted, actor=request.actor, starts_on=body.starts_on, at=clock.now()
    )
    return AppointedOut(appointed=appointed)
