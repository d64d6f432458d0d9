"""TA-1, TA-4 and TA-5, typed from docs/rules/appraisal.md."""

from __future__ import annotations

from datetime import date

import pytest

from wangge.appraisal.rules import Rhythm
from wangge.appraisal.target_rules import gain_on, go_on, mean_of_last, periods_of, standing


def plans(*given, **words):
    return [(one.key, one.plan) for one in periods_of(*given, **words)]


def test_a_tenth_of_the_towns_more_each_month_and_never_more_than_all():
    asked = plans(Rhythm.MONTH, [10], adds=True, first_year=2026, year=2026)
    assert [plan for _, plan in asked] == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 100, 100]
    assert (asked[0][0], asked[11][0]) == ("2026-01", "2026-12")


def test_communities_attain_year_by_year_and_the_last_figure_stays():
    asked = plans(Rhythm.YEAR, [30, 60, 80, 100], adds=False, first_year=2012, year=2014)
    assert asked == [("2012", 30), ("2013", 60), ("2014", 80), ("2015", 100)]
    later = plans(Rhythm.YEAR, [30, 60], adds=False, first_year=2012, year=2014)
    assert later == [("2012", 30), ("2013", 60), ("2014", 60)]


def test_a_monthly_plan_of_several_years_takes_the_years_own_and_asks_nothing_before_the_first():
    assert {plan for _, plan in plans(Rhythm.MONTH, [30, 40], adds=False, first_year=2025, year=2026)} == {40}
    assert plans(Rhythm.MONTH, [30], adds=False, first_year=2027, year=2026) == []


MARCH = periods_of(Rhythm.MONTH, [50], adds=False, first_year=2026, year=2026)[2]


@pytest.mark.parametrize(
    ("fact", "less", "today", "said"),
    [
        (None, False, date(2026, 2, 28), "coming"),
        (None, False, date(2026, 3, 5), "unknown"),
        (49.9, False, date(2026, 3, 31), "running"),
        (50, False, date(2026, 3, 2), "reached"),
        (49.9, False, date(2026, 4, 1), "behind"),
        (50, True, date(2026, 3, 31), "running"),  # it may still grow
        (50, True, date(2026, 4, 1), "reached"),
        (50.1, True, date(2026, 3, 31), "behind"),
    ],
)
def test_how_a_period_stands(fact, less, today, said):
    assert standing(fact, MARCH, less_is_better=less, today=today) == said


def test_a_running_count_goes_on_by_days_but_not_in_the_first_week():
    assert go_on(7, MARCH, today=date(2026, 3, 7)) is None
    assert go_on(10.5, MARCH, today=date(2026, 3, 11)).value == 31  # 10.5 days of 31
    assert go_on(90, MARCH, today=date(2026, 3, 11), most=100).value == 100
    assert go_on(10, MARCH, today=date(2026, 4, 1)) is None


def test_other_figures_take_the_mean_of_the_last_complete_months_two_at_least():
    assert mean_of_last([80]) is None
    assert mean_of_last([10, 80, 82, 84]).value == 82


def test_what_adds_up_goes_on_by_its_mean_gain_to_the_end_of_the_year():
    assert gain_on([10], 15, months_left=10) is None
    assert gain_on([10, 20], 25, months_left=3).value == 55  # 10 a month
    assert gain_on([10, 60], 70, months_left=9).value == 100
