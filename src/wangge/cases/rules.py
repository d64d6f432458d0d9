"""Closed-loop rules: what may be done, by whom, and with what. Source: docs/rules/cases.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wangge.cases.refusals import (
    MarkNotAllowed,
    NeedMissing,
    NotAStep,
    NotYourDepartment,
    SamePerson,
    StepNotAllowed,
)
from wangge.cases.vocabulary import Action, Channel, Light, Mark, Need, Status
from wangge.cases.wording import ACTION_ZH
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused

__all__ = [
    "Action",
    "Channel",
    "Light",
    "Mark",
    "MarkNotAllowed",
    "Need",
    "NeedMissing",
    "NotAStep",
    "NotYourDepartment",
    "SamePerson",
    "Status",
    "StepNotAllowed",
]
S, A = Status, Action

STEPS: Mapping[tuple[Status, Action], Status] = {  # CS-2
    (S.REPORTED, A.ACCEPT): S.ACCEPTED,
    (S.REPORTED, A.REJECT): S.REJECTED,
    (S.REPORTED, A.MERGE): S.MERGED,
    (S.REPORTED, A.FIX_ON_SPOT): S.CLOSED,  # only together with the report
    (S.ACCEPTED, A.DISPATCH): S.DISPATCHED,
    (S.ACCEPTED, A.REJECT): S.REJECTED,
    (S.ACCEPTED, A.MERGE): S.MERGED,
    (S.DISPATCHED, A.SIGN): S.HANDLING,
    (S.DISPATCHED, A.OBJECT): S.ACCEPTED,
    (S.DISPATCHED, A.SUSPEND): S.SUSPENDED,
    (S.SUSPENDED, A.RESUME): S.DISPATCHED,
    (S.HANDLING, A.FEED_BACK): S.VERIFYING,
    (S.HANDLING, A.TRANSFER): S.TRANSFERRED,
    (S.TRANSFERRED, A.TRANSFER_BACK): S.VERIFYING,
    (S.VERIFYING, A.PASS): S.CLOSED,
    (S.VERIFYING, A.FAIL): S.HANDLING,  # rework + 1
    (S.CLOSED, A.REOPEN): S.HANDLING,
}
ENDED = frozenset({S.CLOSED, S.REJECTED, S.MERGED})

WHILE_OPEN = frozenset(  # CS-11
    {Mark.SET_DEADLINE, Mark.MOVE_DEADLINE, Mark.URGE, Mark.SUPERVISE, Mark.ESCALATE, Mark.LIST_MAJOR}
    | {Mark.RAISE_SEVERITY}
)

RESTRICTED = "cases.read_restricted"  # CS-8 (DG-13)
HANDLERS_WORK = frozenset({A.SIGN, A.FEED_BACK, A.TRANSFER, A.TRANSFER_BACK})
JUDGEMENT = frozenset({A.PASS, A.FAIL})

CAPABILITY: Mapping[Action, str] = {  # CS-4
    A.REPORT: "cases.report",
    A.ACCEPT: "cases.accept",
    A.REJECT: "cases.accept",
    A.MERGE: "cases.accept",
    A.DISPATCH: "cases.dispatch",
    A.SIGN: "cases.handle",
    A.OBJECT: "cases.handle",
    A.FEED_BACK: "cases.handle",
    A.TRANSFER: "cases.handle",
    A.TRANSFER_BACK: "cases.handle",
    A.SUSPEND: "cases.approve",
    A.RESUME: "cases.approve",
    A.PASS: "cases.verify",
    A.FAIL: "cases.verify",
    A.REOPEN: "cases.reopen",
}

NEEDS: Mapping[Action, tuple[Need, ...]] = {  # CS-5
    A.REJECT: (Need.REASON,),
    A.MERGE: (Need.REASON, Need.CASE),
    A.OBJECT: (Need.REASON,),
    A.SUSPEND: (Need.REASON,),
    A.FAIL: (Need.REASON,),
    A.REOPEN: (Need.REASON,),
    A.TRANSFER: (Need.REASON,),
    A.FEED_BACK: (Need.PHOTOS,),
    A.DISPATCH: (Need.DEPARTMENT,),
}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The facts of a case that a step looks at or changes."""

    id: UUID
    grid_path: str
    matter_code: str
    severity: str
    layer: str  # of grids, in which it was found; "" where nobody asks
    is_restricted: bool  # seen by named posts only
    status: Status
    reporter_id: int
    department_id: int | None
    handler_id: int | None
    verifier_id: int | None
    merged_into_id: UUID | None
    reported_at: datetime
    due_at: datetime | None
    stage_started_at: datetime
    stage_due_at: datetime | None
    closed_at: datetime | None
    rework: int
    fixed_on_spot: bool
    version: int
    event_count: int
    chain_head: bytes


