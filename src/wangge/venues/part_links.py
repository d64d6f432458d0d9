"""The links above places, and the parts below one. Rule: VE-22."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.venues.models import PartLink
from wangge.venues.part_rules import Link

LOCK = "venues:parts"  # two links written at once could close a circle together
_LINKS = """
WITH RECURSIVE up AS (
  SELECT id FROM unnest(%s::uuid[]) AS n(id)
  UNION
  SELECT l.whole_id FROM up JOIN venues_partlink l ON l.part_id = up.id)
SELECT l.id, l.part_id, l.whole_id, l.since_on, l.until_on FROM up JOIN venues_partlink l ON l.part_id = up.id
"""


def links_above(places: Iterable[UUID]) -> dict[UUID, list[Link]]:
    """Return every link of the places and of whatever holds them, by part, in one statement."""
    found: dict[UUID, list[Link]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, [list(set(places))])
        for row in cursor.fetchall():
            link = Link(*row)
            found[link.part].append(link)
    return found


def parts_of(whole: UUID) -> Any:
    """Return the ids of the places that stand as parts of one, as a subquery."""
    links = PartLink.objects.filter(whole_id=whole, until_on__isnull=True)
    return links.order_by().values("part_id")
