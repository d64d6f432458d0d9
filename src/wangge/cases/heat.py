"""Where and at which hours cases are reported, and the cases of one day, for a replay. Rule: CS-46."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.cases.rules import RESTRICTED
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.territory.queries import pattern_of

CELLS_A_DEGREE = 500  # some 200 m, as the index of cells has them
MOST_CELLS = 5_000
MOST_CASES = 4_000
DAY = "%(starts)s::timestamp AT TIME ZONE 'Asia/Shanghai'"
UNTIL = "%(ends)s::timestamp AT TIME ZONE 'Asia/Shanghai'"
HOUR = "extract(hour FROM reported_at AT TIME ZONE 'Asia/Shanghai')::int"
MINE = "grid_path LIKE %(like)s AND (%(restricted)s OR NOT is_restricted)"
CELLS = f"""
WITH found AS (
  SELECT floor(lon * {CELLS_A_DEGREE})::int AS x, floor(lat * {CELLS_A_DEGREE})::int AS y, {HOUR} AS hour
  FROM cases_case WHERE {MINE} AND reported_at >= {DAY} AND reported_at < {UNTIL}
    AND (%(matter)s = '' OR matter_code = %(matter)s)),
cells AS (
  SELECT x, y, count(*) AS n FROM found WHERE hour >= %(first)s AND hour < %(after)s
  GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT {MOST_CELLS + 1})
SELECT 0 AS what, x, y, n FROM cells
UNION ALL SELECT 1, hour, 0, count(*) FROM found GROUP BY hour
"""
CASES = f"""
SELECT id, lon, lat, matter_code, reported_at, closed_at FROM cases_case
WHERE {MINE} AND reported_at < {UNTIL} AND reported_at >= {DAY} - interval '400 days'
  AND (closed_at IS NULL OR closed_at >= {DAY}) AND (status <> 'merged')
ORDER BY reported_at DESC, id DESC LIMIT {MOST_CASES + 1}
"""


@dataclass(frozen=True, slots=True)
class Heat:
    """Cases in cells, the fullest first, and by hour of the day whatever the hours that were asked for."""

    cells: list[tuple[float, float, int]]  # middle of the cell (WGS-84), how many
    hours: list[int]  # 24
    is_complete: bool


@dataclass(frozen=True, slots=True)
class CaseOfDay:
    """A case that was open on a day, in minutes of the day; None: before it began, or after its end."""

    id: UUID
    lon: float
    lat: float
    matter_code: str
    from_minute: int
    to_minute: int | None


def count_heat(
    actor: Actor, *, first_on: date, last_on: date, hours: tuple[int, int], matter: str = ""
) -> Heat:
    """Return where the cases of those days and hours `[from, to)` were. Raises: NotYourRole."""
    actor.check_can("cases.read")
    first, after = hours
    said = _asked(actor, first_on, last_on) | {"first": first, "after": after, "matter": matter}
    cells, by_hour = list[tuple[float, float, int]](), [0] * 24
    for what, x, y, n in _rows(CELLS, said):
        if what:
            by_hour[int(x)] = int(n)
        else:
            cells.append(((x + 0.5) / CELLS_A_DEGREE, (y + 0.5) / CELLS_A_DEGREE, int(n)))
    cells.sort(key=lambda one: -one[2])
    return Heat(cells[:MOST_CELLS], by_hour, len(cells) <= MOST_CELLS)


def list_day(actor: Actor, on: date) -> tuple[list[CaseOfDay], bool]:
    """Return the cases that were open on a day, the newest 4,000, and whether these are all.

    Raises: NotYourRole.
    """
    actor.check_can("cases.read")
    found = _rows(CASES, _asked(actor, on, on) | {"on": on})
    items = [
        CaseOfDay(
            key,
            lon,
            lat,
            matter,
            0 if reported_at.astimezone(CHINA).date() < on else _minute(reported_at),
            None if closed_at is None or closed_at.astimezone(CHINA).date() > on else _minute(closed_at),
        )
        for key, lon, lat, matter, reported_at, closed_at in found[:MOST_CASES]
    ]
    return items, len(found) <= MOST_CASES


def _minute(at: Any) -> int:
    local = at.astimezone(CHINA)
    return int(local.hour * 60 + local.minute)


def _asked(actor: Actor, first_on: date, last_on: date) -> dict[str, Any]:
    return {
        "like": pattern_of(actor.scope),
        "restricted": actor.can(RESTRICTED),
        "starts": first_on,
        "ends": last_on + timedelta(days=1),
    }


def _rows(statement: str, said: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        return list(cursor.fetchall())
