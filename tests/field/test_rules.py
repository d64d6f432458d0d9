"""FD-3, FD-5, FD-7, typed from issue 6 and peers.md 31; no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wangge.field.rules import delta_of, seconds_off, takes_part

NOW = datetime(2025, 11, 20, 2, 0, tzinfo=UTC)


def test_a_delta_names_what_is_new_or_other_and_what_is_gone():
    told = delta_of({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"})
    assert (told.changed, told.removed) == (("b", "d"), ("c",))
    assert delta_of({"a": "1"}, {"a": "1"}) == delta_of({}, {})


@pytest.mark.parametrize(
    ("ahead", "seconds"),
    [
        (timedelta(minutes=5), 0),
        (timedelta(minutes=-5), 0),
        (timedelta(days=1), 86_400),
        (timedelta(days=-1), -86_400),
        (timedelta(minutes=5, seconds=1), 301),
    ],
)
def test_a_clock_is_off_beyond_five_minutes(ahead, seconds):
    assert seconds_off(NOW + ahead, NOW) == seconds


@pytest.mark.parametrize(
    ("received", "offset", "length", "takes"),
    [
        (0, 0, 10, True),
        (10, 0, 10, False),  # the same part again
        (10, 20, 10, False),  # one was lost between
        (95, 95, 5, True),
        (95, 95, 6, False),  # beyond its size
        (0, 0, 0, False),
    ],
)
def test_a_part_goes_on_where_the_last_one_ended(received, offset, length, takes):
    assert takes_part(received=received, offset=offset, length=length, size=100) is takes
