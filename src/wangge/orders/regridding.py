"""Orders still owed follow their place; those done or missed stay where they were. Rule: OR-13, TE-14."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wangge.kernel.clock import CHINA
from wangge.territory.services import Carriage, Carried, Placed, patterns

OPEN = """
SELECT o.id, o.grid_path, v.lon, v.lat FROM orders_order o JOIN venues_venue v ON v.id = o.venue_id
WHERE o.grid_path LIKE ANY(%s) AND o.status = 'open' AND o.ends_on > %s ORDER BY o.id
"""
MOVE = """
UPDATE orders_order o SET grid_path = n.path, member_id = n.member, version = version + 1
FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS n(id, path, member)
WHERE o.id = n.id AND o.status = 'open'
"""


class OrderMover:
    """The order goes where its venue lies, and to whoever walks there."""

    kind = "order"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Return the orders in and below the paths that can still be done."""
        with connection.cursor() as cursor:
            cursor.execute(OPEN, [patterns(paths), at.astimezone(CHINA).date()])
            return [Placed(*row) for row in cursor.fetchall()]

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Write path and member; a grid without a primary member leaves the order to nobody yet."""
        members = [carriage.members.get(one.after) for one in carried]
        with connection.cursor() as cursor:
            cursor.execute(MOVE, [[one.id for one in carried], [one.after for one in carried], members])

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """Nothing else of orders names a path."""
        return 0