def step(status: Status, action: Action) -> Status:
    """Return the status after `action`.

    Raises: StepNotAllowed if CS-2 has no such row, or for a fix on the spot outside its report.
    Rule:   CS-2 (WH-28, WH-29).
    """
    after = STEPS.get((status, action))
    if after is None or action is Action.FIX_ON_SPOT:
        raise StepNotAllowed(status=status, action=action)
    return after


def check_mark(mark: Mark, status: Status) -> None:
    """Refuse a mark that only a case that goes on can take.

    Raises: MarkNotAllowed.
    Rule:   CS-11.
    """
    if mark in WHILE_OPEN and status in ENDED:
        raise MarkNotAllowed(status=status, mark=mark)


def check_four_eyes(action: Action, *, actor_id: int, reporter_id: int, handler_id: int | None) -> None:
    """Refuse the reporter's own handling, and the reporter's or handler's own verdict.

    Raises: SamePerson.
    Rule:   CS-3 (采办分离, DG-08).
    """
    if action not in HANDLERS_WORK and action not in JUDGEMENT:
        return
    if actor_id == reporter_id:
        raise SamePerson(role_zh="上报人", role_en="reporter")
    if action in JUDGEMENT and actor_id == handler_id:
        raise SamePerson(role_zh="处置人", role_en="handler")


def check_role(action: Action, actor: Actor, *, department_id: int | None) -> None:
    """Refuse a post that lacks the verb, or a handler of another department.

    Raises: NotYourRole, NotYourDepartment; NotAStep for what only the installation does.
    Rule:   CS-4 (LN-07, DG-08).
    """
    capability = CAPABILITY.get(action)
    if capability is None:
        raise NotAStep(action=action, action_zh=ACTION_ZH[action])
    actor.check_can(capability)
    if capability == "cases.handle" and (actor.department_id is None or actor.department_id != department_id):
        raise NotYourDepartment()


def check_visible(case: CaseFacts | None, actor: Actor) -> CaseFacts:
    """Return `case`. Raises: NotVisible if it is not there or not the actor's to see (CS-8)."""
    if case is None or not can_see(actor, case):
        raise NotVisible()
    return case


def can_see(actor: Actor, case: CaseFacts) -> bool:
    """Return whether the case is the actor's to see: the twin of `CaseQuerySet.visible_to` (CS-8)."""
    if not actor.covers(case.grid_path):
        return False
    if case.is_restricted and not (actor.can(RESTRICTED) or actor.user_id == case.reporter_id):
        return False
    if actor.can("cases.handle"):
        return actor.department_id is not None and actor.department_id == case.department_id
    if actor.role == "citizen":
        return actor.user_id == case.reporter_id
    return actor.can("cases.read")


def list_needs(action: Action, case: CaseFacts) -> tuple[Need, ...]:
    """Return what the step must carry; reopening a case that never had a department needs one (CS-5)."""
    needs = NEEDS.get(action, ())
    if action is Action.REOPEN and case.department_id is None:
        return (*needs, Need.DEPARTMENT)
    return needs


def allowed_actions(case: CaseFacts, actor: Actor) -> list[tuple[Action, tuple[Need, ...]]]:
    """Return what this person may do with this case now, and what each step needs (CS-2 … CS-5)."""
    if not can_see(actor, case):
        return []
    return [
        (action, list_needs(action, case))
        for status, action in STEPS
        if status is case.status and _can_take(case, action, actor)
    ]


def _can_take(case: CaseFacts, action: Action, actor: Actor) -> bool:
    try:
        step(case.status, action)
        check_role(action, actor, department_id=case.department_id)
        check_four_eyes(
            action, actor_id=actor.user_id, reporter_id=case.reporter_id, handler_id=case.handler_id
        )
    except Refused:
        return False
    return True
