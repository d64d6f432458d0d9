"""Leaves and whoever stands in: the one place that knows what every room gives people to do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ninja import Router

from wangge.accounts import queries as accounts
from wangge.accounts.schemas import ColleagueOut, StaffWordOut
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, answer
from wangge.kernel.schemas import FateOut, Refusal
from wangge.orders import queries as orders
from wangge.territory import absences, standing_in
from wangge.territory.leave_schemas import (
    AwayPage,
    GridCandidatesOut,
    LeaveDone,
    LeaveEndIn,
    LeaveIn,
    SubstituteIn,
    UncoveredPage,
)

router = Router(tags=["staff"])
LOADS = {"order": orders.count_open_by_member}  # kind → (people, first day, day after) → how many each
SPAN = timedelta(days=14)  # this week and next
LONGEST = timedelta(days=366)


@router.get("/words", response=list[StaffWordOut], operation_id="list_staff_words")
def list_staff_words(request: ActorRequest) -> list[StaffWordOut]:
    """What the active pack calls kinds of leave, classes and kinds of staff, and sources of employment."""
    return accounts.list_staff_words()


@router.get("/colleagues", response={200: list[ColleagueOut], 403: Refusal}, operation_id="find_colleagues")
def find_colleagues(request: ActorRequest, q: str = "") -> list[ColleagueOut]:
    """Up to 20 people of the caller's territory whose leave the caller may enter."""
    return accounts.find_colleagues(request.actor, q.strip(), on=clock.today())


@router.get("/leaves", response={200: AwayPage, (403, 422): Refusal}, operation_id="list_leaves")
def list_leaves(
    request: ActorRequest,
    starts_on: date | None = None,
    ends_on: date | None = None,
    within: str = "",
    q: str = "",
    mine: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> AwayPage:
    """Who is away in `[starts_on, ends_on)`, in the next two weeks unless said; or the own leaves."""
    first, until = _span(starts_on, ends_on)
    return absences.list_away(
        request.actor,
        starts_on=first,
        ends_on=until,
        within=within,
        q=q.strip(),
        mine=mine,
        cursor=cursor,
        limit=max(1, min(limit, 200)),
        on=clock.today(),
    )


def _span(starts_on: date | None, ends_on: date | None) -> tuple[date, date]:
    first = starts_on or clock.today()
    return first, min(ends_on or first + SPAN, first + LONGEST)


@router.get(
    "/uncovered", response={200: UncoveredPage, (403, 422): Refusal}, operation_id="list_uncovered_grids"
)
def list_uncovered_grids(
    request: ActorRequest,
    starts_on: date | None = None,
    ends_on: date | None = None,
    within: str = "",
    cursor: str = "",
    limit: int = 50,
) -> UncoveredPage:
    """Grids that nobody is in charge of on some days, because the member is away and nobody stands in."""
    first, until = _span(starts_on, ends_on)
    return absences.list_uncovered(
        request.actor,
        starts_on=first,
        ends_on=until,
        within=within,
        cursor=cursor,
        limit=max(1, min(limit, 200)),
    )


@router.get(
    "/substitutes",
    response={200: list[GridCandidatesOut], (403, 404, 422): Refusal},
    operation_id="offer_substitutes",
)
def offer_substitutes(
    request: ActorRequest, starts_on: date, ends_on: date, user_id: int | None = None
) -> list[GridCandidatesOut]:
    """Who may stand in, grid by grid: deputies first, then neighbours, each with the load of those days."""
    first, until = _span(starts_on, ends_on)
    offered = absences.offer_substitutes(
        request.actor, user_id=user_id, starts_on=first, ends_on=until, at=clock.now(), on=clock.today()
    )
    people = {one.user_id for grid in offered for one in grid.candidates}
    counted = {kind: count(people, first, until) for kind, count in LOADS.items()}
    for grid in offered:
        for one in grid.candidates:
            one.loads = {kind: some.get(one.user_id, 0) for kind, some in counted.items()}
    return offered


@router.post(
    "/leaves",
    response={200: FateOut, 208: FateOut, (403, 404, 409, 422): FateOut},
    operation_id="take_leave",
)
def take_leave(request: ActorRequest, body: LeaveIn) -> Any:
    """A leave of the caller or, for whoever grants, of somebody else; with who stands in, grid by grid."""
    return answer(standing_in.take_leaves([body], actor=request.actor, at=clock.now())[0])


@router.put(
    "/leaves/{uuid:leave_id}/substitute",
    response={200: LeaveDone, (403, 404, 409, 422): Refusal},
    operation_id="name_substitute",
)
def name_substitute(request: ActorRequest, leave_id: UUID, body: SubstituteIn) -> LeaveDone:
    """Who stands in in one grid, from today on; nobody where no person is named."""
    return standing_in.name_substitute(leave_id, body, actor=request.actor, at=clock.now())


@router.put(
    "/leaves/{uuid:leave_id}/end",
    response={200: LeaveDone, (403, 404, 409): Refusal},
    operation_id="end_leave",
)
def end_leave(request: ActorRequest, leave_id: UUID, body: LeaveEndIn) -> LeaveDone:
    """Somebody is back earlier than was said."""
    return standing_in.end_leave(leave_id, body.ends_on, actor=request.actor, at=clock.now())


@router.delete(
    "/leaves/{uuid:leave_id}",
    response={200: LeaveDone, (403, 404, 409): Refusal},
    operation_id="withdraw_leave",
)
def withdraw_leave(request: ActorRequest, leave_id: UUID) -> LeaveDone:
    """Take back a leave that has not begun."""
    return standing_in.withdraw_leave(leave_id, actor=request.actor, at=clock.now())
