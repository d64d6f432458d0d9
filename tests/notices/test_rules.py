"""Rules of notices, typed from docs/rules/notices.md."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.accounts.rules import Medium
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.notices.rules import (
    ChannelUnusable,
    Filter,
    Happening,
    Quiet,
    addressed,
    after_failure,
    check_channel,
    check_text,
    due_at,
    fill,
    is_for_a_group,
    mask_channel,
    matches,
    scrub,
    secrets_in,
)

NIGHT = Quiet(time(22), time(7))
REPORT = Happening("report", "H301", "larger", "citizen", "reported")


def china(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 10, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("rule", "is_for"),
    [
        (Filter("report"), True),
        (Filter("dispatch"), False),
        (Filter("report", matters=["H3"]), True),
        (Filter("report", matters=["H1", "H4"]), False),
        (Filter("report", severities=["larger", "suspected_major"]), True),
        (Filter("report", severities=["general"]), False),
        (Filter("report", channels=["hotline"]), False),
        (Filter("report", statuses=["reported"]), True),
        (Filter("report", matters=["H"], channels=["citizen"], statuses=["closed"]), False),
    ],
)
def test_a_rule_is_for_what_every_part_of_its_filter_lets_through(rule: Filter, is_for: bool) -> None:
    assert matches(rule, REPORT) is is_for


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        (china(13, 21, 59), china(13, 21, 59)),
        (china(13, 22), china(14, 7)),
        (china(13, 23, 30), china(14, 7)),
        (china(14, 0), china(14, 7)),
        (china(14, 6, 59), china(14, 7)),
        (china(14, 7), china(14, 7)),
    ],
)
def test_quiet_hours_over_midnight_put_it_off_till_the_morning(at: datetime, leaves: datetime) -> None:
    assert due_at(at, quiet=NIGHT, digest_at=None, is_urgent=False) == leaves


def test_quiet_hours_at_noon_end_on_the_same_day() -> None:
    noon = Quiet(time(12), time(14))

    assert due_at(china(13, 12, 30), quiet=noon, digest_at=None, is_urgent=False) == china(13, 14)


def test_what_is_urgent_waits_for_nothing() -> None:
    assert due_at(china(13, 23), quiet=NIGHT, digest_at=time(8), is_urgent=True) == china(13, 23)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [(china(13, 7, 59), china(13, 8)), (china(13, 8), china(14, 8)), (china(13, 15), china(14, 8))],
)
def test_the_digest_leaves_with_the_next_morning(at: datetime, leaves: datetime) -> None:
    assert due_at(at, quiet=NIGHT, digest_at=time(8), is_urgent=False) == leaves


def test_a_digest_inside_the_own_quiet_hours_waits_for_their_end() -> None:
    own = Quiet(time(20), time(9))

    assert due_at(china(13, 15), quiet=own, digest_at=time(8), is_urgent=False) == china(14, 9)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), st.times(), st.times(), st.none() | st.times()
)
def test_nothing_leaves_in_quiet_hours_nor_later_than_in_two_days(
    at: datetime, starts: time, ends: time, digest: time | None
) -> None:
    starts, ends = starts.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0)
    aware = at.replace(tzinfo=CHINA)

    leaves = due_at(aware, quiet=Quiet(starts, ends), digest_at=digest, is_urgent=False)

    moment = leaves.astimezone(CHINA).time()
    inside = starts <= moment < ends if starts <= ends else moment >= starts or moment < ends
    assert not inside
    assert aware <= leaves <= aware + timedelta(days=2)


def test_five_retries_and_then_it_is_given_up() -> None:
    waits = [after_failure(n) for n in range(1, 8)]

    assert [wait and wait.total_seconds() / 60 for wait in waits] == [1, 5, 30, 120, 360, None, None]


def test_a_text_is_filled_and_braces_in_a_word_stay() -> None:
    assert fill("{matter}：{place}", {"matter": "{reason}", "place": "花园路"}) == "{reason}：花园路"


@pytest.mark.parametrize("text", ["{reporter}", "{matter", "{}", "{matter.__class__}"])
def test_a_text_holds_only_known_words(text: str) -> None:
    with pytest.raises(Unreadable):
        check_text(text, is_outside=False)


def test_peoples_own_words_do_not_go_outside() -> None:
    check_text("{reason}", is_outside=False)
    with pytest.raises(Unreadable):
        check_text("{matter}：{reason}", is_outside=True)


@pytest.mark.parametrize(
    ("medium", "url"),
    [
        (Medium.SMS, "json://gateway/send?:phone={to}"),
        (Medium.EMAIL, "mailtos://u:p@mail.example?to={to}"),
        (Medium.WECOM, "wecombot://key"),
        (Medium.DINGTALK, "dingtalk://token/{to}"),
        (Medium.FEISHU, "feishu://token"),
    ],
)
def test_each_medium_has_its_schemes(medium: Medium, url: str) -> None:
    check_channel(medium, url)


@pytest.mark.parametrize(
    ("medium", "url"),
    [
        (Medium.SMS, "json://gateway/send"),  # to whom?
        (Medium.EMAIL, "json://gateway/{to}"),
        (Medium.SMS, "syslog://{to}"),
        (Medium.WECOM, "feishu://token"),
        (Medium.EMAIL, "{to}"),
    ],
)
def test_another_scheme_or_no_recipient_is_refused(medium: Medium, url: str) -> None:
    with pytest.raises(ChannelUnusable):
        check_channel(medium, url)


def test_an_address_is_put_in_as_one_word() -> None:
    assert addressed("mailto://h?to={to}", "a&to=b@c.cn") == "mailto://h?to=a%26to%3Db%40c.cn"
    assert is_for_a_group("wecombot://key")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mailtos://grid:pass@mail.city.example?to={to}", "mailtos://mail.city.example****"),
        ("wecombot://the-key", "wecombot://****"),
        ("feishu://the-token", "feishu://****"),
        ("json://u:pw@gate.example/path?:key=abc&:phone={to}", "json://gate.example****"),
    ],
)
def test_of_a_channel_only_kind_and_open_host_are_shown(url: str, shown: str) -> None:
    assert mask_channel(url) == shown


def test_a_reason_holds_neither_secret_nor_recipient() -> None:
    url = "json://grid:s3cretpass@gate.example/path?:key=abcd1234&:phone={to}"
    reason = "no answer from http://grid:s3cretpass@gate.example/path?key=abcd1234&phone=13812345678"

    told = scrub(reason, ["13812345678", *secrets_in(url)])

    assert "gate.example" in told
    assert not any(secret in told for secret in ("s3cretpass", "abcd1234", "13812345678"))
