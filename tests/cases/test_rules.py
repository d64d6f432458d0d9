"""CS-1 … CS-9 without a database. The tables are typed from docs/rules/cases.md, not imported."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import ALICE, BOB, CAROL, plain_actor
from wangge.accounts.rules import Role
from wangge.cases import chain
from wangge.cases.deadlines import Clock, clock_of, deadline_if_known, explain, extended, light
from wangge.cases.routing import RouteRow, department_kind
from wangge.cases.rules import (
    Action,
    CaseFacts,
    Light,
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
from wangge.kernel import calendar
from wangge.kernel.errors import NotYourRole
from wangge.kernel.ids import new_id

VECTORS = json.loads((Path(__file__).parents[2] / "contracts/vectors/deadlines.json").read_text("utf-8"))
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


@pytest.mark.parametrize("action", ["fix_on_spot", "set_deadline"])
def test_nobody_sends_the_steps_that_only_the_installation_makes(action: str) -> None:
    for role in Role:
        with pytest.raises(StepNotAllowed):
            check_role(Action(action), plain_actor(ALICE.acting_as(role)), department_id=None)


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


# ---- CS-6: clocks ----


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_deadlines_as_typed_from_the_state_councils_notices(vector: dict[str, Any]) -> None:
    clock = clock_of(vector.get("working_days"), vector.get("hours"), at_once_hours=24)
    start, told = datetime.fromisoformat(vector["start"]), vector["expected"]
    due_at = deadline_if_known(start, clock, calendar)
    assert due_at == (told and datetime.fromisoformat(told))
    if due_at is not None:
        assert explain(start, clock, calendar)[-1].at == due_at


def test_the_account_of_a_deadline_names_every_day() -> None:
    lines = explain(datetime(2025, 9, 26, 2, tzinfo=UTC), Clock(4, None), calendar)
    told = [line.zh for line in lines]
    assert told[0] == "上报，限 4 个工作日"
    assert told[1:4] == ["休息日，不计", "第 1 个工作日（调休上班）", "第 2 个工作日"]
    assert told[4] == "第 3 个工作日"
    assert told[5:13] == ["法定节假日，不计"] * 3 + ["休息日，不计"] * 2 + ["法定节假日，不计"] * 3
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


# ---- CS-7: the chain ----

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def seal(previous: bytes, **fields: Any) -> chain.Event:
    plain: dict[str, Any] = {
        "id": UUID(int=1),
        "case_id": UUID(int=2),
        "seq": 1,
        "action": "report",
        "before": "",
        "after": "reported",
        "actor_id": 1,
        "actor_name": "李爱丽",
        "role": "dispatcher",
        "at": START,
        "detail": {},
    }
    return chain.seal(previous, **plain | fields)


@given(detail=st.dictionaries(st.text(), JSON, max_size=4))
def test_the_hash_survives_a_round_trip_through_json(detail: dict[str, Any]) -> None:
    event = seal(chain.NO_HASH, detail=detail)
    again = replace(event, detail=json.loads(json.dumps(event.detail)))
    assert chain.hash_of(again, previous=chain.NO_HASH) == event.hash


def test_ids_and_times_in_a_detail_are_hashed_as_the_text_that_comes_back() -> None:
    event = seal(chain.NO_HASH, detail={"at": START, "id": UUID(int=3), "whole": 118.0, "pair": (1, 2)})
    assert event.detail == {
        "at": "2025-10-13T02:00:00.000000Z",
        "id": "00000000-0000-0000-0000-000000000003",
        "whole": 118,
        "pair": [1, 2],
    }


OTHER: dict[str, Any] = {
    "id": UUID(int=9),
    "case_id": UUID(int=9),
    "seq": 2,
    "action": "accept",
    "before": "x",
    "after": "accepted",
    "actor_id": 2,
    "actor_name": "李爱",
    "role": "leader",
    "at": START + timedelta(microseconds=1),
    "detail": {"reason": "x"},
}


@pytest.mark.parametrize("field", OTHER)
def test_every_field_is_in_the_hash(field: str) -> None:
    assert seal(chain.NO_HASH, **{field: OTHER[field]}).hash != seal(chain.NO_HASH).hash


def test_the_hash_leans_on_the_event_before() -> None:
    assert seal(b"1" * 32).hash != seal(chain.NO_HASH).hash
    one, two = seal(chain.NO_HASH), seal(chain.NO_HASH, actor_name="", role="李爱丽dispatcher")
    assert one.hash != two.hash


def test_replay_tells_the_latest_facts() -> None:
    events = [seal(chain.NO_HASH, detail={"facts": {"text": "a", "due_at": None}})]
    events.append(
        seal(events[0].hash, seq=2, after="accepted", actor_id=5, detail={"facts": {"due_at": "z"}})
    )
    told = chain.replay(events)
    assert told == {
        "text": "a",
        "due_at": "z",
        "status": "accepted",
        "reporter_id": 1,
        "version": 2,
        "event_count": 2,
    }
    assert chain.replay([]) == {}
    assert all(two.previous_hash == one.hash for one, two in pairwise(events))


# ---- CS-9: routing ----

ROUTES = [
    RouteRow("", "", "street"),
    RouteRow("H3", "", "fire"),
    RouteRow("H3", "34.02.", "property"),
    RouteRow("H30", "", "water"),
    RouteRow("H30", "34.02.03.", "power"),
    RouteRow("", "34.02.03.005.012.001.", "police"),
]


@pytest.mark.parametrize(
    ("matter", "path", "kind"),
    [
        ("H101", "44.19.", "street"),
        ("H101", "34.02.03.005.012.001.", "police"),
        ("H311", "44.19.", "fire"),
        ("H311", "34.02.04.", "property"),
        ("H301", "44.19.", "water"),
        ("H301", "34.02.04.", "water"),
        ("H301", "34.02.03.005.012.001.", "power"),
    ],
)
def test_the_longest_matter_wins_then_the_longest_path(matter: str, path: str, kind: str) -> None:
    assert department_kind(matter, path, ROUTES, "own") == kind
    assert department_kind(matter, path, ROUTES[::-1], "own") == kind


def test_without_a_route_a_matter_has_its_own_kind() -> None:
    assert department_kind("H101", "44.", ROUTES[1:3], "own") == "own"
    assert department_kind("H101", "44.", [], None) is None


def test_the_calendar_of_the_tests_is_the_one_of_the_notices() -> None:
    assert calendar.is_workday(date(2025, 10, 11))
    assert not calendar.is_workday(date(2025, 10, 8))
