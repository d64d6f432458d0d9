"""How far a census is, by grid and by member, counted set by set (CE-5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.accounts.queries import names_of as people_names_of
from wangge.census.models import Census
from wangge.census.schemas import Counts, GridProgress, GridProgressPage, MemberProgress
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.territory.queries import list_paths, make_cursor, members_of, names_of, read_cursor

LAYER = "comprehensive"
FINDINGS = ("seen", "changed", "gone", "duplicate", "new")
# A place is owed a walk while it stands open in the register and has no answer.
UNWALKED = """
SELECT {key}, count(*) FROM venues_venue v
 WHERE {where} AND v.is_open AND v.merged_into_id IS NULL
   AND NOT EXISTS (SELECT FROM census_answer a
     WHERE a.census_id = %s AND a.venue_id = v.id AND a.is_current)
 GROUP BY 1
"""
WALKED = """
SELECT {key}, a.finding, count(*), count(*) FILTER (WHERE a.review = 'waiting') FROM census_answer a
 WHERE a.census_id = %s AND a.is_current AND {where} GROUP BY 1, 2
"""
MEMBERS = """
SELECT a.by, count(*), {counts}, max(a.at) FROM census_answer a
 WHERE a.census_id = %s AND a.is_current AND starts_with(a.grid_path, %s)
 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 500
""".format(counts=", ".join(f"count(*) FILTER (WHERE a.finding = '{one}')" for one in FINDINGS))


def inner(census: Census, actor: Actor) -> str:
    """Return the part of the census that the caller sees: the deeper of the two paths."""
    return max(census.path, actor.scope, key=len)


def count_all(census: Census, actor: Actor) -> Counts:
    """Return the counts of what the caller sees, in two statements. Rule: CE-5."""
    path = inner(census, actor)
    whole = "starts_with({0}.grid_path, %s)"
    with connection.cursor() as cursor:
        cursor.execute(UNWALKED.format(key="''", where=whole.format("v")), [path, census.pk])
        unwalked = sum(n for _, n in cursor.fetchall())
        cursor.execute(WALKED.format(key="''", where=whole.format("a")), [census.pk, path])
        rows = [(finding, n, waiting) for _, finding, n, waiting in cursor.fetchall()]
    return _counts(unwalked, rows)


def list_grids(census: Census, actor: Actor, *, cursor: str, limit: int, at: datetime) -> GridProgressPage:
    """Return a page of grids with their counts: two statements whatever the page. Rule: CE-5."""
    after = read_cursor(cursor) if cursor else ""
    paths = list_paths(inner(census, actor), LAYER, at=at, most=limit + 1, after=after)
    more, paths = len(paths) > limit, paths[:limit]
    unwalked, walked = _by_grid(census, paths)
    names = names_of(paths)
    members = members_of(paths, LAYER, at.astimezone(CHINA).date())
    people = people_names_of(list(members.values()))
    items = [
        GridProgress(
            path=path,
            name=names.get(path, path),
            member=people.get(members.get(path, 0), ""),
            counts=_counts(unwalked.get(path, 0), walked.get(path, [])),
        )
        for path in paths
    ]
    return GridProgressPage(items=items, next_cursor=make_cursor(paths[-1]) if more else None)


def _by_grid(
    census: Census, paths: Sequence[str]
) -> tuple[dict[str, int], dict[str, list[tuple[str, int, int]]]]:
    walked: dict[str, list[tuple[str, int, int]]] = {}
    with connection.cursor() as cursor:
        asked: list[Any] = [list(paths), census.pk]
        cursor.execute(UNWALKED.format(key="v.grid_path", where="v.grid_path = ANY(%s)"), asked)
        unwalked = dict(cursor.fetchall())
        cursor.execute(WALKED.format(key="a.grid_path", where="a.grid_path = ANY(%s)"), asked[::-1])
        for path, finding, n, waiting in cursor.fetchall():
            walked.setdefault(path, []).append((finding, n, waiting))
    return unwalked, walked


def _counts(unwalked: int, rows: Sequence[tuple[str, int, int]]) -> Counts:
    found = {finding: n for finding, n, _ in rows}
    walked = sum(n for finding, n in found.items() if finding != "new")
    return Counts(
        total=walked + unwalked,
        walked=walked,
        unwalked=unwalked,
        waiting=sum(waiting for _, _, waiting in rows),
        **{finding: found.get(finding, 0) for finding in FINDINGS},
    )


def list_members(census: Census, actor: Actor) -> list[MemberProgress]:
    """Return what each member has answered, the busiest first, at most 500. Rule: CE-5."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [census.pk, inner(census, actor)])
        rows = cursor.fetchall()
    people = people_names_of([row[0] for row in rows])
    return [
        MemberProgress(
            user_id=by,
            name=people.get(by, ""),
            answered=answered,
            last_at=last_at,
            **dict(zip(FINDINGS, counts, strict=True)),
        )
        for by, answered, *counts, last_at in rows
    ]


def count_unwalked(census_id: UUID, path: str) -> int:
    """Return how many places nobody has walked to."""
    with connection.cursor() as cursor:
        cursor.execute(UNWALKED.format(key="''", where="starts_with(v.grid_path, %s)"), [path, census_id])
        return sum(n for _, n in cursor.fetchall())
