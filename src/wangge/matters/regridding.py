"""Where the city's own matters hold follows a recoding; the rows of a pack are the pack's to change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.territory.services import Carriage, Carried, Placed

RECODE = """
UPDATE matters_admission a SET department_path = n.after || substr(a.department_path, length(n.before) + 1)
FROM unnest(%s::text[], %s::text[]) AS n(before, after)
WHERE a.department_path LIKE n.before || '%%' AND a.withdrawn_on IS NULL
"""


class MatterMover:
    """Nothing of matters lies in a grid; their territory may get another code."""

    kind = "matter"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Nothing lies in a grid."""
        return []

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Nothing moves."""

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """The territories of admitted matters."""
        with connection.cursor() as cursor:
            cursor.execute(RECODE, [list(old), list(new)])
            return int(cursor.rowcount)
