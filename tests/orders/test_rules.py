"""OR-1 … OR-8, typed from the sources, not from the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.kernel.calendar import is_workday
from wangge.orders.refusals import OrderNotOpen, OutsidePeriod
from wangge.orders.rules import (
    Interval,
    OrderStatus,
    VisitOutcome,
    check_time,
    due_on,
    opens_on,
    order_id,
    period_of,
    periods_between,
    started_on,
    status_after,
    status_on,
    winning_rule,
    working_days,
)

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
INTERVALS = st.sampled_from(list(Interval))


@dataclass
class Rule:
    code: str
    interval: str
    classes: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


# interval, day, first day, first day after, last working day; 1–7 October 2026 are free, the 10th is worked.
PERIODS = [
    ("day", "2026-10-03", "2026-10-03", "2026-10-04", "2026-10-03"),
    ("week", "2026-11-25", "2026-11-23", "2026-11-30", "2026-11-27"),
    ("week", "2026-10-07", "2026-10-05", "2026-10-12", "2026-10-10"),
    ("half_month", "2026-11-01", "2026-11-01", "2026-11-16", "2026-11-13"),
    ("half_month", "2026-02-20", "2026-02-16", "2026-03-01", "2026-02-28"),
    ("month", "2026-11-30", "2026-11-01", "2026-12-01", "2026-11-30"),
    ("month", "2026-05-02", "2026-05-01", "2026-06-01", "2026-05-29"),
    ("month", "2026-12-31", "2026-12-01", "2027-01-01", "2026-12-31"),
    ("quarter", "2026-11-22", "2026-10-01", "2027-01-01", "2026-12-31"),
    ("quarter", "2026-02-01", "2026-01-01", "2026-04-01", "2026-03-31"),
    ("twice_a_month", "2026-11-16", "2026-11-16", "2026-12-01", "2026-11-30"),
    ("three_times_a_month", "2026-11-20", "2026-11-11", "2026-11-21", "2026-11-20"),
    ("three_times_a_month", "2026-11-21", "2026-11-21", "2026-12-01", "2026-11-30"),
    ("four_times_a_month", "2026-11-07", "2026-11-01", "2026-11-08", "2026-11-06"),
    ("four_times_a_month", "2026-11-22", "2026-11-22", "2026-12-01", "2026-11-30"),
]


@pytest.mark.parametrize(("interval", "day", "starts", "ends", "due"), PERIODS)
def test_a_period_and_its_due_day_are_those_of_the_table(interval, day, starts, ends, due):
    period = period_of(Interval(interval), date.fromisoformat(day))
    assert (period.starts_on.isoformat(), period.ends_on.isoformat()) == (starts, ends)
    assert due_on(period, is_workday).isoformat() == due


@settings(deadline=None)
@given(INTERVALS, DAYS)
def test_every_day_lies_in_exactly_one_period(interval, day):
    period = period_of(interval, day)
    assert period.starts_on <= day < period.ends_on
    assert period_of(interval, period.starts_on) == period
    assert period_of(interval, period.ends_on).starts_on == period.ends_on


@settings(deadline=None)
@given(INTERVALS, DAYS, st.integers(1, 120))
def test_periods_between_leave_no_gap(interval, first, days):
    last = first + timedelta(days=days)
    periods = periods_between(interval, first, last)
    assert periods[0].starts_on <= first
    assert periods[-1].ends_on >= last
    assert all(a.ends_on == b.starts_on for a, b in pairwise(periods))


# FQ-04 (WH-31), FQ-05 (DG-10), FQ-03, and laws: who wins.
FREQUENCIES = [
    Rule("FQ-04-flammable", "half_month", ["flammable"]),
    Rule("FQ-04-crowded", "month", ["crowded"]),
    Rule("FQ-04-other", "quarter"),
    Rule("FQ-05-lenient", "month", ["rental"], ["lenient"]),
    Rule("FQ-05-banned", "four_times_a_month", ["rental"], ["banned"]),
    Rule("FQ-06-yellow", "week", [], ["yellow"]),
    Rule("FQ-06-red", "day", [], ["red"]),
]


@pytest.mark.parametrize(
    ("class_code", "tags", "winner", "others"),
    [
        ("flammable", [], "FQ-04-flammable", ["FQ-04-other"]),
        ("crowded", [], "FQ-04-crowded", ["FQ-04-other"]),
        ("shop", [], "FQ-04-other", []),
        ("rental", ["lenient"], "FQ-05-lenient", ["FQ-04-other"]),
        ("rental", ["banned"], "FQ-05-banned", ["FQ-04-other"]),
        ("rental", ["banned", "lenient"], "FQ-05-banned", ["FQ-05-lenient", "FQ-04-other"]),
        ("rental", ["banned", "yellow"], "FQ-06-yellow", ["FQ-05-banned", "FQ-04-other"]),
        ("flammable", ["yellow"], "FQ-06-yellow", ["FQ-04-flammable", "FQ-04-other"]),
        ("crowded", ["red", "yellow"], "FQ-06-red", ["FQ-06-yellow", "FQ-04-crowded", "FQ-04-other"]),
        ("shop", ["banned"], "FQ-04-other", []),
    ],
)
def test_the_smallest_interval_wins_and_says_against_whom(class_code, tags, winner, others):
    rule, lost = winning_rule(FREQUENCIES, class_code, tags)
    assert (rule.code, lost) == (winner, others)


def test_equal_intervals_are_decided_by_code_and_no_rule_is_no_order():
    rules = [Rule("B", "month", ["shop"]), Rule("A", "month", ["shop"])]
    assert winning_rule(rules, "shop", [])[0].code == "A"
    assert winning_rule(rules, "office", []) is None


def test_orders_open_on_working_days_only_and_a_daily_one_on_its_day():
    golden_week = working_days(period_of(Interval.WEEK, date(2026, 10, 7)), is_workday)
    assert golden_week == [date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)]
    assert working_days(period_of(Interval.DAY, date(2026, 10, 3)), is_workday) == [date(2026, 10, 3)]
    free = working_days(period_of(Interval.WEEK, date(2026, 10, 7)), lambda day: False)
    assert free == [date(2026, 10, 5)]


@settings(deadline=None)
@given(st.uuids(), INTERVALS, DAYS)
def test_an_order_opens_inside_its_period_not_after_its_due_day(venue, interval, day):
    period = period_of(interval, day)
    if period.ends_on.year > 2026 and period.ends_on > date(2027, 1, 1):
        return  # a week that runs into a year nobody has published
    opens = opens_on(venue, working_days(period, is_workday))
    assert period.starts_on <= opens <= due_on(period, is_workday)


def test_levelling_uses_every_working_day_about_equally():
    days = [date(2026, 11, n) for n in range(2, 7)]
    counts = dict.fromkeys(days, 0)
    for n in range(5000):
        counts[opens_on(UUID(int=n * 7919), days)] += 1
    assert min(counts.values()) > 900
    assert max(counts.values()) < 1100


VENUE = UUID("019a0000-0000-7000-8000-000000000001")


def test_an_order_id_is_a_uuid7_of_its_period_and_of_nothing_else():
    one = order_id(VENUE, date(2026, 11, 1))
    assert one == order_id(VENUE, date(2026, 11, 1))
    assert one.version == 7
    assert one.variant == "specified in RFC 4122"
    assert started_on(one) == date(2026, 11, 1)
    assert one != order_id(VENUE, date(2026, 11, 16))
    assert one != order_id(UUID(int=VENUE.int + 1), date(2026, 11, 1))


def test_what_counts_is_when_somebody_was_there():
    period = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 1)}
    check_time(status=OrderStatus.OPEN, on=date(2026, 11, 1), **period)
    check_time(status=OrderStatus.MISSED, on=date(2026, 11, 30), **period)
    for on in (date(2026, 10, 31), date(2026, 12, 1)):
        with pytest.raises(OutsidePeriod):
            check_time(status=OrderStatus.OPEN, on=on, **period)
    with pytest.raises(OrderNotOpen):
        check_time(status=OrderStatus.DONE, on=date(2026, 11, 3), **period)


# OR-8, typed: what a visit makes of an order.
AFTER = {
    ("open", "inspected"): "done",
    ("open", "nobody_there"): "open",
    ("open", "refused_entry"): "open",
    ("open", "closed_down"): "done",
    ("open", "moved_away"): "done",
    ("missed", "inspected"): "done",
    ("missed", "nobody_there"): "missed",
    ("missed", "refused_entry"): "missed",
    ("missed", "closed_down"): "done",
    ("missed", "moved_away"): "done",
}


@pytest.mark.parametrize(("status", "outcome"), AFTER)
def test_a_visit_without_inspection_leaves_the_order_owed(status, outcome):
    assert status_after(OrderStatus(status), VisitOutcome(outcome)) == AFTER[status, outcome]


@pytest.mark.parametrize(
    ("status", "today", "stands"),
    [
        ("open", date(2025, 11, 30), "open"),
        ("open", date(2025, 12, 1), "missed"),
        ("done", date(2025, 12, 1), "done"),
        ("missed", date(2025, 12, 1), "missed"),
    ],
)
def test_an_order_is_missed_from_the_day_its_period_has_ended(status, today, stands):
    assert status_on(OrderStatus(status), ends_on=date(2025, 12, 1), today=today) == stands
