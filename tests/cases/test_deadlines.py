"""CS-6 without a database: deadlines, suspensions, lights. Typed from the State Council's notices."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.cases.deadlines import deadline_if_known, extended, light
from wangge.cases.explaining import explain
from wangge.cases.rules import (
    Light,
    Status,
)
from wangge.kernel.calendar import DayKind
from wangge.kernel.calendar import national as calendar
from wangge.matters.rulebook import read_spans
from wangge.matters.rules import Clock, clock_of

VECTORS = json.loads((Path(__file__).parents[2] / "contracts/vectors/deadlines.json").read_text("utf-8"))
START = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)  # Monday, 10 o'clock in China
HOUR = timedelta(hours=1)


# ---- CS-6: clocks ----


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_deadlines_as_typed_from_the_state_councils_notices(vector: dict[str, Any]) -> None:
    here = calendar.copy(
        {date.fromisoformat(on): DayKind(kind) for on, kind in vector.get("local", {}).items()}
    )
    clock = clock_of(
        vector.get("working_days"),
        vector.get("hours"),
        at_once_hours=24,
        working_hours=vector.get("working_hours"),
        spans=read_spans([span.split("-") for span in vector.get("work_spans", "").split()]),
    )
    start, told = datetime.fromisoformat(vector["start"]), vector["expected"]
    due_at = deadline_if_known(start, clock, here)
    if due_at is not None:
        assert explain(start, clock, here)[-1].at == due_at
    for suspended_at, resumed_at in vector.get("suspended", []):
        due_at = extended(
            due_at,
            clock,
            suspended_at=datetime.fromisoformat(suspended_at),
            resumed_at=datetime.fromisoformat(resumed_at),
            calendar=here,
        )
    assert due_at == (told and datetime.fromisoformat(told))


def test_there_are_two_hundred_of_them_and_each_kind_is_there() -> None:
    assert len({vector["name"] for vector in VECTORS}) >= 200
    for kind in ("working_days", "hours", "working_hours", "local", "suspended"):
        assert sum(kind in vector for vector in VECTORS) >= 10, kind


def test_the_account_of_a_deadline_names_every_day() -> None:
    lines = explain(datetime(2025, 9, 26, 2, tzinfo=UTC), Clock(4, None), calendar)
    told = [line.zh for line in lines]
    assert told[0] == "上报，限 4 个工作日"
    assert told[1:4] == ["休息日，不计", "第 1 个工作日（调休上班）", "第 2 个工作日"]
    assert told[4] == "第 3 个工作日"
    assert told[5:13] == ["法定节假日，不计"] * 8
    assert told[13:] == ["第 4 个工作日", "到期（24:00）"]


def test_the_account_stops_at_the_year_that_nobody_knows() -> None:
    lines = explain(datetime(2026, 12, 30, 2, tzinfo=UTC), Clock(5, None), calendar)
    assert "2027" in lines[-1].zh
    assert "2027" in lines[-1].en


@pytest.mark.parametrize(
    ("clock", "due", "suspended", "resumed", "expected"),
    [
        (Clock(3, None), "2025-10-17T00:00", "2025-10-14T10:00", "2025-10-15T09:00", "2025-10-18T00:00"),
        (Clock(3, None), "2025-10-17T00:00", "2025-10-14T10:00", "2025-10-14T18:00", "2025-10-17T00:00"),
        (Clock(3, None), "2025-10-17T00:00", "2025-10-16T10:00", "2025-10-20T10:00", "2025-10-21T00:00"),
        (Clock(3, None), "2025-10-17T00:00", "2025-10-17T00:00", "2025-10-20T10:00", "2025-10-17T00:00"),
        (Clock(0, 24), "2025-10-14T10:00", "2025-10-13T12:00", "2025-10-14T12:00", "2025-10-15T10:00"),
        (None, "2025-10-14T10:00", "2025-10-13T12:00", "2025-10-13T13:00", "2025-10-14T11:00"),
    ],
)
def test_a_suspension_moves_the_deadline_unless_it_was_over(
    clock: Clock | None, due: str, suspended: str, resumed: str, expected: str
) -> None:
    moments = [datetime.fromisoformat(f"{text}+08:00") for text in (due, suspended, resumed, expected)]
    moved = extended(moments[0], clock, suspended_at=moments[1], resumed_at=moments[2], calendar=calendar)
    assert moved == moments[3]


def test_without_a_deadline_a_suspension_moves_none() -> None:
    assert extended(None, None, suspended_at=START, resumed_at=START, calendar=calendar) is None


@pytest.mark.parametrize(
    ("hours", "pct", "shows"),
    [
        (0, 75, "green"),
        (7.49, 75, "green"),
        (7.5, 75, "yellow"),
        (9.99, 75, "yellow"),
        (10, 75, "red"),
        (5, 50, "yellow"),
        (9.99, 100, "green"),
        (30, 75, "red"),
    ],
)
def test_lights(hours: float, pct: int, shows: str) -> None:
    at, due_at = START + HOUR * hours, START + HOUR * 10
    for spans in ([(START, due_at)], [(START, due_at), (START, None)], [(START, due_at), (at, at + HOUR)]):
        assert light(Status.HANDLING, spans, at, yellow_at_pct=pct) is Light(shows)


def test_the_worse_of_two_clocks_is_shown() -> None:
    spans = [(START, START + HOUR * 100), (START, START + HOUR)]
    assert light(Status.VERIFYING, spans, START + HOUR, yellow_at_pct=75) is Light.RED


@pytest.mark.parametrize("status", ["closed", "rejected", "merged", "suspended"])
def test_no_clock_runs_in_a_case_that_stands_still(status: str) -> None:
    spans = [(START, START + HOUR)]
    assert light(Status(status), spans, START + HOUR * 2, yellow_at_pct=75) is Light.NONE


def test_without_deadlines_there_is_no_light() -> None:
    assert light(Status.HANDLING, [(START, None)], START, yellow_at_pct=75) is Light.NONE


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2026, 10, 1), timezones=st.just(UTC)),
    days=st.integers(1, 30),
)
def test_a_longer_clock_never_ends_earlier_and_ends_at_midnight(start: datetime, days: int) -> None:
    first, second = (deadline_if_known(start, Clock(n, None), calendar) for n in (days, days + 1))
    assert first is not None
    assert second is not None
    assert start < first < second
    assert (first.hour, first.minute, first.utcoffset()) == (0, 0, timedelta(hours=8))
    assert calendar.is_workday((first - timedelta(seconds=1)).date())


def test_the_calendar_of_the_tests_is_the_one_of_the_notices() -> None:
    assert calendar.is_workday(date(2025, 10, 11))
    assert not calendar.is_workday(date(2025, 10, 8))
