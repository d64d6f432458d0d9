"""Answers follow the codes of their grids, and their places (TE-18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.census.models import Answer
from wangge.territory.services import Carriage, Carried, Placed, patterns

RECODE = """
UPDATE {table} t SET {column} = n.after || substr(t.{column}, length(n.before) + 1)
FROM unnest(%s::text[], %s::text[]) AS n(before, after) WHERE t.{column} LIKE n.before || '%%'
"""
OPEN = """
SELECT a.id, a.grid_path, coalesce(v.lon, a.lon), coalesce(v.lat, a.lat) FROM census_answer a
  LEFT JOIN venues_venue v ON v.id = a.venue_id JOIN census_census c ON c.id = a.census_id
 WHERE a.grid_path COLLATE "C" LIKE ANY(%s) AND a.is_current AND c.closed_at IS NULL ORDER BY a.id
"""
MOVE = """
UPDATE census_answer a SET grid_path = n.path
  FROM unnest(%s::uuid[], %s::text[]) AS n(id, path) WHERE a.id = n.id
"""


class CensusMover:
    """What was found in a census that goes on lies where its place lies."""

    kind = "census_answer"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Return the current answers in and below the paths, of censuses that go on."""
        with connection.cursor() as cursor:
            cursor.execute(OPEN, [patterns(paths)])
            return [Placed(*row) for row in cursor.fetchall()]

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Write the paths in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(MOVE, [[one.id for one in carried], [one.after for one in carried]])

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """Censuses of the old codes, and answers of those that are over."""
        with connection.cursor() as cursor:
            cursor.execute(RECODE.format(table="census_census", column="path"), [list(old), list(new)])
            count = int(cursor.rowcount)
            answers = RECODE.format(table=Answer._meta.db_table, column="grid_path")
            cursor.execute(answers, [list(old), list(new)])
            return count + int(cursor.rowcount)
