"""Figures of a month: who was met of those who were owed a visit, who came, what was reported. Rule: VI-5."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from wangge.kernel.actor import Actor
from wangge.kernel.clock import days
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import is_closed
from wangge.territory import queries as territory
from wangge.visits.installing import groups_in_force
from wangge.visits.models import ArrivalTrigger, ReportKind
from wangge.visits.rules import rate_pct, told_count
from wangge.visits.schemas import (
    CoveragePage,
    GroupCoverage,
    QuickFigures,
    TriggerFigures,
    VisitCoverage,
    VisitFigures,
)

READ = "visits.read"
OWED = """
  FROM visits_person p
 WHERE p.grid_path LIKE %(within)s AND p.since_on < %(until)s
   AND (p.ended_on IS NULL OR p.ended_on >= %(since)s) AND p.groups && %(codes)s::varchar[]
"""
# Of the month that runs the register itself knows; of a month gone by the visits of its days.
MET_NOW = "p.last_met_on >= %(since)s"
MET_THEN = """p.id IN (SELECT v.person_id FROM visits_visit v WHERE v.outcome = 'met'
  AND v.at >= %(begins)s AND v.at < %(ends)s)"""
BY_GROUPS = "SELECT p.groups, count(*), count(*) FILTER (WHERE {met}) {owed} GROUP BY p.groups"
BY_GRID = """
SELECT p.grid_path, count(*), count(*) FILTER (WHERE {met}) {owed}
   AND p.grid_path > %(after)s GROUP BY p.grid_path ORDER BY p.grid_path LIMIT %(most)s
"""
BY_TRIGGER = """
SELECT trigger, count(*), count(arrived_at), count(*) FILTER (WHERE arrived_at <= due_at),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM arrived_at - called_at) / 60)
  FROM visits_arrival
 WHERE grid_path LIKE %(within)s AND called_at >= %(begins)s AND called_at < %(ends)s
   AND (arrived_at IS NOT NULL OR ended_at IS NULL OR ended_at > due_at)
 GROUP BY trigger
"""
BY_KIND = """
SELECT kind, count(*) FROM visits_report
 WHERE grid_path LIKE %(within)s AND at >= %(begins)s AND at < %(ends)s GROUP BY kind
"""


def get_figures(actor: Actor, *, grid: str, month: date, today: date) -> VisitFigures:
    """Return the month of a territory: coverage, arrivals, reports. Raises: NotYourRole, NotVisible.

    Rule: VI-5, VI-7, VI-10 (of so few people of a protected group nothing is told).
    """
    given = _given(actor, grid, month)
    groups = groups_in_force()
    owed = met = 0
    by_group: dict[str, tuple[int, int]] = {}
    for codes, count, seen in _rows(_of(BY_GROUPS, month, today), given):
        owed, met = owed + count, met + seen
        for code in codes:
            so_far, seen_so_far = by_group.get(code, (0, 0))
            by_group[code] = so_far + count, seen_so_far + seen
    by_trigger = {row[0]: row[1:] for row in _rows(BY_TRIGGER, given)}
    by_kind = dict(_rows(BY_KIND, given))
    triggers = ArrivalTrigger.objects.exclude(policy="off").order_by("position")
    kinds = ReportKind.objects.exclude(policy="off").order_by("position")
    return VisitFigures(
        month=f"{month:%Y-%m}",
        owed=owed,
        met=met,
        met_pct=rate_pct(met, owed),
        groups=[_group(row, *by_group.get(code, (0, 0))) for code, row in groups.items()],
        triggers=[_trigger(row, *by_trigger.get(row.code, (0, 0, 0, None))) for row in triggers],
        reports=[
            QuickFigures(
                code=row.code, name_zh=row.name_zh, name_en=row.name_en, reported=by_kind.get(row.code, 0)
            )
            for row in kinds
        ],
    )


def _group(row: Any, owed: int, met: int) -> GroupCoverage:
    shown = told_count(owed, is_protected=row.is_protected)
    return GroupCoverage(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        owed=shown,
        met=None if shown is None else met,
        met_pct=None if shown is None else rate_pct(met, owed),
    )


def _trigger(
    row: ArrivalTrigger, called: int, arrived: int, in_time: int, median: float | None
) -> TriggerFigures:
    return TriggerFigures(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        called=called,
        arrived=arrived,
        in_time=in_time,
        arrived_pct=rate_pct(arrived, called),
        median_minutes=None if median is None else round(median, 1),
    )


def list_coverage(
    actor: Actor, *, grid: str, month: date, today: date, cursor: str, limit: int
) -> CoveragePage:
    """Return how far each grid of a territory is in a month, in their order. Raises: as `get_figures`.

    Rule: VI-5.
    """
    after = territory.read_cursor(cursor) if cursor else ""
    given = _given(actor, grid, month) | {"after": after, "most": limit + 1}
    rows = _rows(_of(BY_GRID, month, today), given)
    more, rows = len(rows) > limit, rows[:limit]
    names = territory.names_of([path for path, *_ in rows])
    return CoveragePage(
        items=[
            VisitCoverage(
                path=path, name=names.get(path, path), owed=owed, met=met, met_pct=rate_pct(met, owed)
            )
            for path, owed, met in rows
        ],
        next_cursor=territory.make_cursor(rows[-1][0]) if more else None,
    )


def _of(statement: str, month: date, today: date) -> str:
    runs = today < _after(month)
    return statement.format(met=MET_NOW if runs else MET_THEN, owed=OWED)


def _after(month: date) -> date:
    """Return the first day of the next month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def read_month(text: str, today: date) -> date:
    """Return the first day of a month `2025-10`; of nothing: of this month. Raises: Unreadable."""
    try:
        return date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError:
        raise Unreadable(field="month", why_zh="请写成 2025-10", why_en="write it as 2025-10") from None


def _given(actor: Actor, grid: str, month: date) -> dict[str, Any]:
    actor.check_can(READ)
    path = (grid if is_closed(grid) else f"{grid}.") if grid else actor.scope
    if not actor.covers(path):
        raise NotVisible
    until = _after(month)
    begins, ends = days(month, until - timedelta(days=1))
    return {
        "within": territory.pattern_of(path),
        "since": month,
        "until": until,
        "begins": begins,
        "ends": ends,
        "codes": list(groups_in_force()),
    }


def _rows(statement: str, given: dict[str, Any]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: list[Any] = cursor.fetchall()
        return rows
