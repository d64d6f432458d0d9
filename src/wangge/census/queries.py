"""Reads of censuses: lists, the walk, what was found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from wangge.accounts.queries import names_of as people_names_of
from wangge.census.models import Answer, Census
from wangge.census.progress import count_all, inner, list_grids, list_members
from wangge.census.rules import ASKABLE, SEALED, Finding, Review
from wangge.census.schemas import (
    AnswerFilter,
    AnswerOut,
    AnswerPage,
    CensusDetail,
    CensusOut,
    CensusPage,
    ValueOut,
    WalkPage,
    WalkRow,
)
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.secrets import decrypt, mask_name, mask_phone
from wangge.territory.queries import make_cursor, names_of, read_cursor
from wangge.venues import queries as venues
from wangge.venues.schemas import VenueDetail, VenueFilter, VenueRow

__all__ = [
    "get_census",
    "get_detail",
    "list_answers",
    "list_censuses",
    "list_grids",
    "list_members",
    "list_walk",
]
READ = "venues.read"
COUNTED = 10_000


def get_census(actor: Actor, census_id: UUID) -> Census:
    """Return the census. Raises: NotYourRole, NotVisible."""
    actor.check_can(READ)
    census = Census.objects.visible_to(actor).filter(pk=census_id).first()
    if census is None:
        raise NotVisible
    return census


def get_detail(actor: Actor, census_id: UUID) -> CensusDetail:
    """Return the census with how far it is where the caller looks. Raises: NotVisible. Rule: CE-5."""
    census = get_census(actor, census_id)
    [told] = censuses_out([census])
    return CensusDetail(**told.model_dump(), counts=count_all(census, actor))


def list_censuses(actor: Actor, *, cursor: str = "", limit: int = 20) -> CensusPage:
    """Return the censuses inside and around the scope, newest first."""
    actor.check_can(READ)
    found = Census.objects.visible_to(actor).order_by("-opened_at", "id")
    if cursor:
        at, pk = _read_moment(cursor)
        found = found.filter(opened_at__lte=at).filter(Q(opened_at__lt=at) | Q(id__gt=pk))
    rows = list(found[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    key = f"{rows[-1].opened_at.isoformat()}|{rows[-1].pk}" if more else ""
    return CensusPage(items=censuses_out(rows), next_cursor=make_cursor(key) if more else None)


def censuses_out(rows: Sequence[Census]) -> list[CensusOut]:
    """Return censuses with names, in two statements."""
    people = people_names_of([row.opened_by for row in rows])
    names = names_of([row.path for row in rows])
    plain = (
        "id",
        "name",
        "path",
        "starts_on",
        "ends_on",
        "asked",
        "note",
        "opened_at",
        "closed_at",
        "unwalked",
    )
    return [
        CensusOut(
            **{name: getattr(row, name) for name in plain},
            path_name=names.get(row.path, row.path),
            opened_by=people.get(row.opened_by, ""),
        )
        for row in rows
    ]


def list_walk(
    actor: Actor, census_id: UUID, *, grid: str, only_unwalked: bool, cursor: str, limit: int
) -> WalkPage:
    """Return the places of a grid to walk to, in the order of the register, each with its answer.

    Raises: NotVisible. Rule: CE-2. With `only_unwalked` a page may hold fewer than it says there are.
    """
    census = get_census(actor, census_id)
    path = inner(census, actor)
    if grid and not path.startswith(grid):
        if not grid.startswith(path):
            raise NotVisible
        path = grid
    page = venues.list_venues(actor, VenueFilter(q="", grid=path, is_open=True, cursor=cursor, limit=limit))
    rows = Answer.objects.filter(census=census, venue__in=[one.id for one in page.items], is_current=True)
    answers = {row.venue_id: row for row in rows}
    items = [
        _walk_row(row, answers.get(row.id)) for row in page.items if not (only_unwalked and row.id in answers)
    ]
    return WalkPage(items=items, next_cursor=page.next_cursor)


def _walk_row(venue: VenueRow, row: Answer | None) -> WalkRow:
    return WalkRow(
        venue=venue,
        answer_id=row.pk if row else None,
        finding=Finding(row.finding) if row else None,
        review=Review(row.review) if row else None,
        answered_at=row.at if row else None,
    )


def list_answers(actor: Actor, census_id: UUID, filters: AnswerFilter) -> AnswerPage:
    """Return what was found, in the order it came, each beside what is recorded. Rule: CE-4, KE-10."""
    census = get_census(actor, census_id)
    found = Answer.objects.visible_to(actor).filter(census=census, is_current=True)
    if filters.review:
        found = found.filter(review=filters.review.value)
    if filters.finding:
        found = found.filter(finding=filters.finding.value)
    if filters.grid:
        found = found.filter(grid_path__startswith=filters.grid)
    total = found.order_by()[: COUNTED + 1].count()
    if filters.cursor:
        found = found.filter(id__gt=_read_id(filters.cursor))
    rows = list(found.order_by("id")[: filters.limit + 1])
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    return AnswerPage(
        items=answers_out(rows),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=make_cursor(str(rows[-1].pk)) if more else None,
    )


def answers_out(rows: Sequence[Answer]) -> list[AnswerOut]:
    """Return answers with names and the register's side, in a handful of statements."""
    ids = {pk for row in rows for pk in (row.venue_id, row.other_id) if pk is not None}
    places = venues.get_places(ids)
    recorded = venues.facts_of(pk for pk in ids)
    people = people_names_of([pk for row in rows for pk in (row.by, row.reviewed_by) if pk is not None])
    grids = names_of([row.grid_path for row in rows])
    plain = ("id", "grid_path", "note", "lon", "lat", "at", "reviewed_at", "reason")
    return [
        AnswerOut(
            **{name: getattr(row, name) for name in plain},
            finding=Finding(row.finding),
            review=Review(row.review),
            grid_name=grids.get(row.grid_path, row.grid_path),
            venue=places.get(row.venue_id) if row.venue_id else None,
            other=places.get(row.other_id) if row.other_id else None,
            values=_values(row, recorded.get(row.venue_id) if row.venue_id else None),
            by=people.get(row.by, ""),
            reviewed_by=people.get(row.reviewed_by, "") if row.reviewed_by else "",
        )
        for row in rows
    ]


def _values(row: Answer, recorded: VenueDetail | None) -> list[ValueOut]:
    return [
        ValueOut(
            field=name,
            recorded=text_of(name, getattr(recorded, name)) if recorded else "",
            found=shown(name, row.values[name]),
        )
        for name in ASKABLE
        if name in row.values
    ]


def shown(name: str, value: object) -> str:
    """Return a value that was found as it may go out: the keeper masked (KE-10)."""
    if name in SEALED:
        return mask_phone(decrypt(str(value).encode("ascii"))) if value else ""
    return mask_name(str(value)) if name == "keeper_name" else text_of(name, value)


def text_of(name: str, value: object) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    return (
        "、".join(value)
        if isinstance(value, list)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _read_moment(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, pk = read_cursor(cursor).split("|")
        return datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        raise _bad_cursor() from None


def _read_id(cursor: str) -> UUID:
    try:
        return UUID(read_cursor(cursor))
    except ValueError:
        raise _bad_cursor() from None


def _bad_cursor() -> Unreadable:
    return Unreadable(
        field="cursor", why_zh="翻页标记无效，请从第一页重新开始", why_en="start again from the first page"
    )
