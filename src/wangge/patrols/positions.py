"""Who is on duty now, and where each was last seen. Rule: PA-17."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from wangge.accounts import queries as accounts
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.ids import assemble
from wangge.patrols.packing import unpack
from wangge.patrols.schemas import OnDutyList, OnDutyOut
from wangge.territory import queries as territory

READ = "patrols.read"
SHOWN = 1_000
LONGEST = timedelta(days=2)  # no session is older: batches before it are not looked through
_LAST = """
SELECT s.user_id, s.grid_path, s.state, s.started_at, t.first_at, t.points
FROM patrols_patrolsession s
LEFT JOIN LATERAL (
  SELECT c.first_at, c.points FROM patrols_trackchunk c
  WHERE c.user_id = s.user_id AND c.first_at >= s.started_at AND c.id >= %(low)s
  ORDER BY c.first_at DESC LIMIT 1
) t ON true
WHERE s.ended_at IS NULL AND s.grid_path LIKE %(scope)s AND s.started_at >= %(oldest)s
ORDER BY s.grid_path, s.user_id LIMIT %(most)s
"""


def list_on_duty(actor: Actor, *, at: datetime) -> OnDutyList:
    """Return who of the territory is on duty, with the last position and when it was taken.

    Positions are personal: each look at them leaves an audit row (`note_looking`).
    Raises: NotYourRole.
    Rule:   PA-17 (domain.md §2.15: only on duty, only the own territory).
    """
    actor.check_can(READ)
    oldest = at - LONGEST
    asked: dict[str, Any] = {
        "low": assemble(oldest, 0),
        "scope": territory.pattern_of(actor.scope),
        "oldest": oldest,
        "most": SHOWN + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LAST, asked)
        rows = cursor.fetchall()
    is_complete, rows = len(rows) <= SHOWN, rows[:SHOWN]
    people = accounts.names_of([row[0] for row in rows])
    grids = territory.names_of({row[1] for row in rows})
    items = [_shown(row, people, grids) for row in rows]
    return OnDutyList(items=items, is_complete=is_complete, at=at)


def note_looking(actor: Actor, found: OnDutyList, *, at: datetime) -> None:
    """Write down that somebody looked where people are. Rule: PA-17."""
    if found.items:
        seen = {"scope": actor.scope, "people": len(found.items)}
        audit.record([("patrols.look_where", "patrol_positions", "", seen)], actor=actor, at=at)


def _shown(row: Any, people: dict[int, str], grids: dict[str, str]) -> OnDutyOut:
    user_id, path, state, started_at, first_at, points = row
    last = unpack([(first_at.timestamp() * 1000, bytes(points))])[-1] if points is not None else None
    return OnDutyOut(
        user_id=user_id,
        name=people.get(user_id, ""),
        grid_path=path,
        grid_name=grids.get(path, path),
        state=state,
        started_at=started_at,
        lon=float(last[1]) if last is not None else None,
        lat=float(last[2]) if last is not None else None,
        accuracy_m=float(last[3]) if last is not None else None,
        seen_at=datetime.fromtimestamp(float(last[0]) / 1000, tz=started_at.tzinfo)
        if last is not None
        else None,
    )
