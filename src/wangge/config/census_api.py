"""Censuses: accepting a duplicate merges places, so whoever knows every room hands the movers in (ADR 24)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from wangge.census import comparing, queries, services
from wangge.census.rules import Side
from wangge.census.schemas import (
    AnswerFilter,
    AnswerIn,
    AnswerPage,
    CensusDetail,
    CensusIn,
    CensusOut,
    CensusPage,
    ComparedPage,
    CompareIn,
    ComparisonOut,
    GridProgressPage,
    MemberProgress,
    ReviewIn,
    WalkPage,
)
from wangge.config.venue_merge_api import MOVERS
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal

router = Router(tags=["census"])
NO = {(403, 404, 422): Refusal}


def _few(limit: int) -> int:
    return max(1, min(limit, 200))


@router.get("", response=CensusPage, operation_id="list_censuses")
def list_censuses(request: ActorRequest, cursor: str = "", limit: int = 20) -> CensusPage:
    """Censuses inside and around the scope, newest first."""
    return queries.list_censuses(request.actor, cursor=cursor, limit=_few(limit))


@router.post("", response={200: CensusOut, **NO}, operation_id="open_census")
def open_census(request: ActorRequest, body: CensusIn) -> CensusOut:
    """A campaign over the grids of a territory, for a time, that asks some fields of every place."""
    return services.open_census(body, actor=request.actor, at=clock.now())


@router.get("/{uuid:census_id}", response={200: CensusDetail, 404: Refusal}, operation_id="get_census")
def get_census(request: ActorRequest, census_id: UUID) -> CensusDetail:
    return queries.get_detail(request.actor, census_id)


@router.post("/{uuid:census_id}/close", response={200: CensusOut, **NO}, operation_id="close_census")
def close_census(request: ActorRequest, census_id: UUID) -> CensusOut:
    """End it; how many places nobody walked to is kept."""
    return services.close_census(census_id, actor=request.actor, at=clock.now())


@router.get(
    "/{uuid:census_id}/grids",
    response={200: GridProgressPage, 404: Refusal},
    operation_id="list_census_grids",
)
def list_census_grids(
    request: ActorRequest, census_id: UUID, cursor: str = "", limit: int = 100
) -> GridProgressPage:
    census = queries.get_census(request.actor, census_id)
    return queries.list_grids(census, request.actor, cursor=cursor, limit=_few(limit), at=clock.now())


@router.get(
    "/{uuid:census_id}/members",
    response={200: list[MemberProgress], 404: Refusal},
    operation_id="list_census_members",
)
def list_census_members(request: ActorRequest, census_id: UUID) -> list[MemberProgress]:
    return queries.list_members(queries.get_census(request.actor, census_id), request.actor)


@router.get("/{uuid:census_id}/walk", response={200: WalkPage, 404: Refusal}, operation_id="list_census_walk")
def list_census_walk(
    request: ActorRequest,
    census_id: UUID,
    grid: str = "",
    only_unwalked: bool = False,
    cursor: str = "",
    limit: int = 100,
) -> WalkPage:
    """The places to walk to, from the register, and what was found there."""
    return queries.list_walk(
        request.actor, census_id, grid=grid, only_unwalked=only_unwalked, cursor=cursor, limit=_few(limit)
    )


@router.post("/{uuid:census_id}/answers", response=list[FateOut], operation_id="answer_census")
def answer_census(request: ActorRequest, census_id: UUID, answers: list[AnswerIn]) -> list[dict[str, Any]]:
    """What was found; ids are made on the phone, a repeat is answered 208. A fate each, at most 500."""
    return fate_bodies(services.answer(census_id, answers, actor=request.actor, at=clock.now()))


@router.get(
    "/{uuid:census_id}/answers", response={200: AnswerPage, 404: Refusal}, operation_id="list_census_answers"
)
def list_census_answers(request: ActorRequest, census_id: UUID, filters: Query[AnswerFilter]) -> AnswerPage:
    """What was found beside what is recorded."""
    return queries.list_answers(request.actor, census_id, filters)


@router.post("/{uuid:census_id}/reviews", response=list[FateOut], operation_id="review_census")
def review_census(request: ActorRequest, census_id: UUID, commands: list[ReviewIn]) -> list[dict[str, Any]]:
    """Accept what was found, or keep the register. A fate each, at most 500."""
    at = clock.now()
    return fate_bodies(services.review(census_id, commands, movers=MOVERS, actor=request.actor, at=at))


@router.get("/{uuid:census_id}/export.{suffix}", response={200: None, **NO}, operation_id="export_census")
def export_census(request: ActorRequest, census_id: UUID, suffix: str) -> StreamingHttpResponse:
    return services.export_census(census_id, suffix, actor=request.actor, at=clock.now())


@router.post(
    "/{uuid:census_id}/comparisons", response={200: ComparisonOut, **NO}, operation_id="compare_census"
)
def compare_census(
    request: ActorRequest, census_id: UUID, options: Form[CompareIn], file: File[UploadedFile]
) -> ComparisonOut:
    """A register of somebody else, CSV or Excel, beside ours; nothing changes."""
    return services.compare(census_id, file, options, actor=request.actor, at=clock.now())


@router.get(
    "/{uuid:census_id}/comparisons",
    response={200: list[ComparisonOut], 404: Refusal},
    operation_id="list_census_comparisons",
)
def list_census_comparisons(request: ActorRequest, census_id: UUID) -> list[ComparisonOut]:
    return comparing.list_comparisons(request.actor, census_id)


@router.get(
    "/comparisons/{uuid:comparison_id}",
    response={200: ComparedPage, (403, 404): Refusal},
    operation_id="list_compared",
)
def list_compared(
    request: ActorRequest, comparison_id: UUID, side: Side, cursor: str = "", limit: int = 100
) -> ComparedPage:
    """What stands in both, only here, or only there."""
    return comparing.list_compared(request.actor, comparison_id, side, cursor=cursor, limit=_few(limit))
