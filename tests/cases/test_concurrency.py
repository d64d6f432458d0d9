"""Two at once: one is done, the other is told; nothing is lost and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cases.makers import HOUR, command, make_case, make_house, report, take, walk
from tests.makers import AT
from wangge.cases import queries, services
from wangge.cases.models import Case, CaseEvent
from wangge.kernel.fates import Fate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def together(*deeds: Callable[[], list[Fate]]) -> list[list[Fate]]:
    """Do all deeds at once, each in a connection of its own."""
    start = Barrier(len(deeds))

    def do(deed: Callable[[], list[Fate]]) -> list[Fate]:
        try:
            start.wait()
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def told(answers: list[list[Fate]]) -> list[tuple[int, str | None]]:
    return sorted((fate.status, fate.code) for [fate] in answers)


def test_of_two_steps_at_once_one_is_done_and_the_other_is_told() -> None:
    house = make_house()
    for n in range(3):
        case = make_case(house)
        accept, reject = command(case, "accept"), command(case, "reject", reason="不属实")
        answers = together(lambda a=accept: take(house.alice, a), lambda r=reject: take(house.alice, r))
        assert told(answers) == [(200, None), (409, "kernel.version_conflict")]
        assert Case.objects.get(pk=case).version == 2
        assert CaseEvent.objects.count() == 2 * (n + 1)
    assert list(queries.verify_chains()) == []


def test_of_two_verdicts_at_once_one_counts() -> None:
    house = make_house()
    case = make_case(house)
    walk(house, case, "verifying")
    steps = [
        command(case, "pass", at=AT + HOUR * 3),
        command(case, "fail", at=AT + HOUR * 3, reason="问题仍在"),
    ]
    answers = together(lambda: take(house.chief, steps[0]), lambda: take(house.super, steps[1]))
    assert told(answers) == [(200, None), (409, "kernel.version_conflict")]
    assert list(queries.verify_chains()) == []


def test_one_command_delivered_twice_at_once_is_done_once() -> None:
    house = make_house()
    given = report()
    answers = together(*[lambda: services.report_cases([given], actor=house.bob, at=AT)] * 3)
    assert [status for status, _ in told(answers)] == [200, 208, 208]
    step = command(given.id, "accept")
    answers = together(*[lambda: take(house.alice, step)] * 3)
    assert [status for status, _ in told(answers)] == [200, 208, 208]
    assert CaseEvent.objects.count() == 2


def test_batches_that_cross_each_other_do_not_wait_for_ever() -> None:
    house = make_house()
    cases = [make_case(house) for _ in range(20)]
    forth = [command(case, "accept") for case in cases]
    back = [command(case, "accept") for case in reversed(cases)]
    answers = together(lambda: take(house.alice, *forth), lambda: take(house.alice, *back))
    outcomes: list[list[Any]] = [sorted({fate.status for fate in fates}) for fates in answers]
    assert sorted(outcomes) == [[200], [409]]
    assert set(Case.objects.values_list("version", flat=True)) == {2}


def test_two_reports_in_an_unknown_year_at_once_are_both_kept() -> None:
    house = make_house()
    at = datetime(2031, 3, 3, 2, 0, tzinfo=UTC)
    answers = together(
        *[lambda one=report(at=at): services.report_cases([one], actor=house.bob, at=at) for _ in range(3)]
    )
    assert [status for status, _ in told(answers)] == [200] * 3
    assert ProcrastinateJob.objects.filter(task_name=services.SET_DEADLINES, status="todo").count() == 1
