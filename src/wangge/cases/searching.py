"""The first page of a search: among the newest cases while these fill it, else by the index (CS-20).

A word that stands in every tenth case is found among the newest at once; by the index all its cases would be
sorted for the first page. A word that stands in none of them stands in few: the index knows these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection

from wangge.cases import finding
from wangge.cases.schemas import CaseFilter
from wangge.kernel import prepared
from wangge.kernel.actor import Actor
from wangge.kernel.terms import patterns, query_of
from wangge.matters.queries import Rulebook

WINDOWS = (400, 5_000)  # of the newest cases
COUNTED = 10_000  # a list counts so far; beyond, the total is "more than"
NEWEST = "SELECT reported_at FROM cases_case ORDER BY reported_at DESC OFFSET %s LIMIT 1"


class Listed(NamedTuple):
    """What a line of a list shows of a case."""

    id: UUID
    status: str
    matter_code: str
    severity: str
    text: str
    address: str
    grid_path: str
    venue_id: UUID | None
    lon: float
    lat: float
    channel: str
    department_id: int | None
    reporter_id: int
    handler_id: int | None
    reported_at: datetime
    due_at: datetime | None
    stage_started_at: datetime
    stage_due_at: datetime | None
    rework: int
    version: int


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL and its values."""

    sql: str
    values: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Found:
    cases: list[Listed]
    total: int
    is_exact: bool
    has_more: bool


NOTHING = Found([], 0, is_exact=True, has_more=False)
PAGE = f"""
SELECT {", ".join(Listed._fields)}, {{count}} FROM cases_case WHERE {{where}}
ORDER BY reported_at DESC, id DESC LIMIT %s
"""
COUNT = "SELECT count(*) FROM (SELECT FROM cases_case WHERE {where} LIMIT %s) counted"


def fits(filters: CaseFilter) -> bool:
    """Return whether this is the first page of a search through all cases, newest first."""
    is_first_page = bool(filters.q.strip()) and not filters.cursor and filters.sort == "newest"
    return is_first_page and not finding.asks_for_open(filters)


def first_page(actor: Actor, filters: CaseFilter, at: datetime, rules: Rulebook) -> Found:
    """Return the newest of the visible cases that hold the words. Raises: NotYourRole, Unreadable."""
    visible = _visible(actor, filters, at)
    query, likes = query_of(filters.q), [Condition("words LIKE %s", [one]) for one in patterns(filters.q)]
    elsewhere = _elsewhere(finding.seek_elsewhere(filters.q, actor, rules))
    inside = [_all(likes)] if query else []
    if visible is None or not (inside or elsewhere):
        return NOTHING
    for newest in WINDOWS:
        edge = prepared.send(NEWEST, newest).fetchone()
        if edge is None:
            break
        recent = Condition("reported_at >= %s", [edge[0]])
        page = _read(_all([visible, recent, _any(inside + elsewhere)]), filters.limit, "count(*) OVER ()")
        if len(page) > filters.limit:
            return Found(_listed(page[:-1]), page[0][-1], is_exact=False, has_more=True)
        if not page:
            break
    if inside:
        inside = [_all([*inside, Condition("kernel_terms(text || ' ' || address) @@ %s::tsquery", [query])])]
    return _by_index(_all([visible, _any(inside + elsewhere)]), filters.limit)


def _elsewhere(found: finding.Elsewhere) -> list[Condition]:
    conditions = [
        (found.places, Condition("venue_id = ANY(%s)", [found.places])),
        (found.codes, Condition("matter_code = ANY(%s)", [found.codes])),
        (found.ids, Condition("id BETWEEN %s AND %s", found.ids or ())),
    ]
    return [condition for given, condition in conditions if given]


def _by_index(condition: Condition, limit: int) -> Found:
    page = _read(condition, limit, "0")
    if len(page) <= limit:
        return Found(_listed(page), len(page), is_exact=True, has_more=False)
    counted = prepared.ask(COUNT.format(where=condition.sql), *condition.values, COUNTED + 1).fetchall()[0][0]
    return Found(_listed(page[:limit]), min(counted, COUNTED), is_exact=counted <= COUNTED, has_more=True)


def _read(condition: Condition, limit: int, count: str) -> list[Any]:
    statement = PAGE.format(count=count, where=condition.sql)
    return prepared.ask(statement, *condition.values, limit + 1).fetchall()


def _listed(rows: Sequence[Any]) -> list[Listed]:
    return [Listed(*row[:-1]) for row in rows]


def _visible(actor: Actor, filters: CaseFilter, at: datetime) -> Condition | None:
    """Return what the caller may see and the other filters let through, as SQL; None for nothing at all."""
    query = finding.select(actor, filters.model_copy(update={"q": ""}), at).query
    try:
        return Condition(*query.get_compiler(connection=connection).compile(query.where))
    except EmptyResultSet:
        return None
    except FullResultSet:
        return Condition("true")


def _all(conditions: Sequence[Condition]) -> Condition:
    return _joined(" AND ", conditions)


def _any(conditions: Sequence[Condition]) -> Condition:
    return _joined(" OR ", conditions)


def _joined(word: str, conditions: Sequence[Condition]) -> Condition:
    return Condition(
        word.join(f"({one.sql})" for one in conditions),
        [value for one in conditions for value in one.values],
    )
