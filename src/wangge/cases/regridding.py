"""Open cases follow their grids; ended ones stay where they were. Rule: CS-42, TE-14."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.cases import writing
from wangge.cases.marking import MOST, note
from wangge.cases.rules import Mark
from wangge.kernel import audit, batches, prepared
from wangge.territory.services import Carriage, Carried, Placed, patterns

OPEN = """
SELECT o.case_id, o.grid_path, c.lon, c.lat FROM cases_opencase o JOIN cases_case c ON c.id = o.case_id
WHERE o.grid_path LIKE ANY(%s) ORDER BY o.case_id
"""
SAVED = """
UPDATE cases_savedfilter f SET scope = n.after || substr(f.scope, length(n.before) + 1)
FROM unnest(%s::text[], %s::text[]) AS n(before, after) WHERE f.scope LIKE n.before || '%%'
"""


class CaseMover:
    """Each open case gets a mark that says from where to where; its chain holds, its version stays."""

    kind = "case"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Return the open cases in and below the paths."""
        with connection.cursor() as cursor:
            cursor.execute(OPEN, [patterns(paths)])
            return [Placed(*row) for row in cursor.fetchall()]

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Mark the cases, in the caller's transaction."""
        for start in range(0, len(carried), MOST):
            self._move_some(carried[start : start + MOST], carriage)

    def _move_some(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        cases = writing.lock_many({one.id for one in carried})
        changed, events = [], []
        for one in carried:
            case = cases[one.id]
            if case.closed_at is not None:
                continue  # it ended while we waited for its row: it stays
            after, event = note(
                case,
                batches.id_for(one.id, carriage.at),
                Mark.REGRID,
                detail={"from": one.before, "to": one.after, "change": str(carriage.change)},
                facts={"grid_path": one.after},
                actor=carriage.actor,
                at=carriage.at,
            )
            changed.append(after)
            events.append(event)
        told = [("cases.regrid", "case", str(event.case_id), {"seq": event.seq}) for event in events]
        with prepared.together():
            writing.save_regridded(changed)
            writing.append_events(events)
            audit.record(told, actor=carriage.actor, at=carriage.at)

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """Saved lists of an office follow its territory."""
        with connection.cursor() as cursor:
            cursor.execute(SAVED, [list(old), list(new)])
            return int(cursor.rowcount)
