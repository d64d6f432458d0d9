"""Who is away, this week and next, and which grids nobody is in charge of. Rule: AC-13, TE-35."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.accounts.services import Leave
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.territory import queries
from wangge.territory.candidates import grids_of, list_candidates
from wangge.territory.charge import IS_AWAY
from wangge.territory.leave_schemas import (
    AwayOut,
    AwayPage,
    CandidateOut,
    CoveredGridOut,
    GridCandidatesOut,
    UncoveredOut,
    UncoveredPage,
)
from wangge.territory.models import Duty, GridMember
from wangge.territory.movers import patterns

READ, GRANT = "leave.read", "leave.grant"
COUNTED = 10_000
T = TypeVar("T")
_UNCOVERED = f"""
WITH led AS (
  SELECT l.id AS leave_id, l.user_id, m.layer, m.path, d.day::date AS day
  FROM accounts_leave l
  JOIN territory_gridmember m ON m.user_id = l.user_id AND m.duty = 'primary' AND m.path LIKE %(scope)s
  CROSS JOIN LATERAL generate_series(
    greatest(l.starts_on, m.starts_on, %(first)s),
    least(l.ends_on, coalesce(m.ends_on, l.ends_on), %(until)s) - 1, interval '1 day') AS d(day)
  WHERE l.withdrawn_at IS NULL AND l.ends_on > %(first)s AND l.starts_on < %(until)s
)
SELECT leave_id, layer, path, user_id, min(day), max(day), count(*) FROM led
WHERE NOT EXISTS (
  SELECT 1 FROM territory_gridmember s
  WHERE s.leave_id = led.leave_id AND s.layer = led.layer AND s.path = led.path
    AND s.starts_on <= led.day AND s.ends_on > led.day
    AND NOT {IS_AWAY.format(who="s.user_id", on="led.day")})
