"""What happened in a span of days, counted from the rows themselves: for bulletins of a week. Rule: IN-11."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from wangge.cases.rules import RESTRICTED
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_closed
from wangge.territory.queries import pattern_of

REPORTED = "c.reported_at >= {since} AND c.reported_at < {until}"
CLOSED = "c.closed_at >= {since} AND c.closed_at < {until} AND c.status = 'closed'"
DONE = "o.done_at >= {since} AND o.done_at < {until} AND o.status = 'done'"
OWED = "o.due_on >= %(starts)s AND o.due_on < %(ends)s"
MOMENTS = {
    "since": "(%(starts)s::timestamp AT TIME ZONE 'Asia/Shanghai')",
    "until": "(%(ends)s::timestamp AT TIME ZONE 'Asia/Shanghai')",
}
KEY = "array_to_string((string_to_array(rtrim({path}, '.'), '.'))[1:%(depth)s], '.') || '.'"
DAY = "to_char({moment} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"
# Cases of the territory that were reported or ended in the span: both ends are found by their own index.
CASES = """
SELECT {group} AS g, count(*) FILTER (WHERE {reported}), count(*) FILTER (WHERE {closed}),
  count(*) FILTER (WHERE {closed} AND c.due_at IS NOT NULL),
  count(*) FILTER (WHERE {closed} AND c.closed_at <= c.due_at),
  count(*) FILTER (WHERE {reported} AND c.fixed_on_spot)
FROM cases_case c
WHERE c.grid_path LIKE %(like)s AND (c.reported_at >= {early} AND c.reported_at < {until})
  AND ({reported} OR {closed}) AND (%(restricted)s OR NOT c.is_restricted)
GROUP BY 1
"""
EARLY = "({since} - interval '400 days')"  # a case that took longer is in no bulletin of its closing
OPEN = """
SELECT {key} AS g, count(*), count(*) FILTER (WHERE c.due_at < {until})
FROM cases_opencase o JOIN cases_case c ON c.id = o.case_id
WHERE o.grid_path LIKE %(like)s AND c.reported_at < {until} AND (%(restricted)s OR NOT c.is_restricted)
GROUP BY 1
"""
ORDERS = """
SELECT {key} AS g, count(*) FILTER (WHERE {done}), count(*) FILTER (WHERE {done} AND o.findings > 0),
  count(*) FILTER (WHERE {owed} AND o.status <> 'withdrawn'),
  count(*) FILTER (WHERE {owed} AND o.status = 'done')
FROM orders_order o
WHERE o.grid_path LIKE %(like)s AND o.opens_on >= %(starts)s::date - 100 AND o.opens_on < %(ends)s
  AND ({done} OR {owed})
GROUP BY 1
"""
MATTERS = """
SELECT c.matter_code, count(*) FROM cases_case c
WHERE c.grid_path LIKE %(like)s AND {reported} AND (%(restricted)s OR NOT c.is_restricted)
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5
"""
OF_CASES = ("reported", "closed", "timed", "on_time", "on_spot")
OF_OPEN = ("open", "late")
OF_ORDERS = ("done", "found", "owed", "owed_done")
NAMES = (*OF_CASES, *OF_OPEN, *OF_ORDERS)
Counts = dict[str, int]


def count_span(actor: Actor, *, territory: str, starts_on: date, ends_on: date) -> dict[str, Counts]:
    """Return what happened in `[starts_on, ends_on)` in a territory (key "") and in each one below it.

    Cases reported and cases ended in those days, what was open at their end (as it stands now), orders done
    in them and owed in them.
    Raises: NotYourRole; NotVisible outside the scope.
    Rule:   IN-11.
    """
    said = _asked(actor, territory, starts_on, ends_on)
    found: dict[str, Counts] = {}
    for names, statement, path in (
        (OF_CASES, CASES, "c.grid_path"),
        (OF_OPEN, OPEN, "o.grid_path"),
        (OF_ORDERS, ORDERS, "o.grid_path"),
    ):
        key = KEY.format(path=path)
        for group, *counts in _rows(statement, said, key=key, group=key):
            of = found.setdefault(group, dict.fromkeys(NAMES, 0))
            of |= dict(zip(names, map(int, counts), strict=True))
    whole = dict.fromkeys(NAMES, 0)
    for of in found.values():
        for name, count in of.items():
            whole[name] += count
    return {"": whole, **found}


def count_days(actor: Actor, *, territory: str, starts_on: date, ends_on: date) -> dict[str, tuple[int, int]]:
    """Return of each day how many cases were reported and ended. Raises and rule: as `count_span`."""
    said = _asked(actor, territory, starts_on, ends_on)
    days: dict[str, list[int]] = {}
    for place, column in enumerate(("c.reported_at", "c.closed_at")):
        group = DAY.format(moment=column)
        for day, *counts in _rows(CASES, said, key="", group=group):
            if day is not None:
                days.setdefault(day, [0, 0])[place] = int(counts[place])
    return {day: (reported, closed) for day, (reported, closed) in days.items()}


def list_common_matters(
    actor: Actor, *, territory: str, starts_on: date, ends_on: date
) -> list[tuple[str, int]]:
    """Return the five matters that were reported most. Raises and rule: as `count_span`."""
    return [
        (code, int(count)) for code, count in _rows(MATTERS, _asked(actor, territory, starts_on, ends_on))
    ]


def _asked(actor: Actor, territory: str, starts_on: date, ends_on: date) -> dict[str, Any]:
    actor.check_can("appraisal.read")
    if not is_closed(territory) or not actor.covers(territory):
        raise NotVisible()
    return {
        "like": pattern_of(territory),
        "starts": starts_on,
        "ends": ends_on,
        "depth": territory.count(".") + 1,
        "restricted": actor.can(RESTRICTED),
    }


def _rows(statement: str, said: dict[str, Any], **parts: str) -> list[Any]:
    moments = {
        "reported": REPORTED.format(**MOMENTS),
        "closed": CLOSED.format(**MOMENTS),
        "done": DONE.format(**MOMENTS),
        "owed": OWED,
        "early": EARLY.format(**MOMENTS),
        **MOMENTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**moments, **parts), said)
        return list(cursor.fetchall())
