"""Cases by grid: each counts for the grid in which it lay at that moment, whatever became of it since."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from wangge.cases.schemas import GridCases
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotYourRole
from wangge.territory import queries as territory

_THEN = """coalesce((
    SELECT m.path_before FROM territory_move m
    WHERE m.subject_id = c.id AND m.kind = 'case' AND m.at > c.{moment} ORDER BY m.at, m.id LIMIT 1
  ), c.grid_path)"""
COUNTED = f"""
SELECT path, count(*) FILTER (WHERE NOT ended), count(*) FILTER (WHERE ended) FROM (
  SELECT {_THEN.format(moment="reported_at")} AS path, false AS ended FROM cases_case c
  WHERE c.reported_at >= %(since)s AND c.reported_at < %(until)s
  UNION ALL
  SELECT {_THEN.format(moment="closed_at")}, true FROM cases_case c
  WHERE c.closed_at >= %(since)s AND c.closed_at < %(until)s AND c.status = 'closed'
) told WHERE path LIKE %(scope)s GROUP BY path ORDER BY path
"""


def count_by_grid(actor: Actor, *, since: datetime, until: datetime) -> list[GridCases]:
    """Return how many cases were reported and closed in `[since, until)`, by the grid of that moment.

    Raises: NotYourRole, also for posts that see only part of a grid's cases.
    Rule:   CS-42, TE-14. The sum over the grids is the number of cases, before and after any change of grids.
    """
    actor.check_can(territory.READ)
    if not actor.can("cases.read") or actor.can("cases.handle"):
        raise NotYourRole(capability="cases.read", role=actor.role)
    with connection.cursor() as cursor:
        scope = territory.pattern_of(actor.scope)
        cursor.execute(COUNTED, {"since": since, "until": until, "scope": scope})
        rows = cursor.fetchall()
    names = territory.names_of(path for path, *_ in rows)
    return [
        GridCases(path=path, name=names.get(path, path), reported=reported, closed=closed)
        for path, reported, closed in rows
    ]
