"""The way down: the very rows behind one figure, as many as it says (IN-10)."""

from __future__ import annotations

from typing import Any

from django.db import connection

from wangge.appraisal.counting import CONDITIONS
from wangge.appraisal.models import Indicator
from wangge.appraisal.narrowing import Asked, ask
from wangge.appraisal.rules import Counted
from wangge.appraisal.schemas import BehindPage, BehindRow, RowFilter
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.matters import queries as matters
from wangge.territory import queries as territory

_CASES = """
SELECT c.id, c.matter_code, c.grid_path, c.reported_at, c.status,
       CASE WHEN c.closed_at IS NOT NULL
            THEN floor(extract(epoch FROM c.closed_at - c.reported_at) / 3600)::int END
FROM cases_case c WHERE {where}
"""
_ORDERS = """
SELECT o.id, v.name, o.grid_path, o.opens_on, o.status, NULL::int
FROM orders_order o LEFT JOIN venues_venue v ON v.id = o.venue_id WHERE {where}
"""


def list_rows(actor: Actor, given: RowFilter) -> BehindPage:
    """Return a page of the rows behind a figure, and how many there are.

    Raises: NotYourRole, NotVisible (also for an indicator that nobody knows), MonthsWrong.
    """
    asked = ask(actor, given, itself=given.itself)
    one = Indicator.objects.filter(pk=given.indicator).first()
    measure = (one.numerator if given.part == "numerator" else one.denominator) if one else ""
    if one is None or not measure:
        raise NotVisible()
    subject = Counted(one.subject)
    where, values = _where(asked, subject, measure)
    table, key = ("cases_case c", "c.id") if subject is Counted.CASES else ("orders_order o", "o.id")
    [(total,)] = _rows(f"SELECT count(*) FROM {table} WHERE {where}", values)
    if given.cursor:
        where, values = f"{where} AND {key} < %s", [*values, given.cursor]
    statement = (_CASES if subject is Counted.CASES else _ORDERS).format(where=where)
    found = _rows(f"{statement} ORDER BY {key} DESC LIMIT %s", [*values, given.limit + 1])
    shown = found[: given.limit]
    return BehindPage(
        items=_shown(subject, shown),
        total=total,
        next_cursor=shown[-1][0] if len(found) > given.limit else None,
    )


def _where(asked: Asked, subject: Counted, measure: str) -> tuple[str, list[Any]]:
    condition = CONDITIONS[subject][measure]
    if subject is Counted.ORDERS:
        place, within = asked.place("o.grid_path")
        where = f"{place} AND o.opens_on >= %s AND o.opens_on < %s AND {condition}"
        return where, [*within, asked.starts_on, asked.ends_on]
    place, within = asked.place("c.grid_path")
    kinds, of = asked.kinds(subject, "c.")
    since = "%s::timestamp AT TIME ZONE 'Asia/Shanghai'"
    where = f"{place} AND c.reported_at >= {since} AND c.reported_at < {since} AND {kinds} AND {condition}"
    return where, [*within, asked.starts_on, asked.ends_on, *of]


def _shown(subject: Counted, rows: list[Any]) -> list[BehindRow]:
    names = territory.names_of([row[2] for row in rows])
    called = matters.names_of([row[1] for row in rows]) if subject is Counted.CASES else {}
    items = []
    for key, title, path, when, status, hours in rows:
        zh, en = called.get(title, (title or "", title or ""))
        on = when.astimezone(CHINA).date() if subject is Counted.CASES else when
        items.append(
            BehindRow(
                id=key,
                subject=subject,
                name_zh=zh,
                name_en=en,
                grid_path=path,
                grid_name=names.get(path, path),
                on=on.isoformat(),
                status=status,
                hours=hours,
            )
        )
    return items


def _rows(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
