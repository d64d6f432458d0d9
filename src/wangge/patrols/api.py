"""HTTP face of patrols. It translates; the rules are in services."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from wangge.kernel import clock
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.http import ActorRequest, answer, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.patrols import bodies, queries, services
from wangge.patrols.log_queries import COLUMNS as LOG_COLUMNS
from wangge.patrols.schemas import (
    DayFilter,
    DutyCommand,
    GridLogCommand,
    GridLogDetail,
    GridLogPage,
    LogFilter,
    MyPatrol,
    OnDutyList,
    PairedOut,
    PatrolDayDetail,
    PatrolDayPage,
    TrackerIn,
    TrackerOut,
)

router = Router(tags=["patrols"])
FATES: dict[Any, Any] = {200: FateOut, 208: FateOut, (401, 403, 404, 409, 422): FateOut}


@router.get("/mine", response={200: MyPatrol, 403: Refusal}, operation_id="get_my_patrol")
def get_my_patrol(request: ActorRequest) -> MyPatrol:
    """The caller's patrol that goes on, and today's minutes so far."""
    return queries.get_mine(request.actor, at=clock.now())


@router.get("/on-duty", response={200: OnDutyList, 403: Refusal}, operation_id="list_on_duty")
def list_on_duty(request: ActorRequest) -> OnDutyList:
    """Who of the caller's territory is on duty now, and where each was last seen."""
    at = clock.now()
    found = queries.list_on_duty(request.actor, at=at)
    queries.note_looking(request.actor, found, at=at)
    return found


@router.post("/duty", response=FATES, operation_id="take_duty")
def take_duty(request: ActorRequest, command: DutyCommand) -> Any:
    """Start, pause, resume or stop a patrol, or check in at a plate."""
    return answer(services.take_duty([command], actor=request.actor, at=clock.now())[0])


@router.post("/duties", response=list[FateOut], operation_id="take_duties")
def take_duties(request: ActorRequest, commands: list[DutyCommand]) -> list[dict[str, Any]]:
    """Many steps, one fate each, in order; at most 500."""
    return fate_bodies(services.take_duty(commands, actor=request.actor, at=clock.now()))


@router.post("/points", response=FATES, operation_id="ingest_points", openapi_extra=bodies.DOCUMENTED)
def ingest_points(request: ActorRequest) -> HttpResponse:
    """A batch of the caller's positions, at most 1,000; the fate tells which were not taken and why."""
    batch = bodies.read_batch(request.body)
    return bodies.write_fate(services.ingest_points([batch], actor=request.actor, at=clock.now())[0])


@router.get("/days", response={200: PatrolDayPage, 403: Refusal}, operation_id="list_patrol_days")
def list_patrol_days(request: ActorRequest, filters: Query[DayFilter]) -> PatrolDayPage:
    return queries.list_days(request.actor, filters)


@router.get("/days.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_patrol_days")
def export_patrol_days(
    request: ActorRequest, suffix: str, filters: Query[DayFilter]
) -> StreamingHttpResponse:
    """The days of the list as csv or xlsx."""
    check_suffix(suffix)
    rows = queries.export_days(request.actor, filters, at=clock.now())
    return download(rows, queries.COLUMNS, name="patrols", suffix=suffix, at=clock.now())


@router.get(
    "/days/{int:day_id}", response={200: PatrolDayDetail, (403, 404): Refusal}, operation_id="get_patrol_day"
)
def get_patrol_day(request: ActorRequest, day_id: int) -> PatrolDayDetail:
    """One day: its patrols, and why each stretch counted or did not."""
    shown = queries.get_day(request.actor, day_id)
    queries.note_reading(request.actor, day_id, at=clock.now())
    return shown


@router.get("/logs", response={200: GridLogPage, 403: Refusal}, operation_id="list_grid_logs")
def list_grid_logs(request: ActorRequest, filters: Query[LogFilter]) -> GridLogPage:
    return queries.list_logs(request.actor, filters)


@router.get("/logs.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_grid_logs")
def export_grid_logs(request: ActorRequest, suffix: str, filters: Query[LogFilter]) -> StreamingHttpResponse:
    """The logs of the list as csv or xlsx."""
    check_suffix(suffix)
    rows = queries.export_logs(request.actor, filters, at=clock.now())
    return download(rows, LOG_COLUMNS, name="grid-logs", suffix=suffix, at=clock.now())


@router.get("/logs/mine", response={200: GridLogDetail, (403, 404): Refusal}, operation_id="get_my_log")
def get_my_log(request: ActorRequest, on: date) -> GridLogDetail:
    """The caller's log of a day, as it writes itself until somebody writes it."""
    return queries.get_log(request.actor, on, at=clock.now())


@router.post("/logs", response=FATES, operation_id="save_grid_log")
def save_grid_log(request: ActorRequest, command: GridLogCommand) -> Any:
    """The caller's own words for a day, or the signature under them."""
    return answer(services.save_log([command], actor=request.actor, at=clock.now())[0])


@router.get("/trackers", response={200: list[TrackerOut], 403: Refusal}, operation_id="list_trackers")
def list_trackers(request: ActorRequest) -> list[TrackerOut]:
    return queries.list_trackers(request.actor)


@router.post("/trackers", response={200: PairedOut, (403, 409): Refusal}, operation_id="pair_tracker")
def pair_tracker(request: ActorRequest, body: TrackerIn) -> PairedOut:
    """Pair a device of the caller. The token is in this answer and nowhere else."""
    tracker, token = services.pair_tracker(body, actor=request.actor, at=clock.now())
    return bodies.paired(tracker, token, request.build_absolute_uri(f"/api/patrols/{tracker.kind}"))


@router.post(
    "/trackers/{uuid:tracker_id}/revoke",
    response={200: TrackerOut, (403, 404): Refusal},
    operation_id="revoke_tracker",
)
def revoke_tracker(request: ActorRequest, tracker_id: UUID) -> TrackerOut:
    tracker = services.revoke_tracker(tracker_id, actor=request.actor, at=clock.now())
    return TrackerOut.model_validate(tracker, from_attributes=True)


@router.get("/osmand", auth=None, response={200: None, (401, 422): Refusal}, operation_id="take_osmand_get")
@router.post("/osmand", auth=None, response={200: None, (401, 422): Refusal}, operation_id="take_osmand")
def take_osmand(request: HttpRequest) -> HttpResponse:
    """A position of a client of the OsmAnd protocol (Traccar Client, OsmAnd); `id` is the pairing token.

    A position that is refused is answered with 200 too: such clients send until they hear 200, and a position
    off duty is to be forgotten, not stored on the phone.
    """
    fields = {**request.GET.dict(), **request.POST.dict()}
    body = b"" if request.POST else request.body
    return bodies.write_fate(services.take_osmand(fields, body, at=clock.now()), status=200)


@router.post(
    "/owntracks", auth=None, response={200: None, (401, 422): Refusal}, operation_id="take_owntracks"
)
def take_owntracks(request: HttpRequest) -> HttpResponse:
    """A message of OwnTracks in HTTP mode; the password is the pairing token. Answered as for OsmAnd."""
    token = bodies.basic_password(request.headers.get("Authorization", ""))
    services.take_owntracks(request.body, token, at=clock.now())
    return HttpResponse(b"[]", content_type="application/json")
