"""Working days: KE-2, KE-3, KE-4. Days typed from the State Council's notices."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.kernel.calendar import (
    DayKind,
    YearUnknown,
    add_hours,
    add_working_days,
    explain_working_days,
    extend,
    extend_from,
    is_workday,
    kind_of,
    national,
    working_days_between,
)
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable

# The State Council's notice for each year: first and last day off, and the weekend days worked.
NOTICES = {
    2024: (
        [
            "01-01 01-01",
            "02-10 02-17",
            "04-04 04-06",
            "05-01 05-05",
            "06-10 06-10",
            "09-15 09-17",
            "10-01 10-07",
        ],
        ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    ),
    2025: (
        ["01-01 01-01", "01-28 02-04", "04-04 04-06", "05-01 05-05", "05-31 06-02", "10-01 10-08"],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    2026: (
        [
            "01-01 01-03",
            "02-15 02-23",
            "04-04 04-06",
            "05-01 05-05",
            "06-19 06-21",
            "09-25 09-27",
            "10-01 10-07",
        ],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}


def is_free(day: date) -> bool:
    """The plain reading of the notice."""
    free, worked = NOTICES[day.year]
    month_day = f"{day:%m-%d}"
    return month_day not in worked and (
        day.weekday() >= 5 or any(span[:5] <= month_day <= span[6:] for span in free)
    )


@pytest.fixture
def fresh_years(monkeypatch):
    """Let a test teach the calendar without the next test knowing."""
    for name in ("holidays", "makeups", "years"):
        monkeypatch.setattr(national, name, set(getattr(national, name)))
    yield
    national._memo.clear()


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_agrees_with_the_notice(year):
    day = date(year, 1, 1)
    while day.year == year:
        assert is_workday(day) is not is_free(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2025, 10, 1), "holiday"),  # Wednesday, National Day
        (date(2025, 10, 6), "holiday"),  # Monday, Mid-autumn
        (date(2025, 10, 8), "holiday"),  # Wednesday
        (date(2025, 10, 9), "workday"),
        (date(2025, 9, 28), "makeup"),  # Sunday
        (date(2025, 10, 11), "makeup"),  # Saturday
        (date(2025, 10, 12), "weekend"),
        (date(2025, 10, 5), "holiday"),  # Sunday inside the holiday
    ],
)
def test_the_days_around_national_day_2025(day, kind):
    assert kind_of(day) == DayKind(kind)


@pytest.mark.parametrize(
    ("at", "n", "deadline"),
    [
        (datetime(2025, 9, 30, 9, 0), 1, datetime(2025, 10, 10, 0, 0)),  # over the holiday
        (datetime(2025, 9, 26, 9, 0), 1, datetime(2025, 9, 29, 0, 0)),  # Friday → make-up Sunday
        (datetime(2025, 9, 26, 9, 0), 3, datetime(2025, 10, 1, 0, 0)),
        (datetime(2025, 10, 3, 23, 59), 1, datetime(2025, 10, 10, 0, 0)),  # begins inside the holiday
        (datetime(2025, 10, 10, 18, 0), 2, datetime(2025, 10, 14, 0, 0)),  # make-up Saturday, then Monday
        (datetime(2025, 10, 13, 10, 0), 0, datetime(2025, 10, 14, 0, 0)),
        (datetime(2025, 12, 31, 10, 0), 1, datetime(2026, 1, 5, 0, 0)),  # make-up Sunday 4 January 2026
    ],
)
def test_a_deadline_is_the_end_of_the_nth_working_day(at, n, deadline):
    assert add_working_days(at.replace(tzinfo=CHINA), n) == deadline.replace(tzinfo=CHINA)


def test_the_day_is_that_of_china_wherever_the_clock_stands():
    late = datetime(2025, 10, 13, 17, 0, tzinfo=UTC)  # Tuesday 01:00 in China
    assert add_working_days(late, 1) == datetime(2025, 10, 15, 16, 0, tzinfo=UTC)


def test_a_deadline_is_explained_day_by_day():
    at = datetime(2025, 10, 10, 18, 0, tzinfo=CHINA)
    assert explain_working_days(at, 2) == [
        (date(2025, 10, 11), DayKind.MAKEUP),
        (date(2025, 10, 12), DayKind.WEEKEND),
        (date(2025, 10, 13), DayKind.WORKDAY),
    ]


@pytest.mark.parametrize("year", [2003, 2027, 2100])
def test_an_unknown_year_is_refused_with_the_remedy(year):
    with pytest.raises(YearUnknown) as refusal:
        is_workday(date(year, 5, 20))
    assert refusal.value.code == "kernel.year_unknown"
    assert f"{year}.json" in refusal.value.message("zh")
    assert f"{year}.json" in refusal.value.message("en")


def test_a_deadline_that_runs_into_an_unknown_year_is_not_guessed():
    last = datetime(2026, 12, 30, 9, 0, tzinfo=CHINA)
    assert add_working_days(last, 1) == datetime(2027, 1, 1, 0, 0, tzinfo=CHINA)
    with pytest.raises(YearUnknown):
        add_working_days(last, 2)


def test_a_year_can_be_taught(fresh_years):
    last = datetime(2026, 12, 30, 9, 0, tzinfo=CHINA)
    extend(2027, [date(2026, 12, 31), date(2027, 1, 1)], [date(2027, 1, 3)])
    assert [is_workday(date(2027, 1, day)) for day in (1, 2, 3, 4)] == [False, False, True, True]
    assert add_working_days(last, 1) == datetime(2027, 1, 4, 0, 0, tzinfo=CHINA)


def test_a_taught_year_replaces_what_was_known(fresh_years):
    assert add_working_days(datetime(2025, 9, 30, tzinfo=CHINA), 1).day == 10
    extend(2025, [], [])
    assert is_workday(date(2025, 10, 1))
    assert not is_workday(date(2025, 10, 11))
    assert add_working_days(datetime(2025, 9, 30, tzinfo=CHINA), 1).day == 2


@pytest.mark.parametrize(
    ("holidays", "makeups"),
    [
        ([date(2028, 1, 1)], []),
        ([date(2026, 11, 30)], []),
        ([], [date(2027, 1, 4)]),
        ([date(2027, 1, 3)], [date(2027, 1, 3)]),
    ],
)
def test_a_notice_that_cannot_be_true_teaches_nothing(fresh_years, holidays, makeups):
    with pytest.raises(Unreadable):
        extend(2027, holidays, makeups)
    with pytest.raises(YearUnknown):
        is_workday(date(2027, 1, 4))


def test_a_folder_of_notices_is_read(fresh_years, tmp_path):
    notice = {"holidays": ["2027-01-01"], "makeup_days": ["2027-01-03"]}
    (tmp_path / "2027.json").write_text(json.dumps(notice), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a notice", encoding="utf-8")
    assert extend_from(tmp_path) == [2027]
    assert kind_of(date(2027, 1, 3)) is DayKind.MAKEUP
    assert extend_from(tmp_path / "absent") == []


@pytest.mark.parametrize("text", ["", "[]", '{"holidays": []}', '{"holidays": ["1.1."], "makeup_days": []}'])
def test_a_broken_notice_is_named(fresh_years, tmp_path, text):
    (tmp_path / "2027.json").write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable, match=r"2027\.json"):
        extend_from(tmp_path)


@given(day=st.dates(date(2023, 12, 1), date(2026, 9, 1)), n=st.integers(0, 60))
def test_counting_forward_and_between_agree(day, n):
    at = datetime(day.year, day.month, day.day, 12, tzinfo=CHINA)
    end = add_working_days(at, n)
    last = end.date() - timedelta(days=1)
    assert working_days_between(day, last) == n
    assert working_days_between(last, day) == -n
    assert n == 0 or is_workday(last)
    assert end <= add_working_days(at, n + 1)


def test_hours_are_plain_hours():
    assert add_hours(datetime(2025, 10, 1, 22, 0, tzinfo=CHINA), 4) == datetime(
        2025, 10, 1, 18, 0, tzinfo=UTC
    )
    with pytest.raises(ValueError, match="ahead"):
        add_working_days(datetime(2025, 10, 1, tzinfo=CHINA), -1)
