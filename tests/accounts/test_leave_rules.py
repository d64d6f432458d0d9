"""AC-13, AC-14: typed from the rule text."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from wangge.accounts.leave_rules import (
    Away,
    EndNotEarlier,
    LeaveBackward,
    LeaveBegan,
    LeaveInThePast,
    LeaveNotBegun,
    LeaveOver,
    LeavesOverlap,
    check_leave,
    check_leave_withdrawal,
    end_early,
)

TODAY = date(2025, 10, 13)
DAY = timedelta(days=1)


def away(first: int, until: int) -> Away:
    return Away(TODAY + first * DAY, TODAY + until * DAY)


def test_a_leave_begins_today_at_the_earliest_and_lasts_a_day_at_least() -> None:
    check_leave(away(0, 1), [], today=TODAY)
    with pytest.raises(LeaveInThePast) as refused:
        check_leave(away(-1, 2), [], today=TODAY)
    assert "2025-10-13" in refused.value.message("zh")
    with pytest.raises(LeaveBackward):
        check_leave(away(2, 2), [], today=TODAY)


@pytest.mark.parametrize(("first", "until"), [(0, 4), (4, 5), (3, 6), (5, 9), (0, 9)])
def test_two_leaves_of_one_person_share_no_day_and_the_refusal_says_which(first: int, until: int) -> None:
    with pytest.raises(LeavesOverlap) as refused:
        check_leave(away(first, until), [away(20, 22), away(3, 6)], today=TODAY)
    assert refused.value.message("zh").startswith("2025-10-16 至 2025-10-18 已登记离岗。")
    assert "withdraw" in refused.value.message("en")


def test_the_first_day_back_may_be_the_first_day_of_the_next_leave() -> None:
    check_leave(away(0, 3), [away(3, 6)], today=TODAY)
    check_leave(away(6, 7), [away(3, 6)], today=TODAY)


def test_somebody_is_back_today_at_the_earliest_and_earlier_than_was_said() -> None:
    assert end_early(away(-3, 4), TODAY, today=TODAY) == away(-3, 0)
    assert end_early(away(-3, 4), TODAY + 3 * DAY, today=TODAY) == away(-3, 3)
    for back in (-1, 4, 5):
        with pytest.raises(EndNotEarlier):
            end_early(away(-3, 4), TODAY + back * DAY, today=TODAY)
    with pytest.raises(EndNotEarlier):
        end_early(away(0, 4), TODAY, today=TODAY)  # it began today: a day of it stays
    with pytest.raises(LeaveOver):
        end_early(away(-3, 0), TODAY - DAY, today=TODAY)
    with pytest.raises(LeaveNotBegun):
        end_early(away(1, 4), TODAY + 2 * DAY, today=TODAY)


def test_only_a_leave_that_has_not_begun_is_withdrawn() -> None:
    check_leave_withdrawal(away(1, 2), today=TODAY)
    with pytest.raises(LeaveBegan):
        check_leave_withdrawal(away(0, 2), today=TODAY)
    with pytest.raises(LeaveOver):
        check_leave_withdrawal(away(-2, 0), today=TODAY)
