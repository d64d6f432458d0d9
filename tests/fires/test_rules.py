"""FR-2 to FR-4, typed from docs/rules/fires.md."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from tests.makers import AT
from wangge.fires.rules import (
    FireAction,
    FireStatus,
    ReasonMissing,
    StepNotAllowed,
    TimesWrong,
    change_pct,
    check_reason,
    check_times,
    step,
)

ROWS = {
    ("reported", "confirm"): "confirmed",
    ("reported", "dismiss"): "dismissed",
    ("confirmed", "turn_out"): "out",
    ("confirmed", "end"): "ended",
    ("out", "end"): "ended",
    ("reported", "state"): "reported",
    ("confirmed", "state"): "confirmed",
    ("out", "state"): "out",
    ("ended", "state"): "ended",
}


@pytest.mark.parametrize(("status", "action"), [*product(FireStatus, FireAction)])
def test_a_fire_goes_exactly_the_rows_of_fr2(status, action):
    if (status, action) in ROWS:
        assert step(status, action) == ROWS[status, action]
    else:
        with pytest.raises(StepNotAllowed):
            step(status, action)


def test_a_step_is_not_before_the_last_one_and_not_in_the_future():
    early, late = AT - timedelta(minutes=5), AT + timedelta(minutes=1)
    assert check_times(last_at=early, at=AT, now=AT) == AT
    for at in (early - timedelta(seconds=1), late):
        with pytest.raises(TimesWrong):
            check_times(last_at=early, at=at, now=AT)


@pytest.mark.parametrize(
    ("status", "action", "note", "is_right"),
    [
        ("ended", "state", "", False),
        ("ended", "state", "复核", True),
        ("out", "state", "", True),
        ("reported", "dismiss", " ", False),
        ("reported", "dismiss", "炊烟", True),
        ("reported", "confirm", "", True),
    ],
)
def test_what_is_over_is_corrected_only_with_a_reason(status, action, note, is_right):
    if is_right:
        check_reason(FireStatus(status), FireAction(action), note)
    else:
        with pytest.raises(ReasonMissing):
            check_reason(FireStatus(status), FireAction(action), note)


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(144, 377, -61.8), (2584, 2274, 13.6), (3, 0, None), (0, 0, None), (0, 5, -100.0), (5, 5, 0.0)],
)
def test_the_change_is_computed_as_hb15_should_have_been(now, before, change):
    assert change_pct(now, before) == change
