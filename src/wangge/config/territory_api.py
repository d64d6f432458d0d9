"""Changes of grids: the one place that knows what every room keeps in a grid (ADR 21)."""

from __future__ import annotations

from uuid import UUID

from ninja import File, Form, Router
from ninja.files import UploadedFile

from wangge.cases.services import CaseMover
from wangge.census.services import CensusMover
from wangge.config.calendar_mover import CalendarMover
from wangge.fires.services import FireMover
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.matters.services import MatterMover
from wangge.orders.services import OrderMover
from wangge.plates.services import PlateMover
from wangge.teams.services import TeamMover
from wangge.territory import family, services
from wangge.territory.change_schemas import (
    BorderIn,
    ChangeOut,
    ChangePage,
    DrawIn,
    MergeIn,
    RecodeIn,
    RecodeReport,
    RedrawIn,
    SplitIn,
    UndoIn,
)
from wangge.territory.services import Mover
from wangge.venues.services import VenueMover
from wangge.visits.services import ArrivalMover, PersonMover

router = Router(tags=["territory"])
MOVERS: tuple[Mover, ...] = (
    VenueMover(),
    OrderMover(),
    CaseMover(),
    MatterMover(),
    TeamMover(),
    CalendarMover(),
    PlateMover(),
    CensusMover(),
    PersonMover(),
    ArrivalMover(),
    FireMover(),
)
NO = {(403, 404, 409, 422): Refusal}


@router.get("", response=ChangePage, operation_id="list_grid_changes")
def list_grid_changes(
    request: ActorRequest, layer: str = "", cursor: str = "", limit: int = 20
) -> ChangePage:
    """Splits, merges, redrawings and recodings inside the caller's scope, newest first."""
    limit = max(1, min(limit, 100))
    return family.list_changes(request.actor, layer=layer, cursor=cursor, limit=limit, at=clock.now())


@router.post("/split", response={200: ChangeOut, **NO}, operation_id="split_grid")
def split_grid(request: ActorRequest, body: SplitIn) -> ChangeOut:
    """Cut a grid by a line. With `dry_run` it is told what would move, and nothing is written."""
    at = clock.now()
    done = services.split_grid(body, movers=MOVERS, actor=request.actor, at=at)
    return family.tell(done, at=at, dry_run=body.dry_run and not done.was_done)


@router.post("/merge", response={200: ChangeOut, **NO}, operation_id="merge_grids")
def merge_grids(request: ActorRequest, body: MergeIn) -> ChangeOut:
    """Join neighbours to one grid."""
    at = clock.now()
    done = services.merge_grids(body, movers=MOVERS, actor=request.actor, at=at)
    return family.tell(done, at=at, dry_run=body.dry_run and not done.was_done)


@router.post("/border", response={200: ChangeOut, **NO}, operation_id="move_border")
def move_border(request: ActorRequest, body: BorderIn) -> ChangeOut:
    """Draw another border between two neighbours; each keeps its code."""
    at = clock.now()
    done = services.move_border(body, movers=MOVERS, actor=request.actor, at=at)
    return family.tell(done, at=at, dry_run=body.dry_run and not done.was_done)


@router.post("/draw", response={200: ChangeOut, **NO}, operation_id="draw_grid")
def draw_grid(request: ActorRequest, body: DrawIn) -> ChangeOut:
    """Begin a grid on ground that no grid of the layer covers."""
    at = clock.now()
    done = services.draw_grid(body, movers=MOVERS, actor=request.actor, at=at)
    return family.tell(done, at=at, dry_run=body.dry_run and not done.was_done)


@router.post("/redraw", response={200: ChangeOut, **NO}, operation_id="redraw_grids")
def redraw_grids(request: ActorRequest, body: RedrawIn) -> ChangeOut:
    """Give neighbours other outlines together."""
    at = clock.now()
    done = services.redraw_grids(body, movers=MOVERS, actor=request.actor, at=at)
    return family.tell(done, at=at, dry_run=body.dry_run and not done.was_done)


@router.post(
    "/recode", response={200: RecodeReport, (403, 404, 422): Refusal}, operation_id="recode_divisions"
)
def recode_divisions(
    request: ActorRequest, options: Form[RecodeIn], file: File[UploadedFile]
) -> RecodeReport:
    """Divisions get other codes by a table old → new (CSV or Excel): all that goes on below them follows."""
    return services.recode_upload(file, options, movers=MOVERS, actor=request.actor, at=clock.now())


@router.post("/{uuid:change_id}/undo", response={200: ChangeOut, **NO}, operation_id="undo_grid_change")
def undo_grid_change(request: ActorRequest, change_id: UUID, body: UndoIn) -> ChangeOut:
    """Let the grids before the change stand again, within 24 hours."""
    at = clock.now()
    done = services.undo_change(change_id, body, movers=MOVERS, actor=request.actor, at=at)
    return family.tell(done, at=at, dry_run=body.dry_run and not done.was_done)
