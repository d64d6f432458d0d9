"""What belongs to a place that is merged, and what it belongs to, goes along. Rule: VE-22, VE-18."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from wangge.kernel import staging
from wangge.kernel.actor import Actor
from wangge.venues.merge_movers import Back, Moved, Pair, Standing
from wangge.venues.models import PartLink
from wangge.venues.part_links import LOCK, links_above
from wangge.venues.part_rules import above

_SINCE = """
SELECT n.merge, count(*) FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) AS n(merge, stay, at)
  JOIN venues_partlink t ON n.stay IN (t.part_id, t.whole_id) AND t.created_at > n.at
 WHERE NOT EXISTS (SELECT FROM venues_mergemove m
   WHERE m.merge_id = n.merge AND m.kind = 'part_link' AND m.subject_id = t.id::text) GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class PartMover:
    """Links of a place, at either end.

    What does not fit stays with the place that goes: a link to the one that stays, one that would close a
    circle, and a whole beside the whole that the place that stays has itself.
    """

    kind: str = "part_link"
    zh: str = "条归属关系"
    en: str = "links to a whole"

    def move(self, pairs: Sequence[Pair], *, actor: Actor, at: datetime) -> list[Moved]:
        """Hang the links on the place that stays; one statement an end, after one look at what is above."""
        staging.lock_name(LOCK)
        by_gone = {pair.gone: pair for pair in pairs}
        rows = list(PartLink.objects.filter(Q(part__in=by_gone) | Q(whole__in=by_gone)).order_by("pk"))
        ends = {pk for row in rows for pk in (row.part_id, row.whole_id)}
        links = links_above(ends | {pair.stay for pair in pairs}) if rows else {}
        moved: list[tuple[PartLink, Pair, str]] = []
        for row in rows:
            end = "part" if row.part_id in by_gone else "whole"
            pair = by_gone[getattr(row, f"{end}_id")]
            part, whole = (pair.stay, row.whole_id) if end == "part" else (row.part_id, pair.stay)
            has_its_own = end == "part" and any(
                one.lasts_after(row.since_on) for one in links.get(pair.stay, ())
            )
            if part != whole and not has_its_own and part not in above(whole, links, row.since_on):
                moved.append((row, pair, end))
        for end in ("part", "whole"):
            of_end = [row for row, _, at_end in moved if at_end == end]
            for row, pair, at_end in moved:
                if at_end == end:
                    setattr(row, f"{end}_id", pair.stay)
            PartLink.objects.bulk_update(of_end, [end])
        return [Moved(pair.merge, str(row.pk), {"end": end}) for row, pair, end in moved]

    def put_back(self, things: Sequence[Back], *, actor: Actor, at: datetime) -> None:
        """Hang each link on its place again, at the end at which it was."""
        with connection.cursor() as cursor:
            for end in ("part", "whole"):
                of_end = [one for one in things if one.before.get("end") == end]
                cursor.execute(
                    f"UPDATE venues_partlink t SET {end}_id = n.gone"
                    " FROM unnest(%s::uuid[], %s::uuid[]) AS n(id, gone) WHERE t.id = n.id",
                    [[one.subject for one in of_end], [one.gone for one in of_end]],
                )

    def count_since(self, merges: Sequence[Standing]) -> dict[UUID, int]:
        """Count the links that were written at the one place since."""
        with connection.cursor() as cursor:
            ids, stays, ats = [m.merge for m in merges], [m.stay for m in merges], [m.at for m in merges]
            cursor.execute(_SINCE, [ids, stays, ats])
            return dict(cursor.fetchall())
