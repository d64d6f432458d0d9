"""BU-1 and BU-3, typed from docs/rules/bulletins.md."""

from __future__ import annotations

from datetime import date

import pytest

from wangge.bulletins.rules import (
    BulletinKind,
    change_sign,
    change_words,
    last_complete,
    said,
    share,
    span_at,
    yuan,
)

WEEK, MONTH = BulletinKind.WEEK, BulletinKind.MONTH


@pytest.mark.parametrize(
    ("kind", "on", "starts_on", "ends_on"),
    [
        (WEEK, date(2026, 11, 27), date(2026, 11, 23), date(2026, 11, 30)),  # a Friday
        (WEEK, date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 30)),
        (WEEK, date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 4)),
        (MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        (MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 3, 1)),
    ],
)
def test_a_week_begins_on_monday_and_a_month_on_its_first(kind, on, starts_on, ends_on):
    span = span_at(kind, on)
    assert (span.starts_on, span.ends_on) == (starts_on, ends_on)


def test_only_what_is_over_is_told_of():
    monday = date(2026, 11, 23)
    assert last_complete(WEEK, monday).last_on == date(2026, 11, 22)
    assert last_complete(WEEK, date(2026, 11, 22)).last_on == date(2026, 11, 15)
    assert last_complete(MONTH, date(2026, 3, 1)).starts_on == date(2026, 2, 1)


def test_beside_it_stand_the_one_before_and_a_year_before_with_the_same_weekdays():
    week = span_at(WEEK, date(2026, 11, 27))
    assert week.before().starts_on == date(2026, 11, 16)
    assert week.a_year_before().starts_on == date(2025, 11, 24)
    assert week.a_year_before().starts_on.weekday() == 0
    assert span_at(MONTH, date(2028, 2, 9)).a_year_before().ends_on == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("now", "before", "words", "sign"),
    [
        (36, 30, "增长 20.0%", "+20.0%"),
        (144, 377, "下降 61.8%", "-61.8%"),
        (5, 5, "持平", "+0.0%"),
        (5, 0, "无同期数", "–"),
        (0, 0, "持平", "–"),
    ],
)
def test_changes_are_computed(now, before, words, sign):
    assert (change_words(now, before), change_sign(now, before)) == (words, sign)


def test_figures_as_they_stand_on_paper():
    assert [said(None), said(97.76, "%"), said(1200)] == ["–", "97.76%", "1,200"]
    assert [share(9, 10), share(0, 0)] == [90.0, None]
    assert [yuan(350_000), yuan(531_000_000)] == ["3,500 元", "531.00 万元"]
