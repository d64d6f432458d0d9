"""CS-2 … CS-5, CS-8 without a database. The tables are typed from docs/rules/cases.md, not imported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tests.makers import ALICE, BOB, CAROL, plain_actor
from wangge.accounts.rules import Role
from wangge.cases import chain
from wangge.cases.conditions import Now, allowed_actions
from wangge.cases.rules import (
    Action,
    Asked,
    CaseFacts,
    NotAStep,
    NotYourDepartment,
    SamePerson,
    Status,
    StepNotAllowed,
    can_see,
    check_four_eyes,
    check_role,
    list_needs,
    step,
)
from wangge.kernel.calendar import national as calendar
from wangge.kernel.errors import NotYourRole
from wangge.kernel.ids import new_id
from wangge.matters.rules import Limits

START = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)  # Monday, 10 o'clock in China
HOUR = timedelta(hours=1)

ROWS = {  # CS-2: from, step: to; of two, where it came from
    ("reported", "accept"): ["accepted"],
    ("reported", "reject"): ["rejected"],
    ("reported", "merge"): ["merged"],
    ("accepted", "dispatch"): ["dispatched"],
    ("accepted", "reject"): ["rejected"],
    ("accepted", "merge"): ["merged"],
    ("merged", "unmerge"): ["reported", "accepted"],
    ("dispatched", "sign"): ["handling"],
    ("dispatched", "object"): ["accepted"],
    ("dispatched", "recall"): ["accepted"],
    ("dispatched", "invite"): ["dispatched"],
    ("dispatched", "release"): ["dispatched"],
    ("dispatched", "countersign"): ["dispatched"],
    ("handling", "feed_back"): ["verifying"],
    ("handling", "transfer"): ["transferred"],
    ("handling", "invite"): ["handling"],
    ("handling", "release"): ["handling"],
    ("handling", "countersign"): ["handling"],
    ("handling", "ask_suspension"): ["handling"],
    ("handling", "ask_extension"): ["handling"],
    ("handling", "refuse_request"): ["handling"],
    ("handling", "extend"): ["handling"],
    ("handling", "suspend"): ["suspended"],
    ("suspended", "resume"): ["handling"],
    ("transferred", "transfer_back"): ["verifying"],
    ("transferred", "send_back"): ["handling"],
    ("transferred", "release"): ["transferred"],
    ("transferred", "countersign"): ["transferred"],
    ("verifying", "confirm_resume"): ["verifying"],
    ("verifying", "pass"): ["closed"],
    ("verifying", "fail"): ["handling"],
    ("closed", "reopen"): ["handling"],
    ("reported", "reclassify"): ["reported"],
    ("accepted", "reclassify"): ["accepted"],
    ("dispatched", "reclassify"): ["dispatched"],
    ("handling", "reclassify"): ["handling"],
    ("suspended", "reclassify"): ["suspended"],
    ("transferred", "reclassify"): ["transferred"],
    ("verifying", "reclassify"): ["verifying"],
}
DESK, OFFICE, JUDGES = {"dispatcher"}, {"department_handler"}, {"supervisor", "grid_chief", "grid_member"}
POSTS = {  # CS-4
    "accept": DESK,
    "reject": DESK,
    "merge": DESK,
    "unmerge": DESK,
    "dispatch": DESK,
    "recall": DESK,
    "invite": DESK,
    "release": DESK,
    "suspend": DESK,
    "extend": DESK,
    "refuse_request": DESK,
    "resume": DESK,
    "sign": OFFICE,
    "object": OFFICE,
    "countersign": OFFICE,
    "ask_suspension": OFFICE,
    "ask_extension": OFFICE,
    "feed_back": OFFICE,
    "transfer": OFFICE,
    "transfer_back": OFFICE,
    "send_back": OFFICE,
    "confirm_resume": JUDGES,
    "pass": JUDGES,
    "fail": JUDGES,
    "reopen": {"supervisor"},
    "reclassify": {"dispatcher", "supervisor"},
    "report": {"dispatcher", "grid_chief", "grid_member", "citizen"},
}
NEEDS = {  # CS-5
    "reject": ["reason"],
    "merge": ["reason", "case"],
    "unmerge": ["reason"],
    "recall": ["reason"],
    "object": ["reason"],
    "invite": ["departments"],
    "release": ["reason", "department"],
    "countersign": ["reason"],
    "ask_suspension": ["reason"],
    "ask_extension": ["reason", "days"],
    "refuse_request": ["reason"],
    "fail": ["reason"],
    "reopen": ["reason"],
    "transfer": ["reason"],
    "send_back": ["reason"],
    "confirm_resume": ["reason", "photos"],
    "feed_back": ["photos"],
    "dispatch": ["department"],
    "reclassify": ["matter"],
}
REPORTER, HANDLER, VERIFIER, DEPARTMENT = 1, 2, 3, 7


def make_facts(**fields: Any) -> CaseFacts:
    plain: dict[str, Any] = {
        "id": new_id(),
        "grid_path": BOB.scope,
        "matter_code": "H101",
        "lon": 118.305,
        "lat": 31.305,
        "stops_operation": False,
        "status": Status.REPORTED,
        "reporter_id": REPORTER,
        "department_id": DEPARTMENT,
        "handler_id": HANDLER,
        "verifier_id": None,
        "merged_into_id": None,
        "severity": "general",
        "layer": "",
        "is_restricted": False,
        "pack_version": "test@1",
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
        ends = ROWS[status.value, action.value]
        assert step(status, action) == ends[0]
        assert [step(status, action, came_from=end) for end in ends] == ends
    else:
        with pytest.raises(StepNotAllowed):
            step(status, action)


# ---- CS-3: four eyes ----

WORK = ["sign", "feed_back", "transfer", "transfer_back", "send_back", "countersign"]
VERDICTS = ["pass", "fail", "confirm_resume"]
OTHERS = [action for action in POSTS if action not in {*WORK, *VERDICTS, "report"}]


@pytest.mark.parametrize("action", [*WORK, *VERDICTS])
def test_the_reporter_neither_handles_nor_judges(action: str) -> None:
    with pytest.raises(SamePerson):
        check_four_eyes(Action(action), make_facts(handler_id=None), actor_id=REPORTER)


@pytest.mark.parametrize("action", VERDICTS)
def test_nobody_who_ever_handled_it_judges_the_work(action: str) -> None:
    case = make_facts(handled_by=(HANDLER, 21))
    for one in (HANDLER, 21):
        with pytest.raises(SamePerson):
            check_four_eyes(Action(action), case, actor_id=one)
    with pytest.raises(SamePerson):  # an older case, of which only the handler is known
        check_four_eyes(Action(action), make_facts(), actor_id=HANDLER)
    check_four_eyes(Action(action), case, actor_id=VERIFIER)


@pytest.mark.parametrize("action", VERDICTS)
def test_whoever_reported_a_case_merged_into_it_does_not_judge_it(action: str) -> None:
    case = make_facts(absorbed=1, co_reporters=(31,))
    with pytest.raises(SamePerson) as refused:
        check_four_eyes(Action(action), case, actor_id=31)
    assert refused.value.message("zh").endswith("您在本案中已是并入案件的上报人。")
    check_four_eyes(Action(action), case, actor_id=VERIFIER)


@pytest.mark.parametrize("action", WORK)
def test_nobody_who_ever_judged_it_handles_it(action: str) -> None:
    case = make_facts(judged_by=(VERIFIER,))
    with pytest.raises(SamePerson):
        check_four_eyes(Action(action), case, actor_id=VERIFIER)
    check_four_eyes(Action(action), case, actor_id=HANDLER)


@pytest.mark.parametrize("action", ["suspend", "extend", "refuse_request"])
def test_nobody_answers_an_own_request(action: str) -> None:
    with pytest.raises(SamePerson):
        check_four_eyes(Action(action), make_facts(asked_by_id=31), actor_id=31)
    check_four_eyes(Action(action), make_facts(asked_by_id=31), actor_id=32)


@pytest.mark.parametrize("action", OTHERS)
def test_the_desk_may_do_its_work_on_an_own_report(action: str) -> None:
    check_four_eyes(Action(action), make_facts(), actor_id=REPORTER)


# ---- CS-4: posts ----


@pytest.mark.parametrize(("action", "role"), list(product(POSTS, Role)))
def test_each_step_belongs_to_its_posts(action: str, role: Role) -> None:
    actor = plain_actor(ALICE.acting_as(role), department_id=DEPARTMENT)
    if role.value in POSTS[action]:
        check_role(Action(action), actor, make_facts(co_waiting=(DEPARTMENT,)))
    else:
        with pytest.raises(NotYourRole):
            check_role(Action(action), actor, make_facts(co_waiting=(DEPARTMENT,)))


@pytest.mark.parametrize("action", ["fix_on_spot"])
def test_nobody_sends_the_steps_that_only_the_installation_makes(action: str) -> None:
    for role in Role:
        with pytest.raises(NotAStep):
            check_role(Action(action), plain_actor(ALICE.acting_as(role)), make_facts())


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
        check_role(Action.SIGN, handler, make_facts())


def test_only_a_department_that_still_has_to_countersigns() -> None:
    helper = plain_actor(ALICE.acting_as(Role.DEPARTMENT_HANDLER), department_id=8)
    waiting = make_facts(co_departments=(8, 9), co_waiting=(8,))
    check_role(Action.COUNTERSIGN, helper, waiting)
    for case in (make_facts(), make_facts(co_departments=(8, 9), co_waiting=(9,))):
        with pytest.raises(NotYourDepartment):
            check_role(Action.COUNTERSIGN, helper, case)
    with pytest.raises(NotYourDepartment):  # the lead's work is not the helper's
        check_role(Action.FEED_BACK, helper, waiting)


# ---- CS-5: needs ----


@pytest.mark.parametrize("action", Action)
def test_each_step_says_what_it_needs(action: Action) -> None:
    near = make_facts(fed_back_m=50)
    assert list_needs(action, near, same_place_m=50) == tuple(NEEDS.get(action.value, ()))


@pytest.mark.parametrize(("distance_m", "needs"), [(None, ["reason"]), (51, ["reason"]), (50, []), (0, [])])
def test_work_that_is_not_known_to_be_at_the_place_is_passed_with_a_reason(
    distance_m: int | None, needs: list[str]
) -> None:
    assert list(list_needs(Action.PASS, make_facts(fed_back_m=distance_m), same_place_m=50)) == needs


def test_a_case_that_never_had_a_department_needs_one_when_it_is_reopened() -> None:
    assert list_needs(Action.REOPEN, make_facts(department_id=None)) == ("reason", "department")


@pytest.mark.parametrize(
    ("status", "is_restricted", "needs"),
    [
        ("accepted", False, ("matter",)),
        ("accepted", True, ("matter", "reason")),
        ("dispatched", False, ("matter", "reason")),
        ("verifying", True, ("matter", "reason")),
    ],
)
def test_another_matter_needs_a_reason_once_the_case_left_the_desk_or_is_restricted(
    status: str, is_restricted: bool, needs: tuple[str, ...]
) -> None:
    case = make_facts(status=Status(status), is_restricted=is_restricted)
    assert list_needs(Action.RECLASSIFY, case) == needs


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
    assert not can_see(plain_actor(handler), case._replace(department_id=None))
    for part in ({"co_departments": (8,)}, {"answerable_id": 8}):  # CS-30, CS-31
        assert can_see(plain_actor(handler, department_id=8), case._replace(**part))


NOW = Now(Limits(1, 15, 1, 1, 10, 50), calendar, START + HOUR)
CLERK = ALICE.acting_as(Role.DEPARTMENT_HANDLER)


@pytest.mark.parametrize(
    ("person", "user_id", "fields", "actions"),
    [
        (ALICE, 9, {"status": "reported"}, ["accept", "reject", "merge", "reclassify"]),
        (ALICE, 9, {"status": "reported", "absorbed": 1}, ["accept", "reject", "reclassify"]),
        (ALICE, 9, {"status": "accepted"}, ["dispatch", "reject", "merge", "reclassify"]),
        (ALICE, 9, {"status": "dispatched"}, ["recall", "invite"]),
        (ALICE, 9, {"status": "dispatched", "co_waiting": (8,)}, ["recall", "invite", "release"]),
        (ALICE, 9, {"status": "handling"}, ["invite"]),
        (
            ALICE,
            9,
            {"status": "handling", "asked": Asked.EXTENSION, "asked_by_id": 2},
            ["invite", "extend", "refuse_request"],
        ),
        (ALICE, 2, {"status": "handling", "asked": Asked.EXTENSION, "asked_by_id": 2}, ["invite"]),
        (ALICE, 9, {"status": "suspended"}, ["resume"]),
        (ALICE, 9, {"status": "merged"}, ["unmerge"]),
        (ALICE, 9, {"status": "verifying"}, []),
        (BOB, 9, {"status": "verifying"}, ["pass", "fail"]),
        (BOB, 9, {"status": "verifying", "stops_operation": True}, ["confirm_resume", "fail"]),
        (BOB, 9, {"status": "verifying", "stops_operation": True, "resumed_by_id": 9}, ["pass", "fail"]),
        (BOB, REPORTER, {"status": "verifying"}, []),
        (BOB, HANDLER, {"status": "verifying"}, []),
        (CAROL, 9, {"status": "reported"}, []),
        (CLERK, 9, {"status": "dispatched"}, ["sign", "object"]),
        (CLERK, REPORTER, {"status": "dispatched"}, ["object"]),
        (CLERK, 9, {"status": "handling"}, ["feed_back", "transfer", "ask_suspension", "ask_extension"]),
        (
            CLERK,
            9,
            {"status": "handling", "co_waiting": (8,), "suspensions": 1},
            ["transfer", "ask_extension"],
        ),
        (CLERK, 9, {"status": "transferred"}, ["transfer_back", "send_back"]),
        (CLERK, 9, {"status": "handling", "department_id": 8, "co_departments": (DEPARTMENT,)}, []),
        (ALICE.acting_as(Role.SUPERVISOR), 9, {"status": "handling"}, ["reclassify"]),
        (ALICE.acting_as(Role.SUPERVISOR), 9, {"status": "closed", "closed_at": START}, ["reopen"]),
        (ALICE.acting_as(Role.LEADER), 9, {"status": "closed", "closed_at": START}, []),
    ],
)
def test_the_buttons_are_what_table_post_eyes_and_conditions_allow(
    person: Any, user_id: int, fields: dict[str, Any], actions: list[str]
) -> None:
    actor = plain_actor(person, user_id=user_id, department_id=DEPARTMENT)
    facts = make_facts(**fields | {"status": Status(fields["status"])})
    allowed = allowed_actions(facts, actor, NOW)
    assert sorted(action.value for action, _ in allowed) == sorted(actions)
