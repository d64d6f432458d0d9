"""Another class and more tags for a place, by somebody who was shown why (DS-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from wangge.kernel import jobs
from wangge.kernel.actor import Actor
from wangge.venues import history
from wangge.venues.models import Venue
from wangge.venues.rules import RECKON_DUE, Way


def reclassify(
    wanted: Mapping[UUID, tuple[str, Sequence[str]]], *, reason: str, actor: Actor, at: datetime
) -> None:
    """Give places their class and add the tags, a version and a history row each, set-based.

    The caller has locked the places and checked that the actor sees them, and writes the audit rows.
    Rule:   VE-15, DS-11.
    """
    rows = list(Venue.objects.visible_to(actor).filter(pk__in=wanted).order_by("pk"))
    changes = []
    for venue in rows:
        before = history.values_of(venue)
        class_code, tags = wanted[venue.pk]
        venue.venue_class_id = class_code
        venue.tags = list(dict.fromkeys([*venue.tags, *tags]))
        venue.version += 1
        venue.updated_at = at
        change = history.change_of(before, venue, Way.HAND, actor=actor, at=at)
        change.reason = reason
        changes.append(change)
    Venue.objects.bulk_update(rows, ["venue_class", "tags", "version", "updated_at"])
    history.write(changes)
    if rows:
        jobs.defer(RECKON_DUE, kinds=None, venue_ids=[str(row.pk) for row in rows])
