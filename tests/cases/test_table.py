"""Every state × action × role through `take`, against the tables typed by hand in test_rules (CS-2, CS-4)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from tests.cases.test_rules import DEPARTMENT, POSTS, ROWS, START, make_facts
from tests.makers import ALICE, plain_actor
from wangge.accounts.rules import Role
from wangge.accounts.schemas import DepartmentOut
from wangge.cases.reclassifying import Catalogue, Past
from wangge.cases.rules import Action, Asked, Status
from wangge.cases.schemas import StepCommand
from wangge.cases.stepping import World, take
from wangge.kernel.calendar import national
from wangge.kernel.errors import Refused
from wangge.kernel.ids import new_id
from wangge.matters.rules import Clock, Limits, MatterFacts, Surroundings

HELPER, OTHER, ACTOR = 8, 9, 50
TARGET = make_facts()
LATE = {"dispatched", "handling", "suspended", "transferred", "verifying", "closed", "rejected", "merged"}
READY: dict[str, dict[str, Any]] = {  # what must be true of a case so that only table and post decide
    "countersign": {"department_id": HELPER, "co_departments": (DEPARTMENT,), "co_waiting": (DEPARTMENT,)},
    "release": {"co_departments": (HELPER,), "co_waiting": (HELPER,)},
    "suspend": {"asked": Asked.SUSPENSION, "asked_by_id": 2},
    "extend": {"asked": Asked.EXTENSION, "asked_by_id": 2, "asked_days": 3},
    "refuse_request": {"asked": Asked.EXTENSION, "asked_by_id": 2, "asked_days": 3},
    "confirm_resume": {"stops_operation": True},
}


class Everywhere:
    """One calendar for every place."""

    def of(self, path: str) -> Any:
        return national


WORLD = World(
    calendars=Everywhere(),
    stage_clocks={},
    matter_clocks={},
    departments={
        one: DepartmentOut(id=one, code=f"D{one}", name="部门", kind="fire", path="34.")
        for one in (DEPARTMENT, HELPER, OTHER)
    },
    suggested={},
    others={TARGET.id: TARGET},
    limits=Limits(1, 15, 1, 1, 10, 50),
    rules=Catalogue("test@1", {"H301": MatterFacts("general", Clock(3, None), "fire", "事项", "Matter")}),
)


def attempt(status: Status, action: Action, role: Role) -> str:
    """Return the status that the step leads to, or the status code and code of its refusal."""
    case = make_facts(status=status, closed_at=START, **READY.get(action.value, {}))
    command = StepCommand(
        id=new_id(),
        case_id=case.id,
        action=action,
        at=START,
        base_version=1,
        reason="理由",
        photos=["a"],
        department_id=HELPER if action is Action.RELEASE else OTHER,
        co_department_ids=[OTHER] if action is Action.INVITE else [],
        days=3,
        merged_into=TARGET.id,
        matter_code="H301",
    )
    actor = plain_actor(ALICE.acting_as(role), user_id=ACTOR, department_id=DEPARTMENT)
    try:
        world = replace(WORLD, pasts={command.id: Past(Surroundings())})
        return take(case, command, actor, world, START)[0].status.value
    except Refused as refusal:
        return f"{refusal.status} {refusal.code}"


def expected(status: Status, action: Action, role: Role) -> str:
    """The same from the tables typed by hand: who does not see it, whose post it is not, where it leads."""
    reads = {"dispatcher", "supervisor", "grid_chief", "grid_member", "department_handler", "leader"}
    if role.value not in reads:
        return "404 kernel.not_visible"
    if action.value == "fix_on_spot":
        return "409 cases.not_a_step"
    if role.value not in POSTS[action.value]:
        return "403 kernel.not_your_role"
    if action.value == "reclassify" and role.value == "dispatcher" and status.value in LATE:
        return "403 kernel.not_your_role"  # CS-39: the desk has sent it on
    if (status.value, action.value) not in ROWS:
        return "409 cases.step_not_allowed"
    return ROWS[status.value, action.value][0]


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_state_action_and_role(status: Status, action: Action) -> None:
    told = {role.value: attempt(status, action, role) for role in Role}
    assert told == {role.value: expected(status, action, role) for role in Role}
