"""HTTP face of the fire register."""

from __future__ import annotations

from datetime import date
from typing import IO, Any, cast
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from wangge.fires import queries, services
from wangge.fires.file_rows import EXAMPLE, NOTES, TABLE
from wangge.fires.schemas import (
    FireDetail,
    FireFigureFilter,
    FireFigures,
    FireFilter,
    FireIn,
    FirePage,
    FirePoints,
    FireStepIn,
    FireWordOut,
)
from wangge.kernel import clock
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.kernel.spreadsheets import read_rows
from wangge.territory.schemas import ImportReport

router = Router(tags=["fires"])
NO: dict[Any, Any] = {(403, 404, 422): Refusal}


@router.get("", response={200: FirePage, **NO}, operation_id="list_fires")
def list_fires(request: ActorRequest, filters: Query[FireFilter]) -> FirePage:
    """Fires of the caller's territory, the newest first."""
    return queries.list_fires(request.actor, filters)


@router.post("", response={200: list[FateOut], 403: Refusal}, operation_id="report_fires")
def report_fires(request: ActorRequest, fires: list[FireIn]) -> list[dict[str, Any]]:
    """Fires that were heard of, one fate each; at most 500."""
    return fate_bodies(services.report_fires(fires, actor=request.actor, at=clock.now()))


@router.post("/steps", response={200: list[FateOut], 403: Refusal}, operation_id="take_fire_steps")
def take_fire_steps(request: ActorRequest, steps: list[FireStepIn]) -> list[dict[str, Any]]:
    """Confirm, turn out, end, dismiss, or state the four figures; one fate each."""
    return fate_bodies(services.take_fire_steps(steps, actor=request.actor, at=clock.now()))


@router.get("/words", response={200: list[FireWordOut], **NO}, operation_id="list_fire_words")
def list_fire_words(request: ActorRequest) -> list[FireWordOut]:
    """Causes and kinds of places that may be chosen."""
    return queries.list_words(request.actor)


@router.get("/figures", response={200: FireFigures, **NO}, operation_id="count_fires")
def count_fires(request: ActorRequest, filters: Query[FireFigureFilter]) -> FireFigures:
    """The four figures beside the same months a year before."""
    return queries.count_fires(request.actor, filters)


@router.get("/points", response={200: FirePoints, **NO}, operation_id="list_fire_points")
def list_fire_points(request: ActorRequest, bbox: str, first_on: date, last_on: date) -> FirePoints:
    """Fires inside `min_lon,min_lat,max_lon,max_lat` (WGS-84) for the map."""
    return queries.list_points(request.actor, bbox=bbox, first_on=first_on, last_on=last_on)


@router.get("/export.{suffix}", response={200: None, **NO}, operation_id="export_fires")
def export_fires(request: ActorRequest, suffix: str, filters: Query[FireFilter]) -> StreamingHttpResponse:
    """The fires of a filter as csv or xlsx (WGS-84); it can be loaded again."""
    check_suffix(suffix)
    at = clock.now()
    rows = services.export_fires(request.actor, filters, at=at)
    return download(rows, TABLE, name="fires", suffix=suffix, at=at)


@router.get("/template.{suffix}", response={200: None, **NO}, operation_id="get_fire_template")
def get_fire_template(request: ActorRequest, suffix: str) -> StreamingHttpResponse:
    """The columns of a file of fires, with an example."""
    request.actor.check_can(queries.WRITE)
    rows: list[dict[str, object]] = [EXAMPLE]
    rows += [{TABLE[0]: note} for note in NOTES]
    return download(rows, TABLE, name="fires-template", suffix=suffix, at=clock.now())


@router.post("/imports", response={200: ImportReport, (403, 422): Refusal}, operation_id="import_fires")
def import_fires(
    request: ActorRequest, file: File[UploadedFile], dry_run: Form[bool] = False
) -> ImportReport:
    """CSV or Excel, a row a fire, known by its number. With any error nothing is loaded."""
    rows = read_rows(cast(IO[bytes], file.file), file.name or "")
    return services.import_fires(
        rows, actor=request.actor, at=clock.now(), file_name=file.name or "", dry_run=dry_run
    )


@router.get("/{uuid:fire_id}", response={200: FireDetail, **NO}, operation_id="get_fire")
def get_fire(request: ActorRequest, fire_id: UUID) -> FireDetail:
    """A fire with its steps."""
    return queries.get_fire(request.actor, fire_id)
