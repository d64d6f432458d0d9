"""Shares, hours, small samples and changes, typed from the source texts."""

from __future__ import annotations

from datetime import date

import pytest

from wangge.appraisal.rules import FigureKind, MonthsWrong, Value, change, read_months, value_of


def share(part, whole, small=30):
    return value_of(FigureKind.SHARE, part, whole, small_sample=small, hours=None)


def count(n):
    return value_of(FigureKind.COUNT, n, None, small_sample=0, hours=None)


def test_the_shares_of_the_source_come_out_of_its_own_counts():
    assert share(1_137_000, 1_163_000).value == 97.76  # DG-09
    assert share(113, 1000).value == 11.3  # DG-12


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [(377, 144, -61.8), (2274, 2584, 13.6)],  # HB-15: the text says -62.1 % and +12.9 %
)
def test_a_change_is_computed_and_never_typed(before, now, said):
    assert change(FigureKind.COUNT, count(now), count(before)) == said


def test_a_share_changes_by_points():
    assert change(FigureKind.SHARE, share(80, 100), share(75, 100)) == 5.0


def test_a_small_sample_is_shown_but_not_compared():
    assert share(3, 4) == Value(75.0, 3, 4, True)
    assert change(FigureKind.SHARE, share(3, 4), share(75, 100)) is None
    assert value_of(FigureKind.MEDIAN, 5, None, small_sample=30, hours=12) == Value(12, None, 5, True)


def test_there_is_no_figure_where_there_is_nothing_to_divide_by():
    assert share(0, 0) == Value(None, 0, 0, True)
    assert change(FigureKind.COUNT, count(5), count(0)) is None


def test_months_are_read_whole():
    assert read_months("2025-01", "2025-12") == (date(2025, 1, 1), date(2026, 1, 1))
    assert read_months("2025-02", "2025-02") == (date(2025, 2, 1), date(2025, 3, 1))


@pytest.mark.parametrize(
    ("first", "last"),
    [("2025-02", "2025-01"), ("2025", "2025-01"), ("2019-01", "2025-12"), ("0001-01", "0001-02"), ("x", "")],
)
def test_months_that_are_none_are_refused(first, last):
    with pytest.raises(MonthsWrong):
        read_months(first, last)
