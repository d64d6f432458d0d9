"""The open orders of somebody whose post ends: given on, and back. Rule: OR-15, TE-36."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from wangge.orders.models import Order, OrderQuerySet
from wangge.orders.rules import OrderStatus
from wangge.orders.subjects import describe
from wangge.territory.services import Given, Giving, Leaver, OpenThing

GIVE = """
UPDATE orders_order SET member_id = %s, version = version + 1
WHERE id = ANY(%s) AND status = 'open' RETURNING id, version
"""


class OrderKeeper:
    """An order that can still be done on the day goes to the successor, or is its place's: nobody's yet."""

    kind = "order"

    def _open(self, leaver: Leaver) -> OrderQuerySet:
        orders = Order.objects.filter(
            member_id=leaver.user_id,
            grid_path__startswith=leaver.scope,
            status=OrderStatus.OPEN.value,
            ends_on__gt=leaver.today,
        )
        return orders if leaver.from_on <= leaver.today else orders.filter(opens_on__gte=leaver.from_on)

    def count(self, leaver: Leaver) -> int:
        """Return how many orders would be given on."""
        return self._open(leaver).count()

    def list_open(self, leaver: Leaver, limit: int) -> list[OpenThing]:
        """Return the first of them by their last day."""
        rows = list(self._open(leaver).order_by("due_on", "id")[:limit])
        told = describe(rows)
        return [OpenThing(row.id, row.grid_path, told[row.id].name, row.due_on) for row in rows]

    def give(self, leaver: Leaver, giving: Giving) -> tuple[list[Given], int]:
        """Give them all on; an order may be anybody's."""
        ids = list(self._open(leaver).select_for_update().order_by("id").values_list("id", flat=True))
        return self._give(ids, giving.to), 0

    def _give(self, ids: Sequence[UUID], to: int | None) -> list[Given]:
        with connection.cursor() as cursor:
            cursor.execute(GIVE, [to, list(ids)])
            return [Given(*row) for row in cursor.fetchall()]

    def list_touched(self, given: Sequence[Given], to: int | None) -> list[UUID]:
        """Return those that were done, missed, moved or given on again."""
        rows = Order.objects.select_for_update().filter(id__in=[one.id for one in given]).order_by("id")
        stands = {row.id: (row.version, row.member_id, row.status) for row in rows}
        return [one.id for one in given if stands.get(one.id) != (one.stamp, to, OrderStatus.OPEN.value)]

    def give_back(self, ids: Sequence[UUID], giving: Giving) -> None:
        """Give them back."""
        self._give(ids, giving.to)