GROUP BY 1, 2, 3, 4
"""
_UNCOVERED_PAGE = f"""
SELECT * FROM ({_UNCOVERED}) u WHERE (path, leave_id) > (%(path)s, %(after)s::uuid)
ORDER BY path, leave_id LIMIT %(limit)s
"""
_UNCOVERED_COUNT = f"SELECT count(*) FROM ({_UNCOVERED}) u"


def list_away(
    actor: Actor, *, starts_on: date, ends_on: date, within: str, q: str, mine: bool, cursor: str, limit: int,
    on: date,
) -> AwayPage:  # fmt: skip
    """Return a page of the leaves that meet `[starts_on, ends_on)`, by their first day.

    `mine`: the caller's own, the withdrawn ones too; else those of people with a post in the own territory.
    Raises: NotYourRole.
    Rule:   AC-10, AC-13.
    """
    if mine:
        found = Leave.objects.filter(user_id=actor.user_id)
    else:
        actor.check_can(READ)
        scope = within if within.startswith(actor.scope) else actor.scope
        found = Leave.objects.filter(accounts.with_post_in(scope, on), withdrawn_at__isnull=True)
    found = found.filter(starts_on__lt=ends_on, ends_on__gt=starts_on)
    if q:
        found = found.filter(accounts.named_like(q, "user__"))
    total = found.order_by()[: COUNTED + 1].count()
    if cursor:
        day, after = _read_key(cursor, date.fromisoformat)
        found = found.filter(Q(starts_on__gt=day) | Q(starts_on=day, id__gt=after))
    rows = list(found.select_related("user").order_by("starts_on", "id")[: limit + 1])
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    return AwayPage(
        items=_shown(page, actor, on),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=queries.make_cursor(f"{last.starts_on}|{last.pk}") if last else None,
    )


def _read_key(cursor: str, read: Callable[[str], T]) -> tuple[T, UUID]:
    first, _, after = queries.read_cursor(cursor).partition("|")
    try:
        return read(first), UUID(after)
    except ValueError:
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        ) from None


def _shown(leaves: Sequence[Leave], actor: Actor, on: date) -> list[AwayOut]:
    words = accounts.leave_names()
    places = accounts.places_of({leave.user_id for leave in leaves}, on)
    grids = _grids_of(leaves, on)
    may = actor.can(GRANT)
    return [
        AwayOut(
            leave_id=leave.pk,
            user_id=leave.user_id,
            name=leave.user.name,
            place=places.get(leave.user_id, ""),
            kind=leave.kind,
            kind_zh=words.get(leave.kind, (leave.kind, leave.kind))[0],
            kind_en=words.get(leave.kind, (leave.kind, leave.kind))[1],
            starts_on=leave.starts_on,
            ends_on=leave.ends_on,
            note=leave.note,
            stands=_stands(leave, on),
            grids=grids[leave.pk],
            can_change=may or leave.user_id == actor.user_id,
        )
        for leave in leaves
    ]


def _stands(leave: Leave, on: date) -> Any:
    if leave.withdrawn_at is not None:
        return "withdrawn"
    if leave.starts_on > on:
        return "later"
    return "over" if leave.ends_on <= on else "now"


def _grids_of(leaves: Sequence[Leave], on: date) -> dict[UUID, list[CoveredGridOut]]:
    """Return the grids that the people lead, with whoever stands in last, and the days without anybody."""
    led = _led({leave.user_id for leave in leaves})
    rows = GridMember.objects.filter(leave__in=[leave.pk for leave in leaves]).select_related("user")
    stands = defaultdict(list)
    for row in rows.order_by("starts_on", "pk"):
        stands[row.leave_id, row.layer, row.path].append(row)
    names = queries.names_of({row.path for some in led.values() for row in some})
    others = accounts.leaves_of(
        {row.user_id for row in rows},
        min((leave.starts_on for leave in leaves), default=on),
        max((leave.ends_on for leave in leaves), default=on),
    )
    found: dict[UUID, list[CoveredGridOut]] = {}
    for leave in leaves:
        found[leave.pk] = []
        for row in led[leave.user_id] if leave.withdrawn_at is None else ():
            if row.starts_on >= leave.ends_on or (row.ends_on and row.ends_on <= leave.starts_on):
                continue
            mine = stands[leave.pk, row.layer, row.path]
            found[leave.pk].append(
                CoveredGridOut(
                    layer=row.layer,
                    path=row.path,
                    name=names.get(row.path, row.path),
                    substitute_id=mine[-1].user_id if mine else None,
                    substitute_name=mine[-1].user.name if mine else None,
                    open_days=_open_days(leave, mine, others, on),
                )
            )
    return found


def _led(user_ids: Iterable[int]) -> dict[int, list[GridMember]]:
    found: dict[int, list[GridMember]] = defaultdict(list)
    rows = GridMember.objects.filter(user_id__in=list(user_ids), duty=Duty.PRIMARY)
    for row in rows.order_by("layer", "path", "pk"):
        found[row.user_id].append(row)
    return found


def _open_days(leave: Leave, stands: Sequence[GridMember], others: dict[int, list[Leave]], on: date) -> int:
    days = (
        leave.starts_on + timedelta(days=n)
        for n in range((leave.ends_on - leave.starts_on).days)
    )  # fmt: skip
    return sum(
        day >= on
        and not any(
            stand.starts_on <= day < (stand.ends_on or day)
            and not any(one.starts_on <= day < one.ends_on for one in others.get(stand.user_id, ()))
            for stand in stands
        )
        for day in days
    )


def list_uncovered(
    actor: Actor, *, starts_on: date, ends_on: date, within: str, cursor: str, limit: int
) -> UncoveredPage:
    """Return a page of the grids that nobody is in charge of on some days of `[starts_on, ends_on)`.

    Raises: NotYourRole.
    Rule:   TE-35 (WH-07).
    """
    actor.check_can(READ)
    scope = within if within.startswith(actor.scope) else actor.scope
    path, after = _read_key(cursor, str) if cursor else ("", UUID(int=0))
    asked: dict[str, str | int | date] = {"first": starts_on, "until": ends_on}
    asked["scope"] = patterns([scope])[0]
    with connection.cursor() as sql:
        sql.execute(_UNCOVERED_PAGE, asked | {"path": path, "after": str(after), "limit": limit + 1})
        rows = sql.fetchall()
        sql.execute(_UNCOVERED_COUNT, asked)
        total = sql.fetchone()[0]
    page = rows[:limit]
    names = queries.names_of({row[2] for row in page})
    people = accounts.names_of([row[3] for row in page])
    items = [
        UncoveredOut(
            leave_id=leave_id,
            layer=layer,
            path=path,
            name=names.get(path, path),
            absent_name=people[user_id],
            first_on=first,
            last_on=last,
            days=days,
        )
        for leave_id, layer, path, user_id, first, last, days in page
    ]
    last_row = page[-1] if len(rows) > limit else None
    return UncoveredPage(
        items=items,
        total=total,
        total_is_exact=True,
        next_cursor=queries.make_cursor(f"{last_row[2]}|{last_row[0]}") if last_row else None,
    )


def offer_substitutes(
    actor: Actor, *, user_id: int | None, starts_on: date, ends_on: date, at: datetime, on: date
) -> list[GridCandidatesOut]:
    """Return, for each grid that somebody leads in those days, who may stand in; loads are added above.

    Raises: NotYourRole, NotVisible for somebody of another territory.
    Rule:   TE-33.
    """
    who = actor.user_id if user_id is None else user_id
    if who != actor.user_id:
        actor.check_can(GRANT)
        if not accounts.has_post_in(who, actor.scope, on):
            raise NotVisible()
    elif not (actor.can("leave.take") or actor.can(GRANT)):
        raise NotYourRole(capability="leave.take", role=actor.role)
    led = grids_of(who, starts_on, ends_on)
    offered = {grid: list_candidates(grid, who, starts_on, ends_on, at=at) for grid in led}
    paths = {grid.path for grid in led} | {one.from_path for some in offered.values() for one in some}
    names = queries.names_of(paths)
    return [
        GridCandidatesOut(
            layer=grid.layer,
            path=grid.path,
            name=names.get(grid.path, grid.path),
            candidates=[
                CandidateOut(
                    user_id=one.user_id,
                    name=one.name,
                    is_deputy=one.rank == 0,
                    from_path=one.from_path,
                    from_name=names.get(one.from_path, one.from_path),
                    days_away=one.days_away,
                    standing_in=one.standing_in,
                    loads=one.loads,
                )
                for one in some
            ],
        )
        for grid, some in offered.items()
    ]
