"""Where people on duty were in the course of a day, every few minutes, without a name. Rule: PA-18."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db import connection

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import assemble
from wangge.patrols.packing import unpack
from wangge.territory import queries as territory

STEP_MINUTES = 5
MOST_PEOPLE = 300
CHUNKS = """
SELECT s.user_id, c.first_at, c.points
FROM patrols_patrolsession s JOIN patrols_trackchunk c
  ON c.user_id = s.user_id AND c.first_at >= s.started_at AND c.first_at <= coalesce(s.ended_at, %(ends)s)
 AND c.id >= %(low)s AND c.id < %(high)s
WHERE s.grid_path LIKE %(scope)s AND s.started_at < %(ends)s AND s.started_at >= %(oldest)s
  AND coalesce(s.ended_at, %(ends)s) >= %(starts)s
ORDER BY s.user_id, c.first_at
"""


@dataclass(frozen=True, slots=True)
class WalkOfDay:
    """One person's way through a day: no name, no id that means anything elsewhere."""

    number: int
    steps: list[tuple[int, float, float]]  # minute of the day, lon, lat (WGS-84)


def list_walks(actor: Actor, on: date) -> tuple[list[WalkOfDay], bool]:
    """Return the ways of those on duty in the own territory, the first 300, and whether these are all.

    Raises: NotYourRole.
    Rule:   PA-18 (domain.md §2.15: on duty only; after the retention there is nothing left of it).
    """
    actor.check_can("patrols.read")
    starts = datetime.combine(on, time(), CHINA)
    ends = starts + timedelta(days=1)
    said: dict[str, Any] = {
        "scope": territory.pattern_of(actor.scope),
        "starts": starts,
        "ends": ends,
        "oldest": starts - timedelta(days=2),
        "low": assemble(starts - timedelta(days=2), 0),
        "high": assemble(ends + timedelta(days=2), 0),
    }
    with connection.cursor() as cursor:
        cursor.execute(CHUNKS, said)
        rows = cursor.fetchall()
    chunks: dict[int, list[tuple[float, bytes]]] = {}
    for user_id, first_at, points in rows:
        chunks.setdefault(user_id, []).append((first_at.timestamp() * 1000, bytes(points)))
    walks = []
    for number, packed in enumerate(list(chunks.values())[:MOST_PEOPLE], start=1):
        steps = _sampled(unpack(packed), starts.timestamp() * 1000)
        if steps:
            walks.append(WalkOfDay(number, steps))
    return walks, len(chunks) <= MOST_PEOPLE


def note_replaying(actor: Actor, on: date, walks: int, *, at: datetime) -> None:
    """Write down that somebody looked at the ways of a day. Rule: PA-17, PA-18."""
    if walks:
        detail = {"on": on.isoformat(), "scope": actor.scope, "people": walks}
        audit.record([("patrols.replay_day", "patrol_positions", "", detail)], actor=actor, at=at)


def _sampled(points: Any, start_ms: float) -> list[tuple[int, float, float]]:
    """Return the last point of every few minutes of the day."""
    minutes = np.floor((points[:, 0] - start_ms) / 60_000).astype(int)
    inside = (minutes >= 0) & (minutes < 1440)
    steps: dict[int, tuple[int, float, float]] = {}
    for minute, point in zip(minutes[inside], points[inside], strict=True):
        steps[minute // STEP_MINUTES] = (int(minute), round(float(point[1]), 6), round(float(point[2]), 6))
    return [steps[key] for key in sorted(steps)]
