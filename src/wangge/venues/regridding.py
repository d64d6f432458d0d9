"""Venues follow the grid that covers them now. Rule: VE-13, TE-14."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.territory.services import Carriage, Carried, Placed, patterns
from wangge.venues import history

LIST = """
SELECT id, grid_path, lon, lat FROM venues_venue WHERE grid_path COLLATE "C" LIKE ANY(%s) ORDER BY id
"""
RECODE_NEAREST = """
UPDATE venues_venue v SET nearest_path = n.after || substr(v.nearest_path, length(n.before) + 1)
FROM unnest(%s::text[], %s::text[]) AS n(before, after)
WHERE v.is_orphan AND v.nearest_path LIKE n.before || '%%'
"""
RECODE_CONTACTS = """
UPDATE venues_contact c SET path = n.after || substr(c.path, length(n.before) + 1)
FROM unnest(%s::text[], %s::text[]) AS n(before, after) WHERE c.path LIKE n.before || '%%'
"""


class VenueMover:
    """Open and closed-down places alike: a dossier lies where the ground is."""

    kind = "venue"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Return every venue in and below the paths."""
        with connection.cursor() as cursor:
            cursor.execute(LIST, [patterns(paths)])
            return [Placed(*row) for row in cursor.fetchall()]

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Write the paths in one statement."""
        ids, before, after = zip(*carried, strict=True) if carried else ((), (), ())
        history.move(ids, before, after, by=carriage.actor, at=carriage.at)

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """The nearest grids of orphans, and whom to tell of a territory."""
        with connection.cursor() as cursor:
            cursor.execute(RECODE_NEAREST, [list(old), list(new)])
            cursor.execute(RECODE_CONTACTS, [list(old), list(new)])
            return int(cursor.rowcount)
