"""HTTP face of teams, bodies and notice boards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse
from ninja import Query, Router

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.teams import boards, bodies, calling, queries, services
from wangge.teams.body_schemas import (
    BoardIn,
    BoardOut,
    BodyFilter,
    BodyIn,
    BodyKindOut,
    BodyPage,
    MeetingIn,
    MeetingOut,
    MissingBodyPage,
    PublishedOut,
    PublishIn,
)
from wangge.teams.schemas import (
    MaintainIn,
    NearTeamOut,
    RevealedPerson,
    RevealTeamIn,
    TeamDetail,
    TeamEndIn,
    TeamFilter,
    TeamIn,
    TeamKindOut,
    TeamPage,
    TeamPersonOut,
)

router = Router(tags=["teams"])
NO = {(403, 404): Refusal}


@router.get("", response={200: TeamPage, **NO}, operation_id="list_teams")
def list_teams(request: ActorRequest, filters: Query[TeamFilter]) -> TeamPage:
    """Teams of the caller's territory and of those around it, by name."""
    return queries.list_teams(request.actor, filters, on=clock.today())


@router.get("/kinds", response={200: list[TeamKindOut], **NO}, operation_id="list_team_kinds")
def list_team_kinds(request: ActorRequest) -> list[TeamKindOut]:
    """Kinds of teams with the strength and equipment that the pack asks for."""
    return queries.list_kinds(request.actor)


@router.get("/nearest", response={200: list[NearTeamOut], **NO}, operation_id="list_nearest_teams")
def list_nearest_teams(
    request: ActorRequest, lon: float, lat: float, kind: str = "", limit: int = 5
) -> list[NearTeamOut]:
    """Who can come to a place (WGS-84): the nearest teams, as the crow flies."""
    return calling.list_nearest(
        request.actor, (lon, lat), kind=kind, count=max(1, min(limit, 50)), on=clock.today(), at=clock.now()
    )


@router.get("/people", response={200: list[TeamPersonOut], **NO}, operation_id="find_team_people")
def find_team_people(request: ActorRequest, q: str = "") -> list[TeamPersonOut]:
    """People with a post inside or above the caller's territory, to be named in a team or body."""
    return queries.find_people(request.actor, q.strip(), on=clock.today())


@router.post("", response={200: list[FateOut], 403: Refusal}, operation_id="save_teams")
def save_teams(request: ActorRequest, teams: list[TeamIn]) -> list[dict[str, Any]]:
    """New or changed teams with people and equipment, one fate each, in order; at most 500."""
    return fate_bodies(services.save_teams(teams, actor=request.actor, at=clock.now()))


@router.post("/ends", response={200: list[FateOut], 403: Refusal}, operation_id="end_teams")
def end_teams(request: ActorRequest, teams: list[TeamEndIn]) -> list[dict[str, Any]]:
    """Teams that are no more, or stand again, with a reason."""
    return fate_bodies(services.end_teams(teams, actor=request.actor, at=clock.now()))


@router.post("/maintenance", response={200: list[FateOut], 403: Refusal}, operation_id="record_maintenance")
def record_maintenance(request: ActorRequest, done: list[MaintainIn]) -> list[dict[str, Any]]:
    """Equipment that was looked after; the next day is counted from the latest."""
    return fate_bodies(services.record_maintenance(done, actor=request.actor, at=clock.now()))


@router.get("/bodies", response={200: BodyPage, **NO}, operation_id="list_bodies")
def list_bodies(request: ActorRequest, filters: Query[BodyFilter]) -> BodyPage:
    """Committees, groups and heads that stand in the caller's territory."""
    return bodies.list_bodies(request.actor, filters, on=clock.today())


@router.get("/bodies/kinds", response={200: list[BodyKindOut], **NO}, operation_id="list_body_kinds")
def list_body_kinds(request: ActorRequest) -> list[BodyKindOut]:
    """What bodies the pack asks of which level, with how many stand and are missing."""
    return bodies.list_kinds(request.actor, on=clock.today())


@router.get("/bodies/missing", response={200: MissingBodyPage, **NO}, operation_id="list_missing_bodies")
def list_missing_bodies(
    request: ActorRequest, kind: str = "", within: str = "", cursor: str = "", limit: int = 50
) -> MissingBodyPage:
    """Nodes of the territory that should have a body and have none."""
    limit = max(1, min(limit, 200))
    return bodies.list_missing(
        request.actor, kind=kind, within=within, cursor=cursor, limit=limit, on=clock.today()
    )


@router.post("/bodies", response={200: list[FateOut], 403: Refusal}, operation_id="save_bodies")
def save_bodies(request: ActorRequest, given: list[BodyIn]) -> list[dict[str, Any]]:
    """New, changed or ended bodies with their members, one fate each."""
    return fate_bodies(services.save_bodies(given, actor=request.actor, at=clock.now()))


@router.post("/meetings", response={200: list[FateOut], 403: Refusal}, operation_id="record_meetings")
def record_meetings(request: ActorRequest, meetings: list[MeetingIn]) -> list[dict[str, Any]]:
    """Meetings of bodies, written down once."""
    return fate_bodies(services.record_meetings(meetings, actor=request.actor, at=clock.now()))


@router.get(
    "/bodies/{uuid:body_id}/meetings", response={200: list[MeetingOut], **NO}, operation_id="list_meetings"
)
def list_meetings(request: ActorRequest, body_id: UUID) -> list[MeetingOut]:
    return bodies.list_meetings(request.actor, body_id)


@router.get(
    "/meetings/{uuid:meeting_id}/photos/{sha256}", response={200: None, **NO}, operation_id="get_meeting_page"
)
def get_meeting_page(request: ActorRequest, meeting_id: UUID, sha256: str) -> FileResponse:
    """A photographed page of the minutes."""
    file, media_type = bodies.open_page(request.actor, meeting_id, sha256)
    return FileResponse(file, content_type=media_type)


@router.get("/boards/{path}", response={200: BoardOut, **NO}, operation_id="get_board")
def get_board(request: ActorRequest, path: str) -> BoardOut:
    """What is written down for the notice page of a grid, and what of it the pack lets out."""
    return boards.get_board(request.actor, path)


@router.post("/boards", response={200: list[FateOut], 403: Refusal}, operation_id="save_boards")
def save_boards(request: ActorRequest, given: list[BoardIn]) -> list[dict[str, Any]]:
    return fate_bodies(services.save_boards(given, actor=request.actor, at=clock.now()))


@router.post("/publications", response={200: PublishedOut, **NO}, operation_id="publish_boards")
def publish_boards(request: ActorRequest, body: PublishIn) -> PublishedOut:
    """Publish the notice page of every grid of a territory."""
    done = services.publish_boards(body.layer, body.within, actor=request.actor, at=clock.now())
    return PublishedOut(published=done)


@router.get("/{uuid:team_id}", response={200: TeamDetail, **NO}, operation_id="get_team")
def get_team(request: ActorRequest, team_id: UUID) -> TeamDetail:
    return queries.get_team(request.actor, team_id, on=clock.today())


@router.post(
    "/members/{uuid:member_id}/reveal",
    response={200: RevealedPerson, **NO},
    operation_id="reveal_team_member",
)
def reveal_team_member(request: ActorRequest, member_id: UUID, body: RevealTeamIn) -> RevealedPerson:
    """A member unmasked, for a reason that stays in the audit trail."""
    return services.reveal_member(member_id, body.reason, actor=request.actor, at=clock.now())
