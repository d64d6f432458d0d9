"""Which dossier stands for one that was merged into another (VE-18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection

STANDING = """
WITH RECURSIVE way AS (
  SELECT id AS asked, merged_into_id AS id, 1 AS step FROM venues_venue
   WHERE id = ANY(%s) AND merged_into_id IS NOT NULL
  UNION ALL
  SELECT way.asked, v.merged_into_id, step + 1 FROM way JOIN venues_venue v ON v.id = way.id
   WHERE v.merged_into_id IS NOT NULL)
SELECT DISTINCT ON (asked) asked, id FROM way ORDER BY asked, step DESC
"""
FORMER = """
WITH RECURSIVE kin AS (
  SELECT merged_into_id AS top, id, code FROM venues_venue WHERE merged_into_id = ANY(%s)
  UNION ALL
  SELECT kin.top, v.id, v.code FROM venues_venue v JOIN kin ON v.merged_into_id = kin.id)
UPDATE venues_venue s
   SET former = coalesce((SELECT string_agg(code, ' ' ORDER BY code) FROM kin WHERE top = s.id), '')
 WHERE s.id = ANY(%s)
"""
ARRIVED = """
WITH RECURSIVE way AS (
  SELECT n.subject, n.gone FROM unnest(%s::text[], %s::uuid[]) AS n(subject, gone)
  UNION ALL
  SELECT way.subject, v.merged_into_id FROM way JOIN venues_venue v ON v.id = way.gone
   WHERE v.merged_into_id IS NOT NULL)
INSERT INTO venues_mergemove (merge_id, kind, subject_id, before)
SELECT m.id, %s, way.subject, '{}' FROM way
  JOIN venues_venuemerge m ON m.gone_id = way.gone AND m.undone_at IS NULL
"""


def standing_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the dossier that stands for each of the merged ones among `ids`; of the others nothing."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [wanted])
        return dict(cursor.fetchall())


def write_former(ids: Iterable[UUID]) -> None:
    """Let each dossier be found by the codes of all that were merged into it."""
    wanted = list(set(ids))
    with connection.cursor() as cursor:
        cursor.execute(FORMER, [wanted, wanted])


def note_arrived(kind: str, things: Mapping[str, UUID]) -> None:
    """Note what was written for a merged place since, as if it had gone along: an undo brings it there.

    Rule: VE-19.
    """
    if things:
        with connection.cursor() as cursor:
            cursor.execute(ARRIVED, [list(things), list(things.values()), kind])
