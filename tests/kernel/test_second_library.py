"""The calendar beside a second library that was written by other people: every day of 2020–2026 (KE-2).

`chinesecalendar` is what the house counts by. `holidays` keeps its own tables of the same notices. Where the
two ever differ, the published notice decides, and the day is written into DECIDED with what the notice says:
a difference is never skipped.
"""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from wangge.kernel.calendar import DayKind, is_workday, kind_of

YEARS = range(2020, 2027)
DECIDED: dict[date, bool] = {}  # day -> is it worked, by the notice; none of the 2,557 days differs today
DAYS = [date(2020, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2020, 1, 1)).days)]


@pytest.fixture(scope="module")
def second() -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=YEARS)


def test_every_day_of_seven_years_is_the_same_in_both(second):
    differ = {day for day in DAYS if is_workday(day) is not second.is_working_day(day)}

    assert len(DAYS) == 2557
    assert differ == set(DECIDED)
    for day, is_worked in DECIDED.items():
        assert is_workday(day) is is_worked, day


def test_the_second_library_knows_the_make_up_days_and_days_off_of_every_year(second):
    for year in YEARS:
        of_year = [day for day in DAYS if day.year == year]
        worked_weekends = [day for day in of_year if day.weekday() >= 5 and second.is_working_day(day)]
        free_weekdays = [day for day in of_year if day.weekday() < 5 and not second.is_working_day(day)]
        assert worked_weekends == [day for day in of_year if kind_of(day) is DayKind.MAKEUP]
        assert len(worked_weekends) >= 5, year
        assert len(free_weekdays) >= 15, year


def test_the_prolonged_spring_festival_of_2020_is_in_both(second):
    """The notice named Saturday 1 February as worked; a second notice prolonged the holiday to the 2nd."""
    for day in (date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2)):
        assert not is_workday(day)
        assert not second.is_working_day(day)
    assert is_workday(date(2020, 2, 3))
