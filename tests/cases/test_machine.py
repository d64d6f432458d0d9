"""A Hypothesis state machine over the pure rules: whatever people send, table and eyes hold (must-show 3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.cases.test_rules import DEPARTMENT, POSTS, ROWS, START, make_facts
from tests.cases.test_table import HELPER, OTHER, TARGET, WORLD
from tests.makers import ALICE, AT, plain_actor
from wangge.accounts.rules import Role
from wangge.cases.chain import NO_HASH, hash_of
from wangge.cases.marking import note
from wangge.cases.rules import Action, Mark
from wangge.cases.schemas import StepCommand
from wangge.cases.stepping import take
from wangge.kernel.errors import Refused
from wangge.kernel.ids import new_id

WORK = {"sign", "feed_back", "transfer", "transfer_back", "send_back", "countersign"}
VERDICTS = {"pass", "fail", "confirm_resume"}
DEPARTMENTS = [DEPARTMENT, HELPER, OTHER]


class Loop(RuleBasedStateMachine):
    """One case; eight people, each of whom may hold any post at any time."""

    def __init__(self) -> None:
        super().__init__()
        plain = {"department_id": None, "handler_id": None, "due_at": AT + timedelta(days=3)}
        self.case = make_facts(**plain, reporter_id=1, stops_operation=True)
        self.status, self.at = "reported", START
        self.head, self.steps = NO_HASH, 1
        self.hands: set[int] = set()
        self.judges: set[int] = set()

    @rule(
        who=st.integers(1, 8),
        department=st.sampled_from(DEPARTMENTS),
        pick=st.integers(0, 99),
        named=st.sampled_from([None, *DEPARTMENTS]),
        helpers=st.lists(st.sampled_from(DEPARTMENTS), max_size=2),
        drift=st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1]),
    )
    def step(
        self, who: int, department: int, pick: int, named: int | None, helpers: list[int], drift: int
    ) -> None:
        """Send a step that the status has, or now and then any other."""
        here = [action for status, action in ROWS if status == self.status]
        everything = [action for _, action in ROWS]
        action = (here or everything)[pick % len(here or everything)] if pick < 90 else everything[pick % 7]
        role = Role(sorted(POSTS[action])[pick % len(POSTS[action])])
        actor = plain_actor(ALICE.acting_as(role), user_id=who, department_id=department)
        command = StepCommand(
            id=new_id(),
            case_id=self.case.id,
            action=Action(action),
            at=self.at + timedelta(minutes=5),
            base_version=self.case.version + drift,
            reason="理由",
            photos=["a"],
            department_id=named,
            co_department_ids=helpers,
            days=2,
            merged_into=TARGET.id,
        )
        try:
            after, event = take(self.case, command, actor, WORLD, command.at)
        except Refused:
            return
        assert event.after in ROWS[self.status, action]
        self._follow(after, event)
        self.steps += 1
        self.hands |= {who} if action in WORK else set()
        self.judges |= {who} if action in VERDICTS else set()
        assert self.at <= after.stage_started_at or event.before == event.after
        self.at = after.stage_started_at

    @rule(mark=st.sampled_from([Mark.URGE, Mark.CARD, Mark.NOTE]))
    def mark(self, mark: Mark) -> None:
        """Note something: neither status nor version nor clocks move."""
        after, event = note(self.case, new_id(), mark, detail={}, facts={}, actor=None, at=self.at)
        assert (after.version, after.status, after.due_at) == (
            self.case.version,
            self.case.status,
            self.case.due_at,
        )
        self._follow(after, event)

    def _follow(self, after: Any, event: Any) -> None:
        assert event.previous_hash == self.case.chain_head
        assert hash_of(event, previous=event.previous_hash) == event.hash == after.chain_head
        self.case, self.status = after, after.status.value

    @invariant()
    def nobody_has_two_parts(self) -> None:
        assert 1 not in self.hands | self.judges
        assert not self.hands & self.judges
        assert (set(self.case.handled_by), set(self.case.judged_by)) == (self.hands, self.judges)
        assert self.case.approver_id is None or self.case.approver_id != self.case.asked_by_id

    @invariant()
    def clocks_and_counts_are_there(self) -> None:
        case = self.case
        assert case.due_at is not None
        assert (case.closed_at is not None) == (self.status in {"closed", "rejected", "merged"})
        assert case.version == self.steps
        assert case.suspensions <= 1 >= case.extensions
        assert set(case.co_waiting) <= set(case.co_departments)
        assert not (case.co_waiting and self.status in {"verifying", "closed"})
        assert case.department_id not in case.co_departments
        assert (case.merged_into_id is not None) == (self.status == "merged")


Loop.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLoop = Loop.TestCase
