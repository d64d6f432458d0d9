"""OR-14: an order is in the hands of whoever stands in on its day, and nothing moves for it."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.makers import ALICE, make_actor, make_venues
from tests.orders.makers import make_plan, make_rules
from tests.territory.leave_makers import at, grid, make_street, on, take
from wangge.accounts import queries as accounts
from wangge.accounts.models import Post
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.orders import queries
from wangge.orders.models import Order, Visit
from wangge.orders.schemas import OrderFilter, OrderResult, OrderRow
from wangge.orders.services import complete_orders
from wangge.territory import standing_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> list[Actor]:
    people = make_street(2)
    make_rules()
    make_venues(count=3, class_code="shop", tags=["red"], grid_path=grid(1))
    make_venues(count=30, class_code="flammable", grid_path=grid(1))
    make_plan(on(0), on(8), actor=make_actor(ALICE), at=at(0))
    assert Order.objects.filter(member_id=people[0].user_id).count() > 12, (
        "daily orders, made before the leave"
    )
    return people


def mine(who: Actor, day: int) -> list[OrderRow]:
    return queries.list_orders(who, OrderFilter(mine=True, status="open", limit=100), today=on(day)).items


def owed(day: int, first: int, until: int) -> set[UUID]:
    """Return the orders that can still be done on the day and are somebody's in `[first, until)`."""
    return {
        order.id
        for order in Order.objects.all()
        if order.ends_on > on(day) and on(first) <= max(order.opens_on, on(day)) < on(until)
    }


def ids(rows: list[OrderRow]) -> set[UUID]:
    return {row.id for row in rows}


def standing_in_for_one(two: Actor, day: int) -> Actor:
    lent = Post.objects.get(user_id=two.user_id, lent_for__isnull=False)
    return accounts.get_acting(two.user_id, lent.pk, on(day))


def test_orders_of_the_days_of_the_leave_are_the_substitute_s_and_the_others_stay(
    street: list[Actor],
) -> None:
    [one, two] = street
    before = list(Order.objects.order_by("pk").values())
    assert ids(mine(one, 0)) == owed(0, 0, 99)
    leave_id = take(one, 2, 5, {1: two}).leave_id
    assert ids(mine(one, 0)) == owed(0, 0, 2) | owed(0, 5, 99)
    acting = standing_in_for_one(two, 2)
    theirs = mine(acting, 2)
    assert ids(theirs) == owed(2, 2, 5)
    assert any(row.opens_on < on(2) for row in theirs), "what was left open too"
    assert ids(mine(one, 2)) == owed(2, 5, 99)
    assert {(row.member_name, row.absent_name) for row in theirs} == {("格员2", "格员1")}
    assert ids(mine(one, 5)) == owed(5, 0, 99) != set()
    assert list(Order.objects.order_by("pk").values()) == before, "nothing moved"
    standing_in.end_leave(leave_id, on(3), actor=one, at=at(2))
    assert ids(mine(one, 3)) == owed(3, 0, 99)


def test_without_a_substitute_an_order_is_nobody_s_on_those_days_and_says_whose_it_is(
    street: list[Actor],
) -> None:
    [one, _] = street
    take(one, 0, 3)
    rows = queries.list_orders(make_actor(ALICE), OrderFilter(limit=100), today=on(0)).items
    told = {(row.opens_on < on(3), row.member_name, row.absent_name) for row in rows}
    assert told == {(True, None, "格员1"), (False, "格员1", None)}
    assert all(row.opens_on >= on(3) for row in mine(one, 0))


def test_the_substitute_may_do_the_orders_and_the_visit_is_theirs(street: list[Actor]) -> None:
    [one, two] = street
    take(one, 0, 3, {1: two})
    acting = standing_in_for_one(two, 0)
    order = mine(acting, 0)[0]
    result = OrderResult(
        id=new_id(),
        at=at(0),
        order_id=order.id,
        base_version=order.version,
        outcome="nobody_there",
        answers=[],
    )
    [fate] = complete_orders([result], actor=acting, at=at(0))
    assert fate.outcome == "applied", fate
    assert Visit.objects.get(order_id=order.id).actor_id == two.user_id
    assert Order.objects.get(pk=order.id).member_id == one.user_id
