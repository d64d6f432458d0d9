"""OR-21 … OR-23: the proof of coverage, level days, and capacity."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.makers import ALICE, BOB, CAROL, make_actor, make_venues, plain_actor
from tests.orders.makers import DEC, NOV, make_bob, make_plan, make_rules
from wangge.kernel.calendar import national
from wangge.orders import coverage, services
from wangge.orders.levelling_rules import Movable, heaviest_to_mean, level, members_missing
from wangge.orders.models import Order
from wangge.orders.schemas import PlanRequest

EARLY = datetime(2025, 10, 31, 2, tzinfo=UTC)
MONTH = PlanRequest(starts_on=NOV, ends_on=DEC)
DAYS = [NOV + timedelta(n) for n in range(20)]
windows = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19), st.integers(0, 19)), max_size=60)


def movable(windows: list[tuple[int, int, int]]) -> dict[int, Movable]:
    orders = {}
    for key, (a, b, c) in enumerate(windows):
        days = tuple(DAYS[min(a, b) : max(a, b) + 1])
        orders[key] = Movable(days, days[c % len(days)])
    return orders


@settings(max_examples=60, deadline=None)
@given(windows)
def test_levelling_keeps_each_order_in_its_days_and_makes_no_day_heavier(windows):
    orders = movable(windows)
    before, after = Counter(o.opens_on for o in orders.values()), level(orders)
    assert set(after) == set(orders)
    assert all(day in orders[key].days for key, day in after.items())
    assert max(Counter(after.values()).values(), default=0) <= max(before.values(), default=0)
    again = level({key: Movable(orders[key].days, day) for key, day in after.items()})
    assert again == after


def test_a_month_that_can_be_level_is_level():
    orders = {n: Movable(tuple(DAYS), DAYS[0]) for n in range(187)}  # all on one day
    assert sorted(Counter(level(orders).values()).values()) == [9] * 13 + [10] * 7
    assert heaviest_to_mean(list(level(orders).values()), 20) == pytest.approx(10 / 9.35)


def test_members_missing():
    # 20 days at 12 places: 240 a member
    assert [members_missing(n, 20, 12, 1) for n in (0, 240, 241, 480, 481)] == [0, 0, 1, 1, 2]
    assert members_missing(5, 0, 12, 1) == 5  # no day is worked


@pytest.mark.django_db
def test_the_heaviest_day_of_a_member_is_at_most_1_3_times_the_mean():
    bob = make_bob()
    make_rules()
    make_venues(count=90, class_code="crowded")
    make_venues(count=40, class_code="flammable")
    make_plan(at=EARLY)
    before = dict(Order.objects.values_list("id", "due_on"))
    out = services.level_days(MONTH, ALICE.scope, actor=None, at=EARLY)
    worked = sum(national.is_workday(NOV + timedelta(n)) for n in range(30))
    days = list(Order.objects.filter(member_id=bob.user_id).values_list("opens_on", flat=True))
    assert (out.members, len(days)) == (1, 170)
    assert heaviest_to_mean(days, worked) <= 1.3
    for order in Order.objects.all():
        half = order.rule_code == "FQ-04-flammable"
        first = date(2025, 11, 16) if half and order.due_on > date(2025, 11, 15) else NOV
        assert first <= order.opens_on <= order.due_on == before[order.id]
    assert services.level_days(MONTH, ALICE.scope, actor=None, at=EARLY).moved == 0
    assert make_plan(at=EARLY).made == 0


@pytest.mark.django_db
def test_the_proof_counts_what_is_not_planned_and_names_who_is_missing():
    make_bob()
    make_rules()
    services.install_capacity(1, is_confirmed=False, pack_version="test@1")
    make_venues(count=50, class_code="crowded")
    make_venues(count=3, class_code="crowded", grid_path="34.02.03.005.012.002.")
    alice = make_actor(ALICE)
    before = coverage.prove(MONTH, actor=alice, at=EARLY)
    assert (before.owed, before.unplanned, before.unassigned) == (53, 53, 3)
    make_plan(at=EARLY)
    proof = coverage.prove(MONTH, actor=alice, at=EARLY)
    # November 2025 has 20 working days: 20 visits a member
    assert (proof.unplanned, proof.worked_days, proof.unreachable) == (0, 20, 30 + 3)
    assert {one.path: one.members_missing for one in proof.grids} == {
        BOB.scope: 2,
        "34.02.03.005.012.002.": 1,
    }
    assert len(coverage.list_unreachable(BOB.scope, MONTH, actor=alice, limit=100)) == 30
    assert coverage.list_unreachable(BOB.scope, MONTH, actor=plain_actor(CAROL), limit=100) == []
    Order.objects.filter(grid_path=BOB.scope).first().delete()
    assert coverage.prove(MONTH, actor=alice, at=EARLY).unplanned == 1
