"""CS-2 … CS-5, CS-8 without a database. The tables are typed from docs/rules/cases.md, not imported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tests.makers import ALICE, BOB, CAROL, plain_actor
from wangge.accounts.rules import Role
from wangge.cases import chain
from wangge.cases.rules import (
    Action,
    CaseFacts,
    NotAStep,
    NotYourDepartment,
    SamePerson,
    Status,
    StepNotAllowed,
    allowed_actions,
    can_see,
    check_four_eyes,
    check_role,
    list_needs,
    step,
)
from wangge.kernel.errors import NotYourRole
from wangge.kernel.ids import new_id

START = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)  # Monday, 10 o'clock in China
HOUR = timedelta(hours=1)

ROWS = {  # CS-2
    ("reported", "accept"): "accepted",
    ("reported", "reject"): "rejected",
    ("reported", "merge"): "merged",
    ("accepted", "dispatch"): "dispatched",
    ("accepted", "reject"): "rejected",
    ("accepted", "merge"): "merged",
    ("dispatched", "sign"): "handling",
    ("dispatched", "object"): "accepted",
    ("dispatched", "suspend"): "suspended",
    ("suspended", "resume"): "dispatched",
    ("handling", "feed_back"): "verifying",
    ("handling", "transfer"): "transferred",
    ("transferred", "transfer_back"): "verifying",
    ("verifying", "pass"): "closed",
    ("verifying", "fail"): "handling",
    ("closed", "reopen"): "handling",
}
POSTS = {  # CS-4
    "accept": {"dispatcher"},
    "reject": {"dispatcher"},
    "merge": {"dispatcher"},
    "dispatch": {"dispatcher"},
    "suspend": {"dispatcher"},
    "resume": {"dispatcher"},
    "sign": {"department_handler"},
    "object": {"department_handler"},
    "feed_back": {"department_handler"},
    "transfer": {"department_handler"},
    "transfer_back": {"department_handler"},
    "pass": {"supervisor", "grid_chief", "grid_member"},
    "fail": {"supervisor", "grid_chief", "grid_member"},
    "reopen": {"supervisor"},
    "report": {"dispatcher", "grid_chief", "grid_member", "citizen"},
}
NEEDS = {  # CS-5
    "reject": ["reason"],
    "merge": ["reason", "case"],
    "object": ["reason"],
    "suspend": ["reason"],
    "fail": ["reason"],
    "reopen": ["reason"],
    "transfer": ["reason"],
    "feed_back": ["photos"],
    "dispatch": ["department"],
}
REPORTER, HANDLER, VERIFIER, DEPARTMENT = 1, 2, 3, 7


def make_facts(**fields: Any) -> CaseFacts:
    plain: dict[str, Any] = {
        "id": new_id(),
        "grid_path": BOB.scope,
        "matter_code": "H101",
        "status": Status.REPORTED,
        "reporter_id": REPORTER,
        "department_id": DEPARTMENT,
        "handler_id": HANDLER,
        "verifier_id": None,
        "merged_into_id": None,
        "severity": "general",
        "layer": "",
        "is_restricted": False,
        "reported_at": START,
        "due_at": None,
        "stage_started_at": START,
        "stage_due_at": None,
        "closed_at": None,
        "rework": 0,
        "fixed_on_spot": False,
        "version": 1,
        "event_count": 1,
        "chain_head": chain.NO_HASH,
    }
    return CaseFacts(**plain | fields)


# ---- CS-2: the table ----


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_step_allows_exactly_the_rows_of_cs2(status: Status, action: Action) -> None:
    if (status.value, action.value) in ROWS:
        assert step(status, action) == ROWS[status.value, action.value]
    else:
        with pytest.raises(StepNotAllowed):
            step(status, action)


# ---- CS-3: four eyes ----


@pytest.mark.parametrize("action", ["sign", "feed_back", "transfer", "transfer_back", "pass", "fail"])
def test_the_reporter_neither_handles_nor_judges(action: str) -> None:
    with pytest.raises(SamePerson):
        check_four_eyes(Action(action), actor_id=REPORTER, reporter_id=REPORTER, handler_id=None)


@pytest.mark.parametrize("action", ["pass", "fail"])
def test_the_handler_does_not_judge_the_own_work(action: str) -> None:
    with pytest.raises(SamePerson):
        check_four_eyes(Action(action), actor_id=HANDLER, reporter_id=REPORTER, handler_id=HANDLER)
    check_four_eyes(Action(action), actor_id=VERIFIER, reporter_id=REPORTER, handler_id=HANDLER)


@pytest.mark.parametrize("action", ["accept", "reject", "merge", "dispatch", "suspend", "resume", "reopen"])
def test_the_desk_may_do_its_work_on_an_own_report(action: str) -> None:
    check_four_eyes(Action(action), actor_id=REPORTER, reporter_id=REPORTER, handler_id=None)


# ---- CS-4: posts ----


@pytest.mark.parametrize(("action", "role"), list(product(POSTS, Role)))
def test_each_step_belongs_to_its_posts(action: str, role: Role) -> None:
    actor = plain_actor(ALICE.acting_as(role), department_id=DEPARTMENT)
    if role.value in POSTS[action]:
        check_role(Action(action), actor, department_id=DEPARTMENT)
    else:
        with pytest.raises(NotYourRole):
            check_role(Action(action), actor, department_id=DEPARTMENT)


@pytest.mark.parametrize("action", ["fix_on_spot"])
def test_nobody_sends_the_steps_that_only_the_installation_makes(action: str) -> None:
    for role in Role:
        with pytest.raises(NotAStep):
            check_role(Action(action), plain_actor(ALICE.acting_as(role)), department_id=None)


def test_a_refused_step_is_told_in_the_words_of_the_faces() -> None:
    told = StepNotAllowed(status=Status.ACCEPTED, action=Action.FEED_BACK)
    assert told.message("zh") == "案件现处于“受理”状态，不能执行“反馈处置结果”。"
    assert told.message("en") == "A case that is accepted cannot take the step feed_back."
    for status, action in product(Status, Action):
        StepNotAllowed(status=status, action=action)  # there is a word for each


@pytest.mark.parametrize("own", [None, 8])
def test_a_handler_of_another_department_is_refused(own: int | None) -> None:
    handler = plain_actor(ALICE.acting_as(Role.DEPARTMENT_HANDLER), department_id=own)
    with pytest.raises(NotYourDepartment):
        check_role(Action.SIGN, handler, department_id=DEPARTMENT)


# ---- CS-5: needs ----


@pytest.mark.parametrize("action", Action)
def test_each_step_says_what_it_needs(action: Action) -> None:
    assert list_needs(action, make_facts()) == tuple(NEEDS.get(action.value, ()))


def test_a_case_that_never_had_a_department_needs_one_when_it_is_reopened() -> None:
    assert list_needs(Action.REOPEN, make_facts(department_id=None)) == ("reason", "department")


# ---- CS-8: who sees ----


def test_who_sees_a_case() -> None:
    case = make_facts(reporter_id=5)
    seen = {
        ALICE: True,
        BOB: True,
        CAROL: False,
        ALICE.acting_as(Role.LEADER): True,
        ALICE.acting_as(Role.SYSTEM_ADMIN): False,
        ALICE.acting_as(Role.SECURITY_ADMIN): False,
        BOB.acting_as(Role.GRID_MEMBER, scope="34.02.03.005.012.002."): False,
        BOB.acting_as(Role.CITIZEN): False,
    }
    for person, sees in seen.items():
        assert can_see(plain_actor(person, user_id=4), case) is sees, person
    assert can_see(plain_actor(BOB.acting_as(Role.CITIZEN), user_id=5), case)
    handler = ALICE.acting_as(Role.DEPARTMENT_HANDLER)
    assert can_see(plain_actor(handler, department_id=DEPARTMENT), case)
    assert not can_see(plain_actor(handler, department_id=8), case)
    assert not can_see(plain_actor(handler), replace(case, department_id=None))


@pytest.mark.parametrize(
    ("person", "user_id", "status", "actions"),
    [
        (ALICE, 9, "reported", ["accept", "reject", "merge"]),
        (ALICE, 9, "accepted", ["dispatch", "reject", "merge"]),
        (ALICE, 9, "dispatched", ["suspend"]),
        (ALICE, 9, "suspended", ["resume"]),
        (ALICE, 9, "verifying", []),
        (BOB, 9, "verifying", ["pass", "fail"]),
        (BOB, REPORTER, "verifying", []),
        (BOB, HANDLER, "verifying", []),
        (CAROL, 9, "reported", []),
        (ALICE.acting_as(Role.DEPARTMENT_HANDLER), 9, "dispatched", ["sign", "object"]),
        (ALICE.acting_as(Role.DEPARTMENT_HANDLER), REPORTER, "dispatched", ["object"]),
        (ALICE.acting_as(Role.SUPERVISOR), 9, "closed", ["reopen"]),
        (ALICE.acting_as(Role.LEADER), 9, "closed", []),
    ],
)
def test_the_buttons_are_what_table_post_and_eyes_allow(
    person: Any, user_id: int, status: str, actions: list[str]
) -> None:
    actor = plain_actor(person, user_id=user_id, department_id=DEPARTMENT)
    allowed = allowed_actions(make_facts(status=Status(status)), actor)
    assert sorted(action.value for action, _ in allowed) == sorted(actions)
