"""Teams follow the grid that covers them; bodies and boards a recoding. Rule: TM-8, TE-14, TE-18."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.territory.services import Carriage, Carried, Placed, patterns

LIST = "SELECT id, path, lon, lat FROM teams_team WHERE path LIKE ANY(%s) ORDER BY id"
MOVE = """
UPDATE teams_team t SET path = n.after, version = version + 1, updated_at = %s
FROM unnest(%s::uuid[], %s::text[]) AS n(id, after) WHERE t.id = n.id
"""
RECODE = """
UPDATE {table} t SET path = n.after || substr(t.path, length(n.before) + 1)
FROM unnest(%s::text[], %s::text[]) AS n(before, after) WHERE t.path LIKE n.before || '%%'
"""
RECODE_AREAS = """
UPDATE teams_team t SET areas = ARRAY(
  SELECT coalesce(max(n.after || substr(a, length(n.before) + 1)), a)
    FROM unnest(t.areas) AS a LEFT JOIN unnest(%s::text[], %s::text[]) AS n(before, after)
      ON a LIKE n.before || '%%' GROUP BY a ORDER BY a)
WHERE cardinality(t.areas) > 0
"""


class TeamMover:
    """A team lies where its place is, in its grid; one of a whole street stays the street's."""

    kind = "team"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Return the teams of grids in and below the paths."""
        with connection.cursor() as cursor:
            cursor.execute(LIST, [patterns(paths)])
            return [Placed(*row) for row in cursor.fetchall()]

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Write the paths in one statement."""
        with connection.cursor() as cursor:
            ids, after = [one.id for one in carried], [one.after for one in carried]
            cursor.execute(MOVE, [carriage.at, ids, after])

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """Bodies, boards, and the areas of teams, get the new paths."""
        done = 0
        with connection.cursor() as cursor:
            for table in ("teams_body", "teams_board"):
                cursor.execute(RECODE.format(table=table), [list(old), list(new)])
                done += cursor.rowcount
            cursor.execute(RECODE_AREAS, [list(old), list(new)])
        return int(done)
