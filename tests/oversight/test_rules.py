"""OV-1 … OV-6 without a database. Typed from docs/rules/oversight.md and the State Council's notices."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.oversight.makers import CARDS, LADDER, PROMISES, china
from wangge.kernel.calendar import national
from wangge.matters.rules import Clock
from wangge.oversight.rules import (
    ActKind,
    CardRule,
    CardStands,
    NothingLate,
    PromiseRule,
    Rung,
    Running,
    card_due,
    check_card,
    climb_id,
    climbs,
    promises_for,
)

RUNGS = [
    Rung(level, code, role, days, code, code, False) for level, (code, role, days) in enumerate(LADDER, 1)
]
RULES = [CardRule(card, after, answer, card, card, False) for card, after, answer in CARDS]
DUE = china("2025-10-17T00:00")  # 24:00 of Thursday 16 October
CASE = UUID("0199dbb5-0000-7000-8000-000000000001")


def business(due_at=DUE):
    return Running("business", china("2025-10-13T10:00"), due_at)


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        ("2025-10-16T23:59", []),
        ("2025-10-17T00:00", ["L1"]),  # as the time is up
        ("2025-10-17T23:59", ["L1"]),
        ("2025-10-18T00:00", ["L1", "L2"]),  # Friday was the working day after
        ("2025-10-20T12:00", ["L1", "L2"]),
        ("2025-10-22T00:00", ["L1", "L2", "L3"]),  # Friday, Monday, Tuesday
        ("2025-10-24T00:00", ["L1", "L2", "L3", "L4"]),  # … Wednesday, Thursday
        ("2025-12-24T00:00", ["L1", "L2", "L3", "L4"]),
    ],
)
def test_a_late_case_climbs_the_ladder_by_working_days_after_its_deadline(at, codes):
    found = climbs([business()], RUNGS, national, at=china(at))
    assert [climb.rung.code for climb in found] == codes
    assert all(climb.since <= china(at) for climb in found)


def test_the_ladder_waits_through_national_day():
    late = business(china("2025-10-01T00:00"))
    assert [c.rung.code for c in climbs([late], RUNGS, national, at=china("2025-10-09T23:59"))] == ["L1"]
    assert [c.rung.code for c in climbs([late], RUNGS, national, at=china("2025-10-10T00:00"))] == [
        "L1",
        "L2",
    ]


def test_a_rung_in_an_unknown_year_is_not_reached_and_those_below_it_are():
    late = business(china("2026-12-31T18:00"))
    assert [c.rung.code for c in climbs([late], RUNGS, national, at=china("2027-03-01T00:00"))] == ["L1"]


def test_each_clock_climbs_for_itself():
    stage = Running("stage", china("2025-10-14T10:00"), china("2025-10-17T12:00"))
    found = climbs([business(), stage], RUNGS, national, at=china("2025-10-18T00:00"))
    assert [(c.running.clock, c.rung.level) for c in found] == [
        ("business", 1),
        ("business", 2),
        ("stage", 1),
    ]


def test_the_same_rung_of_the_same_clock_is_the_same_id():
    first, again = (climbs([business()], RUNGS, national, at=DUE + timedelta(days=n)) for n in (0, 90))
    ids = [climb_id(CASE, climb) for climb in again]
    assert ids[0] == climb_id(CASE, first[0])
    assert len(set(ids)) == 4
    later = Running("business", china("2025-10-14T10:00"), DUE)
    assert climb_id(CASE, climbs([later], RUNGS, national, at=DUE)[0]) not in ids


@pytest.mark.parametrize(
    ("channel", "matter", "codes"),
    [
        ("citizen", "H101", ["verify_blocked", "reply_reporter"]),
        ("hotline", "H301", ["verify_other", "reply_reporter"]),
        ("patrol", "H101", []),
        ("inspection", "H101", []),
    ],
)
def test_a_tip_is_promised_a_look_and_an_answer(channel, matter, codes):
    rules = [
        PromiseRule(code, code, code, by, tuple(kinds), Clock(days or 0, hours), False)
        for code, by, kinds, days, hours in PROMISES
    ]
    assert sorted(one.code for one in promises_for(rules, channel=channel, matter_code=matter)) == sorted(
        codes
    )


@pytest.mark.parametrize(
    ("at", "standing", "card"),
    [
        ("2025-10-17T12:00", [], None),
        ("2025-10-18T00:00", [], "yellow"),
        ("2025-10-18T00:00", ["yellow"], None),
        ("2025-10-22T00:00", ["yellow"], "red"),
        ("2025-10-22T00:00", [], "red"),
        ("2025-10-24T00:00", ["red"], "black"),
        ("2025-10-24T00:00", ["black"], None),
    ],
)
def test_the_heaviest_card_that_is_due_and_does_not_stand(at, standing, card):
    due = card_due(RULES, DUE, standing, national, at=china(at))
    assert (due.card if due else None) == card


def test_a_case_in_time_gets_no_card_and_a_lighter_one_adds_nothing():
    with pytest.raises(NothingLate):
        check_card(ActKind.YELLOW, is_late=False, standing=[])
    for standing in (["red"], ["black", "yellow"]):
        with pytest.raises(CardStands):
            check_card(ActKind.RED, is_late=True, standing=standing)
    check_card(ActKind.RED, is_late=True, standing=["yellow"])
    check_card(ActKind.URGE, is_late=False, standing=["black"])
