"""What only all rows of a file show: a code twice, one of another territory, a merged place."""

from __future__ import annotations

from django.db import connection

from wangge.kernel.actor import Actor
from wangge.territory.rules import Problems
from wangge.venues import wording
from wangge.venues.models import Venue
from wangge.venues.schemas import VenueImport
from wangge.venues.standing import standing_of

TABLE = "venue_new"
TWICE = f"""
SELECT row, code, other
  FROM (SELECT row, code, min(row) OVER (PARTITION BY code) AS other FROM {TABLE} WHERE code <> '') n
 WHERE row > other ORDER BY row
"""
ELSEWHERE = f"""
SELECT n.row, n.code FROM {TABLE} n JOIN venues_venue v ON v.source = %s AND v.code = n.code
 WHERE NOT starts_with(v.grid_path, %s) ORDER BY n.row
"""
MERGED = f"""
SELECT n.row, n.code, v.id FROM {TABLE} n JOIN venues_venue v ON v.source = %s AND v.code = n.code
 WHERE v.merged_into_id IS NOT NULL ORDER BY n.row
"""


def check_staged(code_column: str, options: VenueImport, actor: Actor, problems: Problems) -> bool:
    """Note what only all rows together show, and return whether the file may be loaded. Rule: VE-1."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX ON {TABLE} (code)")
        cursor.execute(f"ANALYZE {TABLE}")
        cursor.execute(TWICE)
        for row, code, other in cursor:
            problems.add(wording.TWICE, row, code_column, code, other=other)
        cursor.execute(ELSEWHERE, [options.source, actor.scope])
        for row, code in cursor:
            problems.add(wording.ELSEWHERE, row, code_column, code, source=options.source)
    if not problems.error_count:
        _leave_out_merged(code_column, options, problems)
    return not problems.error_count


def _leave_out_merged(code_column: str, options: VenueImport, problems: Problems) -> None:
    """A row of a place that was merged into another changes nothing: the code leads to the one that stays.

    Rule: VE-18.
    """
    with connection.cursor() as cursor:
        cursor.execute(MERGED, [options.source])
        rows = cursor.fetchall()
        if not rows:
            return
        stands = standing_of(pk for _, _, pk in rows)
        names = dict(Venue.objects.filter(pk__in=set(stands.values())).values_list("pk", "name"))
        for row, code, pk in rows:
            problems.add(wording.MERGED, row, code_column, code, name=names[stands[pk]])
        cursor.execute(f"DELETE FROM {TABLE} WHERE row = ANY(%s)", [[row for row, _, _ in rows]])
