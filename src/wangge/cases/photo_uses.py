"""Where photos were used: in which cases, at which step, by whom (CS-9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

MOST = 500
_USES = """
SELECT DISTINCT used.sha256, case_id, seq, actor_id, at, order_id, merged_into_id FROM (
  (SELECT id AS case_id, 1 AS seq, reporter_id AS actor_id, reported_at AS at, photos
  FROM cases_case WHERE photos && %(photos)s::varchar[] AND photos <> '{}' LIMIT %(most)s)
  UNION ALL
  (SELECT case_id, seq, actor_id, at,
    ARRAY(SELECT jsonb_array_elements_text(detail -> 'photos'))::varchar[]
  FROM cases_caseevent WHERE detail ? 'photos' AND detail -> 'photos' ?| %(photos)s::text[] LIMIT %(most)s)
) AS step
CROSS JOIN unnest(step.photos) AS used(sha256)
JOIN cases_case AS whole ON whole.id = step.case_id
WHERE used.sha256 = ANY(%(photos)s)
ORDER BY at, case_id, seq, sha256
"""


@dataclass(frozen=True, slots=True)
class PhotoUse:
    """One photo in one step of one case."""

    sha256: str
    case_id: UUID
    seq: int
    actor_id: int
    at: datetime
    order_id: UUID | None
    merged_into_id: UUID | None


def list_photo_uses(sha256s: Iterable[str], *, most: int = MOST) -> list[PhotoUse]:
    """Return the steps that used any of the photos, the earliest first, by two indexes.

    Shape: of a photo that stands in more than `most` reports or steps, some; the rest changes no judgement.
    For the comparison of photos only: it is not limited to what a person may see, so of uses outside nothing
    but their number may be told on.
    Rule: CS-9.
    """
    wanted = list(set(sha256s))
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_USES, {"photos": wanted, "most": most})
        return [PhotoUse(*row) for row in cursor.fetchall()]
