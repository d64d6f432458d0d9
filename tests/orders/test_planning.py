"""OR-1 … OR-6 on a real PostgreSQL: the SQL equals the rules, and planning twice makes none twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.makers import ALICE, BOB, CAROL, make_venues, plain_actor
from tests.orders.makers import DEC, IN_NOVEMBER, NOV, make_bob, make_plan, make_rules
from wangge.kernel.calendar import YearUnknown, is_workday, national
from wangge.kernel.errors import NotYourRole
from wangge.orders import services
from wangge.orders.models import Order
from wangge.orders.refusals import ChecklistMissing, RangeTooLong
from wangge.orders.rules import (
    Interval,
    due_on,
    opens_on,
    order_id,
    period_of,
    periods_between,
    working_days,
)

pytestmark = pytest.mark.django_db
OTHER_GRID = "34.02.03.005.012.002."


def make_street() -> None:
    make_rules()
    make_venues(count=7, class_code="flammable")
    make_venues(count=5, class_code="crowded", grid_path=OTHER_GRID)
    make_venues(count=9, class_code="shop")
    make_venues(count=3, class_code="rental", tags=["banned", "unknown"])
    make_venues(count=2, class_code="shop", tags=["red"])


def made() -> set[tuple[object, ...]]:
    return set(Order.objects.values_list("id", "venue_id", "rule_code", "opens_on", "due_on", "ends_on"))


def expected(interval: str, venue_id: object, starts_on: date, ends_on: date) -> set[tuple[object, ...]]:
    """What the pure rules say a place is owed."""
    owed = set()
    for period in periods_between(Interval(interval), starts_on, ends_on):
        opens = opens_on(venue_id, working_days(period, is_workday))
        if starts_on <= opens < ends_on:
            owed.add(
                (order_id(venue_id, period.starts_on), opens, due_on(period, is_workday), period.ends_on)
            )
    return owed


def test_the_sql_makes_what_the_rules_say():
    make_street()
    make_plan()
    intervals = {"FQ-04-flammable": "half_month", "FQ-04-crowded": "month", "FQ-04-other": "quarter"}
    intervals |= {"FQ-05-banned": "four_times_a_month", "FQ-06-red": "day"}
    rows: dict[tuple[object, str], set[tuple[object, ...]]] = {}
    for order in Order.objects.all():
        key = (order.venue_id, intervals[order.rule_code])
        rows.setdefault(key, set()).add((order.id, order.opens_on, order.due_on, order.ends_on))
    assert {interval for _, interval in rows} == set(intervals.values())
    for (venue_id, interval), orders in rows.items():
        assert orders == expected(interval, venue_id, NOV, DEC)


def test_figures_of_a_plan():
    make_street()
    out = make_plan(date(2025, 10, 1), date(2026, 1, 1))
    # October to December: 6 halves, 3 months, 12 fourths, 92 days, 1 quarter
    assert out.by_rule == {
        "FQ-04-crowded": 5 * 3,
        "FQ-04-flammable": 7 * 6,
        "FQ-04-other": 9,
        "FQ-05-banned": 3 * 12,
        "FQ-06-red": 2 * 92,
    }
    assert (out.made, out.already_there, out.unassigned) == (15 + 42 + 9 + 36 + 184, 0, out.made)


def test_an_order_names_the_rule_that_won_and_those_it_won_against():
    make_street()
    make_plan()
    red = Order.objects.filter(rule_code="FQ-06-red").first()
    assert red.other_rules == ["FQ-04-other"]
    assert (red.pack_version, red.status, red.version, red.findings) == ("test@1", "open", 1, 0)


def test_a_dry_run_counts_the_same_and_makes_nothing():
    make_street()
    dry = make_plan(dry_run=True)
    assert not Order.objects.exists()
    assert make_plan() == dry
    again = make_plan(dry_run=True)
    assert (again.made, again.already_there) == (0, dry.made)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 60), max_size=4, unique=True), order=st.randoms(use_true_random=False))
def test_planning_twice_in_pieces_in_any_order_makes_the_same_set(cuts, order):
    first, last = date(2025, 10, 20), date(2025, 12, 20)
    days = [first, *(first + timedelta(days=n) for n in sorted(cuts)), last]
    Order.objects.all().delete()
    if not Order.objects.model._meta.get_field("venue").related_model.objects.exists():
        make_street()
    make_plan(first, last)
    whole = made()
    Order.objects.all().delete()
    pieces = [*pairwise(days)] * 2
    order.shuffle(pieces)
    total = sum(make_plan(a, b).made for a, b in pieces)
    assert made() == whole
    assert total == len(whole)


def test_a_second_plan_makes_none_and_leaves_done_orders_alone():
    make_street()
    first = make_plan()
    Order.objects.filter(rule_code="FQ-04-crowded").update(findings=3, version=2)
    second = make_plan()
    assert (second.made, second.already_there, second.by_rule) == (0, first.made, {})
    assert Order.objects.filter(findings=3).count() == 5


def test_closed_places_and_orphans_and_kinds_without_a_rule_get_no_order():
    make_rules()
    make_venues(count=2, class_code="crowded", is_open=False)
    make_venues(count=3, class_code="crowded", is_orphan=True, nearest_m=12.0, nearest_path=BOB.scope)
    make_venues(count=4, class_code="office")
    out = make_plan()
    assert (out.made, out.orphans, out.venues_without_rule) == (0, 3, 4)


def test_an_order_goes_to_the_primary_member_of_the_longest_path():
    bob = make_bob()
    make_rules()
    make_venues(count=2, class_code="crowded", grid_path=f"{BOB.scope}07.")
    make_venues(count=1, class_code="crowded", grid_path=OTHER_GRID)
    out = make_plan()
    assert out.unassigned == 1
    assert dict(Order.objects.values_list("grid_path", "member_id")) == {
        f"{BOB.scope}07.": bob.user_id,
        OTHER_GRID: None,
    }


def test_a_plan_stays_inside_the_scope_of_who_plans():
    make_rules()
    make_venues(class_code="crowded", grid_path="34.02.0.001.")
    make_venues(class_code="crowded", grid_path="34.02.03.005.012.")
    assert make_plan(actor=plain_actor(CAROL)).made == 1
    assert Order.objects.get().grid_path == "34.02.0.001."
    assert make_plan(actor=plain_actor(ALICE)).made == 1


def test_who_may_not_plan_and_what_cannot_be_planned():
    make_rules()
    with pytest.raises(NotYourRole):
        make_plan(actor=plain_actor(BOB))
    with pytest.raises(RangeTooLong):
        make_plan(DEC, NOV)
    make_venues(class_code="crowded")
    with pytest.raises(YearUnknown):
        make_plan(date(2031, 1, 1), date(2031, 2, 1))
    services.install_plan_rules([], pack_version="test@2")
    assert make_plan().made == 0
    make_rules([("FQ-04-crowded", "month", ["crowded"], [])])
    with pytest.raises(ChecklistMissing):
        make_plan(at=IN_NOVEMBER.replace(year=2024))
    assert not Order.objects.exists()


def test_a_month_made_in_bulk_is_a_partition_like_the_others():
    make_street()
    make_plan()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_order_2025_11")
        in_month = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM orders_order_rest")
        in_rest = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid = 'orders_order_2025_11'::regclass")
        indexes = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid = 'orders_order'::regclass")
        parent_indexes = cursor.fetchone()[0]
    november = period_of(Interval.MONTH, NOV)
    assert (
        in_month
        == Order.objects.filter(ends_on__gt=november.starts_on, ends_on__lte=november.ends_on)
        .exclude(rule_code="FQ-04-other")
        .count()
    )
    assert (in_rest, indexes) == (0, parent_indexes)


def test_the_daily_plan_reaches_every_province_once():
    make_rules()
    make_venues(class_code="crowded", grid_path="34.02.0.001.", tags=["red"])
    make_venues(class_code="crowded", grid_path="44.03.01.", tags=["red"])
    assert services.plan_ahead(7, at=IN_NOVEMBER).by_rule == {"FQ-06-red": 14}
    assert services.plan_ahead(7, at=IN_NOVEMBER).made == 0


def test_before_a_year_that_nobody_knows_the_daily_job_plans_the_rest():
    make_rules()
    make_venues(class_code="crowded", tags=["red"])
    make_venues(class_code="rental", tags=["banned"])
    eve = datetime(max(national.years), 12, 29, 2, tzinfo=UTC)
    made = services.plan_ahead(7, at=eve)
    assert made.by_rule == {"FQ-05-banned": 1, "FQ-06-red": 7}  # the last quarter of December, and each day
    assert Order.objects.filter(rule_code="FQ-05-banned", due_on__year=eve.year).count() == 1
