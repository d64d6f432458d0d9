"""Orders by grid: each counts for the grid in which it lay when it was done."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from wangge.kernel.actor import Actor
from wangge.orders.schemas import GridOrders
from wangge.territory import queries as territory

COUNTED = """
SELECT path, count(*), coalesce(sum(findings), 0) FROM (
  SELECT coalesce((
    SELECT m.path_before FROM territory_move m
    WHERE m.subject_id = o.id AND m.kind = 'order' AND m.at > o.done_at ORDER BY m.at, m.id LIMIT 1
  ), o.grid_path) AS path, o.findings FROM orders_order o
  WHERE o.status = 'done' AND o.done_at >= %(since)s AND o.done_at < %(until)s
) told WHERE path LIKE %(scope)s GROUP BY path ORDER BY path
"""


def count_by_grid(actor: Actor, *, since: datetime, until: datetime) -> list[GridOrders]:
    """Return how many orders were done in `[since, until)` and what they found, by the grid of that moment.

    Raises: NotYourRole.
    Rule:   OR-13, TE-14.
    """
    actor.check_can("orders.read")
    with connection.cursor() as cursor:
        scope = territory.pattern_of(actor.scope)
        cursor.execute(COUNTED, {"since": since, "until": until, "scope": scope})
        rows = cursor.fetchall()
    names = territory.names_of(path for path, *_ in rows)
    return [
        GridOrders(path=path, name=names.get(path, path), done=done, findings=findings)
        for path, done, findings in rows
    ]
