"""People and open calls follow the grid of their point, everything follows recoded grids (TE-18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.territory.services import Carriage, Carried, Placed, patterns

RECODE = """
UPDATE {table} t SET grid_path = n.after || substr(t.grid_path, length(n.before) + 1)
FROM unnest(%s::text[], %s::text[]) AS n(before, after) WHERE t.grid_path LIKE n.before || '%%'
"""
OPEN = """
SELECT id, grid_path, lon, lat FROM {table} WHERE grid_path COLLATE "C" LIKE ANY(%s) AND {open} ORDER BY id
"""
MOVE = """
UPDATE {table} t SET grid_path = n.path FROM unnest(%s::uuid[], %s::text[]) AS n(id, path) WHERE t.id = n.id
"""


class _TableMover:
    """What lies in a grid by its point, in one table."""

    table: str
    open: str
    kind: str

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Return what goes along with a redrawing in and below the paths."""
        with connection.cursor() as cursor:
            cursor.execute(OPEN.format(table=self.table, open=self.open), [patterns(paths)])
            return [Placed(*row) for row in cursor.fetchall()]

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Write the paths in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(
                MOVE.format(table=self.table), [[one.id for one in carried], [one.after for one in carried]]
            )

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """Every row of the old codes, also of what is over."""
        with connection.cursor() as cursor:
            cursor.execute(RECODE.format(table=self.table), [list(old), list(new)])
            return int(cursor.rowcount)


class PersonMover(_TableMover):
    """People who are visited; past visits and reports stay in the grid of their day, but follow its code."""

    table, open, kind = "visits_person", "ended_on IS NULL", "visits_person"

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        count = super().recode(old, new, at)
        with connection.cursor() as cursor:
            for table in ("visits_visit", "visits_report"):
                cursor.execute(RECODE.format(table=table), [list(old), list(new)])
                count += int(cursor.rowcount)
        return count


class ArrivalMover(_TableMover):
    """Calls to a point that nobody has answered."""

    table, kind = "visits_arrival", "visits_arrival"
    open = "arrived_at IS NULL AND ended_at IS NULL AND lon IS NOT NULL"
