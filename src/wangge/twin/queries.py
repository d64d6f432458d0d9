"""What the twin reads of the city: SQL over the tables of the rooms below, one statement a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.cases.rules import Channel, Status
from wangge.territory import queries as territory
from wangge.twin.moves import LiveCase
from wangge.twin.visiting import Task


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Orders whose day lies in the period."""

    made: int
    done: int
    missed: int
    open: int
    on_time: int
    with_findings: int
    findings: int


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case reported in the period."""

    id: UUID
    status: str
    channel: str
    fixed_on_spot: bool
    reported_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    rework: int
    version: int


@dataclass(frozen=True, slots=True)
class StageFacts:
    """How long cases stayed in a stage, in plain hours."""

    stage: str
    count: int
    median_hours: float
    p90_hours: float


def user_ids() -> list[int]:
    """Return everybody who ever held a post."""
    return [row[0] for row in _rows("SELECT DISTINCT user_id FROM accounts_post ORDER BY 1", [])]


def department_ids() -> list[int]:
    """Return every department."""
    return [row[0] for row in _rows("SELECT id FROM accounts_department ORDER BY 1", [])]


def open_tasks(day: date) -> list[Task]:
    """Return the open orders that have a member and whose days hold `day`, by member and id."""
    sql = """
        SELECT o.id, o.venue_id, o.member_id, o.checklist_id, o.opens_on, o.due_on,
               v.lon, v.lat, coalesce(v.address, g.name), o.grid_path, o.version, g.id
        FROM orders_order o LEFT JOIN venues_venue v ON v.id = o.venue_id
        LEFT JOIN territory_grid g ON o.venue_id IS NULL AND g.id = o.subject_id
        WHERE o.status = 'open' AND o.member_id IS NOT NULL AND o.opens_on <= %s AND o.due_on >= %s
        ORDER BY o.member_id, o.id
    """
    return _tasks(_rows(sql, [day, day]))


def tasks_between(path: str, starts_on: date, ends_on: date) -> list[Task]:
    """Return the open orders under `path` with a member, of which a day lies in `[starts_on, ends_on)`."""
    sql = """
        SELECT o.id, o.venue_id, o.member_id, o.checklist_id, o.opens_on, o.due_on,
               v.lon, v.lat, coalesce(v.address, g.name), o.grid_path, o.version, g.id
        FROM orders_order o LEFT JOIN venues_venue v ON v.id = o.venue_id
        LEFT JOIN territory_grid g ON o.venue_id IS NULL AND g.id = o.subject_id
        WHERE o.status = 'open' AND o.member_id IS NOT NULL AND o.grid_path LIKE %s
          AND o.opens_on < %s AND o.opens_on >= %s
        ORDER BY o.member_id, o.id
    """
    return _tasks(_rows(sql, [f"{path}%", ends_on, starts_on - timedelta(days=31)]))


def _tasks(rows: Sequence[Any]) -> list[Task]:
    """Return the orders of rows; whoever is sent to a grid stands somewhere inside it."""
    inside = territory.points_inside({row[-1] for row in rows if row[-1] is not None})
    return [
        Task(*row[:6], *inside.get(row[-1], row[6:8]), *row[8:-1])  # lon and lat are the seventh and eighth
        for row in rows
    ]


def open_cases() -> list[LiveCase]:
    """Return every case that has not ended, by id, as the people on it see it."""
    sql = """
        SELECT id, grid_path, matter_code, channel, venue_id, reporter_id, status, stage_started_at, version,
               department_id, handler_id, rework, lon, lat
        FROM cases_case WHERE closed_at IS NULL ORDER BY id
    """
    return [
        LiveCase(
            id=row[0],
            path=row[1],
            matter_code=row[2],
            channel=Channel(row[3]),
            venue_id=row[4],
            reporter_id=row[5],
            status=Status(row[6]),
            since=row[7],
            version=row[8],
            department_id=row[9],
            handler_id=row[10],
            detours=1,
            reworks=row[11],
            point=(row[12], row[13]),
        )
        for row in _rows(sql, [])
    ]


def order_facts(starts_on: date, ends_on: date) -> OrderFacts:
    """Return the orders of `[starts_on, ends_on)` in figures; on time: by the end of `due_on` in China."""
    sql = """
        SELECT count(*), count(*) FILTER (WHERE status = 'done'), count(*) FILTER (WHERE status = 'missed'),
               count(*) FILTER (WHERE status = 'open'),
               count(*) FILTER (WHERE status = 'done'
                                AND (done_at AT TIME ZONE 'Asia/Shanghai')::date <= due_on),
               count(*) FILTER (WHERE status = 'done' AND findings > 0), coalesce(sum(findings), 0)
        FROM orders_order WHERE opens_on >= %s AND opens_on < %s
    """
    return OrderFacts(*_rows(sql, [starts_on, ends_on])[0])


def case_facts(starts_at: datetime, ends_at: datetime) -> list[CaseFacts]:
    """Return the cases reported in `[starts_at, ends_at)`, by id."""
    sql = """
        SELECT id, status, channel, fixed_on_spot, reported_at, due_at, closed_at, rework, version
        FROM cases_case WHERE reported_at >= %s AND reported_at < %s ORDER BY id
    """
    return [CaseFacts(*row) for row in _rows(sql, [starts_at, ends_at])]


def stage_facts(starts_at: datetime, ends_at: datetime) -> list[StageFacts]:
    """Return how long the cases reported in `[starts_at, ends_at)` stayed in each stage they have left."""
    sql = """
        WITH left_stage AS (
            SELECT e.after AS stage, lead(e.at) OVER (PARTITION BY e.case_id ORDER BY e.seq) - e.at AS spell
            FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id
            WHERE c.reported_at >= %s AND c.reported_at < %s AND NOT c.fixed_on_spot
              AND e.before <> e.after
        ), hours AS (SELECT stage, extract(epoch FROM spell)::float / 3600 AS h FROM left_stage
                     WHERE spell IS NOT NULL AND stage NOT IN ('closed', 'rejected', 'merged'))
        SELECT stage, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY h),
               percentile_cont(0.9) WITHIN GROUP (ORDER BY h)
        FROM hours GROUP BY stage ORDER BY stage
    """
    return [StageFacts(*row) for row in _rows(sql, [starts_at, ends_at])]


def city_facts() -> dict[str, int]:
    """Return how big the city is: valid grids, venues in a grid, people with a post."""
    sql = """
        SELECT (SELECT count(*) FROM territory_grid WHERE valid_to IS NULL),
               (SELECT count(*) FROM venues_venue WHERE NOT is_orphan),
               (SELECT count(DISTINCT user_id) FROM accounts_post)
    """
    grids, venues, people = _rows(sql, [])[0]
    return {"grids": grids, "venues": venues, "people": people}


def is_empty() -> bool:
    """Return whether there are neither people nor places."""
    sql = """SELECT NOT EXISTS (SELECT FROM accounts_user) AND NOT EXISTS (SELECT FROM territory_division)
                AND NOT EXISTS (SELECT FROM venues_venue)"""
    return bool(_rows(sql, [])[0][0])


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """The register of a class: how many places, how many of them in no grid that stands."""

    class_code: str
    places: int
    without_grid: int


def object_facts(layer: str) -> list[ObjectFacts]:
    """Return what stands in the register, class by class; a place counts as located in a grid that stands."""
    sql = """
        SELECT v.class_code, count(*), count(*) FILTER (WHERE v.is_orphan OR g.path IS NULL)
          FROM venues_venue v
          LEFT JOIN territory_grid g ON g.layer = %s AND g.path = v.grid_path AND g.valid_to IS NULL
         GROUP BY 1 ORDER BY 2 DESC"""
    return [ObjectFacts(*row) for row in _rows(sql, [layer])]


def latest_day() -> date | None:
    """Return the latest day on which anything was reported or done, None in a city without history."""
    sql = """
        SELECT max(day) FROM (
            SELECT max((reported_at AT TIME ZONE 'Asia/Shanghai')::date) AS day FROM cases_case
            UNION ALL SELECT max((done_at AT TIME ZONE 'Asia/Shanghai')::date) FROM orders_order
        ) AS both_days
    """
    found: date | None = _rows(sql, [])[0][0]
    return found


def venue_paths() -> list[str]:
    """Return the grids that have open venues."""
    sql = "SELECT DISTINCT grid_path FROM venues_venue WHERE NOT is_orphan AND is_open ORDER BY 1"
    return [row[0] for row in _rows(sql, [])]


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
