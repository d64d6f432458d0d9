"""The counts of what was asked, by group: those that are kept, and anew those that are behind (IN-8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from wangge.appraisal.counting import (
    FACTS,
    HOUR_KEYS,
    HOURS,
    KEYS,
    SEEN,
    count_hours,
    count_keys,
    count_seen,
)
from wangge.appraisal.narrowing import Asked
from wangge.appraisal.rules import MEASURES, PERCENTILES, Counted, FigureKind, Grouping

Counts = dict[str, dict[str, int]]  # group -> measure -> how many
Hours = dict[str, dict[FigureKind, int]]  # group -> kind of figure -> hours

_GROUPS: Mapping[Grouping, str] = {
    Grouping.NONE: "''::text",
    Grouping.TERRITORY: (
        "array_to_string((string_to_array(rtrim(grid_path, '.'), '.'))[1:{depth}], '.') || '.'"
    ),
    Grouping.MONTH: "to_char(month, 'YYYY-MM')",
    Grouping.CHANNEL: "channel::text",
    Grouping.MATTER: "matter_code::text",
    Grouping.DEPARTMENT: "department_id::text",
}
# One statement is one moment: no change can fall between what is kept and what is counted anew.
_BOTH = """
WITH behind AS MATERIALIZED (
  SELECT DISTINCT month, grid_path FROM appraisal_changed WHERE subject = %s AND {window}),
counts AS (
  SELECT {columns} FROM {table} f WHERE {window} AND {kinds}
    AND NOT EXISTS (SELECT FROM behind b WHERE b.month = f.month AND b.grid_path = f.grid_path)
  UNION ALL
  SELECT {columns} FROM ({anew}) f WHERE {kinds}
)
"""
_HOURS = """
, grouped AS (SELECT {group} AS g, hours, sum(closed) AS n FROM counts GROUP BY 1, 2),
running AS (
  SELECT g, hours, sum(n) OVER (PARTITION BY g ORDER BY hours) AS up_to, sum(n) OVER (PARTITION BY g) AS whole
  FROM grouped
)
SELECT g, {percentiles} FROM running GROUP BY g
"""


def count(asked: Asked, subject: Counted, by: Grouping) -> Counts:
    """Return every measure of a subject, by group."""
    measures = list(MEASURES[subject])
    head, values = _both(asked, subject, FACTS[subject], (*KEYS[subject], *measures), _anew(subject))
    sums = ", ".join(f"sum({name})::bigint" for name in measures)
    rows = _rows(f"{head} SELECT {_group(asked, by)} AS g, {sums} FROM counts GROUP BY 1", values)
    return {key: dict(zip(measures, found, strict=True)) for key, *found in rows}


def count_durations(asked: Asked, by: Grouping) -> Hours:
    """Return the median and the 90th percentile of whole hours from report to close, by group. Rule: IN-4."""
    head, values = _both(asked, Counted.CASES, HOURS, (*HOUR_KEYS, "closed"), count_hours("behind"))
    percentiles = ", ".join(
        f"min(hours) FILTER (WHERE up_to >= {share} * whole)" for share in PERCENTILES.values()
    )
    rows = _rows(head + _HOURS.format(group=_group(asked, by), percentiles=percentiles), values)
    return {key: dict(zip(PERCENTILES, found, strict=True)) for key, *found in rows}


def count_nodes(asked: Asked, subject: Counted, depth: int) -> dict[str, dict[str, dict[str, int]]]:
    """Return every measure of a subject by node of so many codes, and by month. Rule: TA-2."""
    measures = list(MEASURES[subject])
    head, values = _both(asked, subject, FACTS[subject], (*KEYS[subject], *measures), _anew(subject))
    node = _GROUPS[Grouping.TERRITORY].format(depth=depth)
    sums = ", ".join(f"sum({name})::bigint" for name in measures)
    month = _GROUPS[Grouping.MONTH]
    found: dict[str, dict[str, dict[str, int]]] = {}
    statement = f"{head} SELECT {node} AS g, {month} AS m, {sums} FROM counts GROUP BY 1, 2"
    for key, of_month, *counts in _rows(statement, values):
        found.setdefault(key, {})[of_month] = dict(zip(measures, counts, strict=True))
    return found


def count_seen_places(asked: Asked) -> dict[str, int]:
    """Return how many places had an inspection among the orders of each month. Rule: TA-3."""
    columns, anew = ("month", "grid_path", "seen"), count_seen("behind")
    head, values = _both(asked, Counted.ORDERS, SEEN, columns, anew)
    statement = f"{head} SELECT {_GROUPS[Grouping.MONTH]} AS m, sum(seen)::bigint FROM counts GROUP BY 1"
    return dict(_rows(statement, values))


def _anew(subject: Counted) -> str:
    return count_keys(subject, "behind")


def _both(
    asked: Asked, subject: Counted, table: str, columns: tuple[str, ...], anew: str
) -> tuple[str, list[Any]]:
    (window, within), (kinds, of) = asked.window(), asked.kinds(subject)
    head = _BOTH.format(table=table, columns=", ".join(columns), anew=anew, window=window, kinds=kinds)
    return head, [subject.value, *within, *within, *of, *of]


def _group(asked: Asked, by: Grouping) -> str:
    return _GROUPS[by].format(depth=asked.territory.count(".") + 1)


def _rows(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
