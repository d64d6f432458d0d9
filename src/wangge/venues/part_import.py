"""The column 所属场所编号 of a register: what belongs to what, set-based. Rule: VE-22, VE-1."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from wangge.kernel import staging
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.territory.rules import Problems
from wangge.venues import wording
from wangge.venues.part_links import LOCK
from wangge.venues.rules import PART_OF, Way
from wangge.venues.schemas import VenueImport

WHOLE = "whole_code"
TABLE = "venue_link"
COLUMNS = "row int, part uuid, whole uuid, was uuid, link uuid, since date, is_new bool"
UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
# A whole is named by its code in the same register, or by its id: so a file that went out comes in again.
_STAGE = f"""
INSERT INTO {TABLE}
SELECT n.row, coalesce(v.id, n.id), coalesce(w.id, m.id, x.id), l.whole_id, l.id, l.since_on, v.id IS NULL
  FROM venue_new n
  LEFT JOIN venues_venue v ON v.source = %(source)s AND v.code = n.code
  LEFT JOIN venues_venue w ON w.source = %(source)s AND w.code = n.whole_code AND w.merged_into_id IS NULL
       AND starts_with(w.grid_path, %(scope)s)
  LEFT JOIN venue_new m ON w.id IS NULL AND n.whole_code <> '' AND m.code = n.whole_code
  LEFT JOIN venues_venue x ON w.id IS NULL AND m.code IS NULL
       AND x.id = CASE WHEN n.whole_code ~* %(uuid)s THEN n.whole_code::uuid END
       AND x.merged_into_id IS NULL
  LEFT JOIN venues_partlink l ON l.part_id = v.id AND l.until_on IS NULL
 WHERE (n.whole_code <> '' AND coalesce(w.id, m.id, x.id) IS NULL)
    OR coalesce(w.id, m.id, x.id) IS DISTINCT FROM l.whole_id
"""
_UNKNOWN = f"""
SELECT k.row, n.whole_code FROM {TABLE} k JOIN venue_new n ON n.row = k.row
  LEFT JOIN venues_venue x ON x.id = k.whole
 WHERE n.whole_code <> ''
   AND (k.whole IS NULL OR (x.id IS NOT NULL AND NOT starts_with(x.grid_path, %(scope)s)))
 ORDER BY k.row
"""
_CIRCLE = f"""
WITH RECURSIVE up AS (
  SELECT part AS start, whole AS id FROM {TABLE} WHERE whole IS NOT NULL
  UNION
  SELECT up.start, e.whole FROM up JOIN LATERAL (
    SELECT k.whole FROM {TABLE} k WHERE k.part = up.id AND k.whole IS NOT NULL
    UNION ALL
    SELECT l.whole_id FROM venues_partlink l WHERE l.part_id = up.id AND l.until_on IS NULL
       AND NOT EXISTS (SELECT FROM {TABLE} k WHERE k.part = up.id)) e ON true
   WHERE up.id <> up.start)
SELECT k.row, n.whole_code FROM up JOIN {TABLE} k ON k.part = up.start JOIN venue_new n ON n.row = k.row
 WHERE up.id = up.start ORDER BY k.row
"""
_ENDED = f"""
UPDATE venues_partlink l SET until_on = %(on)s FROM {TABLE} k
 WHERE l.id = k.link AND (k.since IS NULL OR k.since < %(on)s)
"""
_SLIPS = f"DELETE FROM venues_partlink l USING {TABLE} k WHERE l.id = k.link AND k.since >= %(on)s"
_ADDED = f"""
INSERT INTO venues_partlink (id, part_id, whole_id, since_on, until_on, created_at, by_id)
SELECT gen_random_uuid(), k.part, k.whole,
       CASE WHEN EXISTS (SELECT FROM venues_partlink o WHERE o.part_id = k.part) THEN %(on)s::date END,
       NULL, %(at)s, %(by)s
  FROM {TABLE} k WHERE k.whole IS NOT NULL
"""
_KEPT = f"""
WITH turned AS (
  UPDATE venues_venue v SET version = v.version + 1, updated_at = %(at)s
    FROM {TABLE} k WHERE v.id = k.part AND NOT k.is_new RETURNING v.id, v.version, k.was, k.whole)
INSERT INTO venues_venuechange (venue_id, version, at, by_id, way, source, reason, fields)
SELECT id, version, %(at)s, %(by)s, %(way)s, %(source)s, '', jsonb_build_object('{PART_OF}',
       jsonb_build_array(coalesce(was::text, ''), coalesce(whole::text, ''))) FROM turned
"""


def stage_links(column: str, options: VenueImport, actor: Actor, problems: Problems) -> None:
    """Note what the file says of wholes where it differs; name what is not there and what closes a circle."""
    staging.lock_name(LOCK)
    staging.make_table(TABLE, COLUMNS)
    said = {"source": options.source, "scope": actor.scope, "uuid": UUID}
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON venue_new (row)")
        cursor.execute(_STAGE, said)
        cursor.execute(f"CREATE INDEX ON {TABLE} (part)")
        cursor.execute(f"ANALYZE {TABLE}")
        for kind, sql in ((wording.NO_WHOLE, _UNKNOWN), (wording.CIRCLE, _CIRCLE)):
            cursor.execute(sql, said)
            for row, code in cursor:
                problems.add(kind, row, column, code)
            if problems.error_count:
                return


def count_only_linked(differs: str, source: str) -> int:
    """Return how many standing rows change in nothing but their whole; before the rows are merged."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {TABLE} k JOIN venue_new n ON n.row = k.row"
            f" JOIN venues_venue v ON v.source = %s AND v.code = n.code WHERE NOT ({differs})",
            [source],
        )
        [count] = cursor.fetchone()
        return int(count)


def write_links(options: VenueImport, *, actor: Actor, at: datetime) -> None:
    """End, replace and add links as of today, with a line of history for each place that stood before."""
    on = at.astimezone(CHINA).date()
    said: dict[str, Any] = {
        "on": on,
        "at": at,
        "by": actor.user_id,
        "way": Way.IMPORT.value,
        "source": options.source,
    }
    with connection.cursor() as cursor:
        for sql in (_ENDED, _SLIPS, _ADDED, _KEPT):
            cursor.execute(sql, said)
