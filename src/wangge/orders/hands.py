"""In whose hands an order is: its member, or who stands in on its day. Rule: OR-14, TE-34.

An order keeps its member. Who does it is asked anew each day, so a leave moves nothing, and nothing has to
come back when it is over, is ended early or is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from wangge.accounts import queries as accounts
from wangge.orders.models import Order
from wangge.orders.rules import OrderStatus
from wangge.territory import queries as territory

FAR = date(9999, 1, 1)


def day_of(opens_on: date, today: date) -> date:
    """Return the day on which an open order is somebody's: its own day, or today once that is over.

    Rule: OR-14.
    """
    return max(opens_on, today)


def in_hands_of(user_id: int, today: date) -> Q:
    """Return the condition that an order is somebody's: the own but for days away, and those stood in for.

    What is done or missed stays the member's.
    Rule: OR-14.
    """
    away = [(leave.starts_on, leave.ends_on) for leave in _leaves(user_id, today)]
    lent = Q()
    for stand in territory.stands_of(substitute=user_id, on=today):
        lent |= (
            Q(member_id=stand.absent, grid_path__startswith=stand.path, status=OrderStatus.OPEN.value)
            & _on_days(stand.starts_on, stand.ends_on, today)
        )  # fmt: skip
    mine = Q(member_id=user_id) | lent if lent else Q(member_id=user_id)
    for starts_on, ends_on in away:
        mine &= ~(Q(status=OrderStatus.OPEN.value) & _on_days(starts_on, ends_on, today))
    return mine


def _leaves(user_id: int, today: date) -> Sequence[accounts.Leave]:
    return accounts.leaves_of([user_id], today, FAR).get(user_id, [])


def _on_days(starts_on: date, ends_on: date, today: date) -> Q:
    """Return the orders whose day lies in `[starts_on, ends_on)`: `day_of` said as a filter."""
    days = Q(opens_on__lt=ends_on)
    return days if starts_on <= today else days & Q(opens_on__gte=starts_on)


def hands_of_orders(orders: Iterable[Order], today: date) -> dict[UUID, int | None]:
    """Return who does each order; None for nobody. Rule: OR-14."""
    things = {
        order.id: (order.member_id, order.grid_path, day_of(order.opens_on, today))
        for order in orders
        if order.member_id is not None and order.status == OrderStatus.OPEN.value and order.ends_on > today
    }
    hands = territory.hands_of(things.values())
    return {order.id: hands[things[order.id]] if order.id in things else order.member_id for order in orders}


def count_open_by_member(user_ids: Iterable[int], starts_on: date, ends_on: date) -> dict[int, int]:
    """Return how many open orders each person has on the days of `[starts_on, ends_on)`."""
    rows = Order.objects.filter(
        member_id__in=list(user_ids),
        status=OrderStatus.OPEN.value,
        opens_on__gte=starts_on,
        opens_on__lt=ends_on,
    )
    return dict(rows.values_list("member_id").annotate(n=Count("id")))
