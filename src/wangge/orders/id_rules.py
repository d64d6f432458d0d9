"""Ids of orders, and the day within a period: both made of what is visited. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import md5
from uuid import UUID

from wangge.kernel.ids import assemble, time_of


def opens_on(venue_id: UUID, days: Sequence[date]) -> date:
    """Return the day of `days` that the venue is levelled to: the same place in each period.

    Rule: OR-3. The SQL of planning computes the same.
    """
    share = int(_digest(venue_id)[25:32], 16)
    return days[share * len(days) >> 28]


def order_id(venue_id: UUID, starts_on: date, *, is_seasonal: bool = False) -> UUID:
    """Return the id of the order that `venue_id` is owed for the period that starts on `starts_on`.

    Rule: OR-5. A UUIDv7 of 00:00 UTC of that day, its 74 bits taken from a digest of the venue: planning
          twice makes one order. The SQL of planning computes the same.
    """
    digest = _digest(venue_id)
    bits = int(digest[:3], 16) << 62 | (int(digest[3], 16) & 3) << 60 | int(digest[4:19], 16)
    return assemble(stamp_of(starts_on, is_seasonal=is_seasonal), bits)


def assigned_id(assignment_id: UUID, venue_id: UUID, starts_on: date) -> UUID:
    """Return the id of the order that an assignment makes for a place.

    Rule: OR-28. A UUIDv7 of 12:00 UTC of its first day. Its first bits are the opposite of those of the
          place's own orders, so that nothing takes it for one that the plan owes; the rest is a digest of
          both: asking twice makes one order. The SQL of assigning computes the same.
    """
    own = int(_digest(venue_id)[:3], 16) ^ 0xFFF
    both = md5(f"{assignment_id}{venue_id}".encode(), usedforsecurity=False).hexdigest()
    bits = own << 62 | (int(both[3], 16) & 3) << 60 | int(both[4:19], 16)
    return assemble(datetime(starts_on.year, starts_on.month, starts_on.day, 12, tzinfo=UTC), bits)


def stamp_of(starts_on: date, *, is_seasonal: bool = False) -> datetime:
    """Return the moment in the ids of a period's orders: 00:00 UTC, a season's 06:00. Rule: OR-5, OR-18."""
    return datetime(starts_on.year, starts_on.month, starts_on.day, 6 if is_seasonal else 0, tzinfo=UTC)


def started_on(identifier: UUID) -> date:
    """Return the first day of the period of an order, from its id."""
    return time_of(identifier).date()


def _digest(venue_id: UUID) -> str:
    return md5(str(venue_id).encode(), usedforsecurity=False).hexdigest()
