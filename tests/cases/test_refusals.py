"""Every refusal has its own status and code and leaves no trace: the table of must-show 4, typed by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import (
    HOUR,
    NEXT_DOOR,
    House,
    command,
    count_rows,
    make_case,
    make_house,
    report,
    take,
    walk,
)
from tests.makers import AT
from wangge.cases import services
from wangge.cases.models import Case
from wangge.kernel.fates import Fate, Outcome

pytestmark = pytest.mark.django_db
NOWHERE = (119.0, 32.0)


@pytest.fixture
def house() -> House:
    return make_house()


def facts(case_id: UUID) -> Any:
    return Case.objects.filter(pk=case_id).values().get()


def told(fate: Fate) -> tuple[int, str | None]:
    return fate.status, fate.code


# ---- every refusal, and no trace ----

REFUSALS: dict[str, tuple[str, str, dict[str, Any], tuple[int, str]]] = {
    # name: status reached, who takes it, command, answer
    "the reporter verifies": ("verifying", "bob", {"action": "pass"}, (409, "cases.same_person")),
    "wrong role": ("reported", "bob", {"action": "accept"}, (403, "kernel.not_your_role")),
    "other department": (
        "dispatched",
        "pang",
        {"action": "sign"},
        (404, "kernel.not_visible"),
    ),
    "other grid": ("reported", "carol", {"action": "accept"}, (404, "kernel.not_visible")),
    "no such case": (
        "reported",
        "alice",
        {"action": "accept", "case_id": UUID(int=5)},
        (404, "kernel.not_visible"),
    ),
    "stale version": (
        "accepted",
        "alice",
        {"action": "dispatch", "base_version": 1},
        (409, "kernel.version_conflict"),
    ),
    "wrong state": ("accepted", "alice", {"action": "accept"}, (409, "cases.step_not_allowed")),
    "fix on the spot afterwards": (
        "reported",
        "bob",
        {"action": "fix_on_spot"},
        (409, "cases.not_a_step"),
    ),
    "no reason": ("reported", "alice", {"action": "reject", "reason": "  "}, (422, "cases.need_missing")),
    "no photo": ("handling", "han", {"action": "feed_back"}, (422, "cases.need_missing")),
    "photo not stored": (
        "handling",
        "han",
        {"action": "feed_back", "photos": ["f" * 64]},
        (422, "kernel.unreadable"),
    ),
    "merge into nothing": (
        "reported",
        "alice",
        {"action": "merge", "reason": "x", "merged_into": UUID(int=5)},
        (404, "kernel.not_visible"),
    ),
    "unknown department": (
        "accepted",
        "alice",
        {"action": "dispatch", "department_id": 999_999},
        (422, "kernel.unreadable"),
    ),
    "time in the future": (
        "reported",
        "alice",
        {"action": "accept", "at": AT + timedelta(days=9)},
        (422, "kernel.unreadable"),
    ),
    "time at the end of time": (
        "reported",
        "alice",
        {"action": "accept", "at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)},
        (422, "kernel.unreadable"),
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_step_has_its_status_and_code_and_leaves_no_trace(house: House, name: str) -> None:
    status, who, fields, answer = REFUSALS[name]
    case = make_case(house)
    if status != "reported":
        walk(house, case, status)
    step = command(**{"case_id": case, "at": AT + HOUR * 3} | fields)
    before, stands = count_rows(), facts(case)
    [fate] = take(house.named(who), step, at=AT + HOUR * 3)
    assert told(fate) == answer
    assert fate.zh
    assert fate.en
    assert (count_rows(), facts(case)) == (before, stands)


def test_the_handler_does_not_judge_and_the_reporter_does_not_handle(house: House) -> None:
    case = make_case(house)
    walk(house, case, "verifying")
    han_as_chief = house.chief.__class__(
        house.han.user_id, "韩", "grid_chief", house.chief.scope, None, house.chief.capabilities
    )
    assert told(take(han_as_chief, command(case, "pass"))[0]) == (409, "cases.same_person")
    own = make_case(house, by="alice")
    walk(house, own, "dispatched")
    alice_as_handler = house.han.__class__(
        house.alice.user_id, "李", "department_handler", "34.", house.fire, house.han.capabilities
    )
    assert told(take(alice_as_handler, command(own, "sign", at=AT + HOUR))[0]) == (409, "cases.same_person")


BAD_REPORTS: dict[str, tuple[str, dict[str, Any], tuple[int, str]]] = {
    "wrong role": ("han", {}, (403, "kernel.not_your_role")),
    "other grid": ("bob", {"point": NEXT_DOOR}, (404, "kernel.not_visible")),
    "lookalike district": ("carol", {}, (404, "kernel.not_visible")),
    "in no grid": ("bob", {"point": NOWHERE}, (422, "cases.outside_territory")),
    "unknown matter": ("bob", {"matter_code": "X1"}, (422, "kernel.unreadable")),
    "unknown venue": ("bob", {"venue_id": UUID(int=5)}, (404, "kernel.not_visible")),
    "photo not stored": ("bob", {"photos": ["f" * 64]}, (422, "kernel.unreadable")),
    "on the spot without photos": ("bob", {"fixed_on_spot": True}, (422, "cases.need_missing")),
    "time in the future": ("bob", {"at": AT + HOUR}, (422, "kernel.unreadable")),
    "time before the calendar": ("bob", {"at": datetime(1, 1, 1, tzinfo=UTC)}, (422, "kernel.unreadable")),
}


@pytest.mark.parametrize("name", BAD_REPORTS)
def test_a_refused_report_has_its_status_and_code_and_leaves_no_trace(house: House, name: str) -> None:
    who, fields, answer = BAD_REPORTS[name]
    before = count_rows()
    [fate] = services.report_cases([report(**fields)], actor=house.named(who), at=AT)
    assert told(fate) == answer
    assert count_rows() == before


def test_a_repeated_command_is_done_once_and_another_content_is_refused(house: House) -> None:
    given = report()
    first = services.report_cases([given], actor=house.bob, at=AT)
    step = command(given.id, "accept")
    done = take(house.alice, step)
    before = count_rows()
    assert [told(f) for f in services.report_cases([given], actor=house.bob, at=AT + HOUR)] == [
        (208, "kernel.command_repeated")
    ]
    [again] = take(house.alice, step, at=AT + HOUR)
    assert (again.outcome, again.result) == (Outcome.REPEATED, done[0].result)
    other = step.model_copy(update={"reason": "另一个"})
    assert told(take(house.alice, other)[0]) == (409, "kernel.command_id_reused")
    changed = given.model_copy(update={"text": "另一个"})
    [fate] = services.report_cases([changed], actor=house.bob, at=AT)
    assert told(fate) == (409, "kernel.command_id_reused")
    assert count_rows() == before
    assert first[0].result["case_id"] == str(given.id)
