"""From what is drawn: done visits, findings of others with the visit before, grids with their member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.kernel.clock import CHINA
from wangge.kernel.ids import assemble
from wangge.rechecks.rules import Candidate, RecheckKind

BACK_DAYS = 30  # [P] so long before a finding of others somebody may have seen it
OPEN_DAYS = 100  # an order opens at most so long before it is done
LAYER = "comprehensive"
_DONE = """
SELECT o.id::text, o.done_by_id, o.grid_path, o.venue_id, o.id, NULL::uuid, o.done_at
  FROM orders_order o
 WHERE o.id >= %(first)s AND starts_with(o.grid_path, %(path)s) AND o.status = 'done'
   AND o.outcome = 'inspected' AND o.done_at >= %(since)s AND o.done_at < %(until)s
"""
_PHONED = f"""
{_DONE} AND EXISTS (
  SELECT FROM venues_venue v WHERE v.id = o.venue_id AND v.is_open AND v.keeper_phone IS NOT NULL)
"""
_TRACED = """
SELECT c.id::text, seen.done_by_id, c.grid_path, c.venue_id, seen.id, c.id, seen.done_at
  FROM cases_case c
  JOIN LATERAL (
    SELECT o.id, o.done_by_id, o.done_at, o.findings FROM orders_order o
     WHERE o.venue_id = c.venue_id AND o.id >= %(first)s AND o.status = 'done' AND o.outcome = 'inspected'
       AND o.done_at < c.reported_at AND o.done_at >= c.reported_at - make_interval(days => %(back)s)
     ORDER BY o.done_at DESC, o.id LIMIT 1) seen ON seen.findings = 0
 WHERE starts_with(c.grid_path, %(path)s) AND c.channel IN ('citizen', 'hotline', 'other')
   AND NOT c.is_restricted AND c.status NOT IN ('rejected', 'merged')
   AND c.reported_at >= %(since)s AND c.reported_at < %(until)s
   AND c.reporter_id IS DISTINCT FROM seen.done_by_id
"""
_GRIDS = """
SELECT DISTINCT ON (g.path) g.path, m.user_id, g.path, NULL::uuid, NULL::uuid, NULL::uuid, NULL::timestamptz
  FROM territory_grid g
  JOIN territory_gridmember m ON m.path = g.path AND m.layer = g.layer AND m.duty = 'primary'
   AND m.starts_on <= %(until_on)s AND (m.ends_on IS NULL OR m.ends_on > %(until_on)s)
 WHERE g.layer = %(layer)s AND g.valid_to IS NULL AND starts_with(g.path, %(path)s)
 ORDER BY g.path, m.starts_on DESC
"""
_OF: Mapping[RecheckKind, str] = {
    RecheckKind.SPOT_CHECK: _DONE,
    RecheckKind.BACK_TRACE: _TRACED,
    RecheckKind.CROSS_PATROL: _GRIDS,
    RecheckKind.SURVEY: _PHONED,
}


@dataclass(frozen=True, slots=True)
class Work:
    """Something done that may be looked at again."""

    candidate: Candidate
    member_id: int
    grid_path: str
    venue_id: UUID | None
    order_id: UUID | None
    case_id: UUID | None
    done_at: datetime | None


def work_of(kind: RecheckKind, path: str, since_on: date, until_on: date) -> dict[str, Work]:
    """Return what was done in a territory on these days of China, by its id. Rule: RC-2.

    The caller looks whether the territory is the actor's own. Of a survey each place counts once, by the
    latest visit.
    """
    since, until = _midnight(since_on), _midnight(until_on + timedelta(days=1))
    asked: dict[str, Any] = {
        "path": path, "since": since, "until": until, "until_on": until_on, "layer": LAYER, "back": BACK_DAYS,
        "first": assemble(since - timedelta(days=BACK_DAYS + OPEN_DAYS), 0),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_OF[kind], asked)
        rows = cursor.fetchall()
    found = [Work(Candidate(row[0], str(row[1])), *row[1:]) for row in rows]
    if kind is RecheckKind.SURVEY:
        latest = {work.venue_id: work for work in sorted(found, key=_when)}
        found = list(latest.values())
    return {work.candidate.id: work for work in found}


def _when(work: Work) -> tuple[datetime, str]:
    return work.done_at or datetime.min.replace(tzinfo=UTC), work.candidate.id


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
