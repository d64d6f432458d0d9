"""Plates of grids and numbers of territories follow their codes (TE-18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.territory.services import Carriage, Carried, Placed

RECODE = """
UPDATE {table} t SET path = n.after || substr(t.path, length(n.before) + 1)
FROM unnest(%s::text[], %s::text[]) AS n(before, after) WHERE t.path LIKE n.before || '%%'
"""


class PlateMover:
    """A plate hangs on a grid's code; one whose grid has ended says so until it is replaced."""

    kind = "plate"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Nothing lies in a grid by its position."""
        return []

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Nothing moves."""

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """Write the new codes."""
        with connection.cursor() as cursor:
            cursor.execute(RECODE.format(table="plates_plate"), [list(old), list(new)])
            count = int(cursor.rowcount)
            cursor.execute(RECODE.format(table="plates_supervisionphone"), [list(old), list(new)])
            return count + int(cursor.rowcount)
