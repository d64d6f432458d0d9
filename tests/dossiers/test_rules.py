"""DS-1 … DS-6, typed from the source texts: HB-04, HB-16, GB 55036-2022 10.0.8, GB 50444, 消防法§16."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.dossiers.rules import (
    AnotherStands,
    Dates,
    DueLine,
    Holder,
    Interval,
    State,
    What,
    after_months,
    check_single,
    community_of,
    due_lines,
    missing_of,
    next_due,
    state_of,
    who_answers,
)

ON = date(2025, 10, 13)
CHAIN = ["property", "owner", "collector"]  # HB-16, in the order of its sentences


def holder(
    kind: str, n: int = 1, *, since: date | None = None, until: date | None = None, name: str = "甲"
) -> Holder:
    return Holder(UUID(int=n), kind, name, since, until)


@pytest.mark.parametrize(
    ("held", "answers"),
    [
        (["property", "owner", "collector"], "property"),
        (["owner", "collector"], "owner"),  # 无物业管理单位的，由其产权单位
        (["collector"], "collector"),  # 既无物业又无产权单位的，由收取物业管理费的单位
        ([], None),  # 由社区统一管理
        (["tenant"], None),
    ],
)
def test_who_answers_is_the_first_of_the_chain_of_hb16(held: list[str], answers: str | None) -> None:
    found = who_answers([holder(kind, n) for n, kind in enumerate(held)], CHAIN, ON)
    assert (found.holder.kind if found.holder else None) == answers
    looked_at = CHAIN[: CHAIN.index(answers) + 1] if answers else CHAIN
    assert [link.kind for link in found.links] == looked_at


def test_somebody_answers_from_the_first_day_and_no_longer_on_the_day_of_the_end() -> None:
    company = holder("property", since=date(2025, 10, 1), until=date(2025, 11, 1))
    owner = holder("owner", 2)
    days = {day: who_answers([company, owner], CHAIN, day).holder for day in (date(2025, 9, 30), ON)}
    assert days == {date(2025, 9, 30): owner, ON: company}
    after = who_answers([company, owner], CHAIN, date(2025, 11, 1))
    assert (after.holder, after.links[0].ended_on) == (owner, date(2025, 11, 1))


def test_of_two_owners_the_later_begun_answers() -> None:
    old, new = holder("owner", 1, since=date(2020, 1, 1)), holder("owner", 2, since=date(2024, 1, 1))
    assert who_answers([new, old], CHAIN, ON).holder == new


def test_a_place_misses_the_required_kinds_that_nobody_holds_today() -> None:
    held = [holder("responsible", until=date(2025, 10, 13)), holder("manager", since=date(2025, 10, 14))]
    assert missing_of(held, ["responsible", "manager"], ON) == ["responsible", "manager"]
    assert missing_of(held, ["responsible", "manager"], date(2025, 10, 12)) == ["manager"]


def test_one_at_a_time_lets_the_next_begin_on_the_day_the_last_ends() -> None:
    last = holder("responsible", 1, since=date(2025, 1, 1), until=date(2025, 6, 1))
    words = {"kind_zh": "责任人", "kind_en": "person"}
    check_single(holder("responsible", 2, since=date(2025, 6, 1)), [last], **words)
    check_single(holder("manager", 2), [last], **words)
    check_single(holder("responsible", 1), [last], **words)  # itself
    for since in (date(2025, 5, 31), None):
        with pytest.raises(AnotherStands):
            check_single(holder("responsible", 2, since=since), [last], **words)


def test_the_community_is_the_committee_of_the_path() -> None:
    assert community_of("34.02.03.005.012.001.") == "34.02.03.005.012."
    assert community_of("34.02.03.005.") == "34.02.03.005."


@pytest.mark.parametrize(
    ("since", "months", "due"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2015, 5, 1), 120, date(2025, 5, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(
    since: date, months: int, due: date
) -> None:
    assert after_months(since, months) == due


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(1, 600))
def test_more_months_are_never_earlier(since: date, months: int) -> None:
    assert since < after_months(since, months) <= after_months(since, months + 1)


ROWS = [
    Interval("scrap10", What.SCRAP, frozenset({"powder"}), months=120),
    Interval("scrap12", What.SCRAP, frozenset({"co2"}), months=144),
    Interval("scrap6", What.SCRAP, frozenset({"water"}), months=72),
    Interval("month", What.MAINTAIN, frozenset({"powder"}), months=1),
    Interval("half", What.MAINTAIN, frozenset({"powder"}), days=15, classes=frozenset({"crowded"})),
    Interval("year", What.TEST, frozenset({"hydrant"}), months=12),
]


@pytest.mark.parametrize(("kind", "years"), [("powder", 10), ("co2", 12), ("water", 6)])
def test_an_extinguisher_is_scrapped_at_its_age(kind: str, years: int) -> None:
    lines = due_lines(kind, "shop", Dates(made_on=date(2020, 5, 1)), ROWS)
    [scrap] = [line for line in lines if line.what is What.SCRAP]
    assert scrap.due_on == date(2020 + years, 5, 1)


def test_the_smallest_interval_wins_and_the_line_says_which() -> None:
    dates = Dates(made_on=date(2020, 5, 1), maintained_on=date(2025, 10, 1))
    for place, code, due in (("shop", "month", date(2025, 11, 1)), ("crowded", "half", date(2025, 10, 16))):
        first = next_due(due_lines("powder", place, dates, ROWS))
        assert first is not None
        assert first.rule is not None
        assert (first.rule.code, first.due_on, first.since_on) == (code, due, date(2025, 10, 1))


def test_what_was_replaced_is_counted_from_the_new_one() -> None:
    dates = Dates(made_on=date(2025, 6, 1), tested_on=date(2023, 1, 1))
    assert due_lines("hydrant", "shop", dates, ROWS)[0].due_on == date(2026, 6, 1)


def test_without_a_date_the_line_has_no_day_and_what_is_dated_goes_first() -> None:
    assert next_due(due_lines("hydrant", "shop", Dates(), ROWS)) == DueLine(What.TEST, None, None, ROWS[-1])
    first = next_due(due_lines("hydrant", "shop", Dates(contract_until=ON), ROWS))
    assert first == DueLine(What.CONTRACT, ON)
    assert next_due(due_lines("bucket", "shop", Dates(made_on=ON), ROWS)) is None


@pytest.mark.parametrize(
    ("due", "what", "state"),
    [
        (date(2025, 10, 12), "test", State.OVERDUE),
        (date(2025, 10, 13), "test", State.SOON),  # the day itself is not late
        (date(2025, 11, 12), "test", State.SOON),
        (date(2025, 11, 13), "test", State.FINE),
        (None, "", State.FINE),
        (None, "unknown", State.UNKNOWN),
    ],
)
def test_a_day_is_late_soon_or_fine(due: date | None, what: str, state: State) -> None:
    assert state_of(due, what, ON, 30) is state
