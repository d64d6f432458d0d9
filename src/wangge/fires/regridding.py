"""A fire that has not ended follows its ground; one that has stays where it was. Rule: FR-8, TE-14, TE-18."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.fires.rules import OPEN
from wangge.territory.services import Carriage, Carried, Placed, patterns
from wangge.venues.services import TableMover

LIST = """
SELECT id, grid_path, lon, lat FROM fires_fire
WHERE grid_path LIKE ANY(%s) AND status = ANY(%s) AND lon IS NOT NULL ORDER BY id
"""
MOVE = """
UPDATE fires_fire f SET grid_path = n.after, version = version + 1, updated_at = %s
FROM unnest(%s::uuid[], %s::text[]) AS n(id, after) WHERE f.id = n.id
"""
MERGED = TableMover("fire", "fires_fire", "起火情", "fires", written="recorded_at")


class FireMover:
    """Fires under way, wherever their point is known."""

    kind = "fire"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Return the fires under way in and below the paths."""
        with connection.cursor() as cursor:
            cursor.execute(LIST, [patterns(paths), [one.value for one in OPEN]])
            return [Placed(*row) for row in cursor.fetchall()]

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Write the paths in one statement."""
        with connection.cursor() as cursor:
            ids, after = [one.id for one in carried], [one.after for one in carried]
            cursor.execute(MOVE, [carriage.at, ids, after])

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """What is over stays under the code it was recorded with, as cases do."""
        return 0
