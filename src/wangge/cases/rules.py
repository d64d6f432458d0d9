"""Closed-loop rules: what may be done, by whom, and with what. Source: docs/rules/cases.md."""

from __future__ import annotations

from collections.abc import Mapping

from wangge.cases.facts import CaseFacts
from wangge.cases.refusals import (
    MarkNotAllowed,
    NeedMissing,
    NotAStep,
    NotYourDepartment,
    ResumeUnconfirmed,
    SamePerson,
    StepNotAllowed,
)
from wangge.cases.vocabulary import (
    HANDLERS_WORK,
    JUDGEMENT,
    Action,
    Asked,
    Channel,
    CoState,
    Light,
    Mark,
    Need,
    Status,
)
from wangge.cases.wording import ACTION_ZH
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible

__all__ = [
    "HANDLERS_WORK",
    "JUDGEMENT",
    "Action",
    "Asked",
    "CaseFacts",
    "Channel",
    "CoState",
    "Light",
    "Mark",
    "MarkNotAllowed",
    "Need",
    "NeedMissing",
    "NotAStep",
    "NotYourDepartment",
    "ResumeUnconfirmed",
    "SamePerson",
    "Status",
    "StepNotAllowed",
]
S, A = Status, Action

Ends = tuple[Status, ...]

# CS-2. A row with two ends leads back to where the case was before.
STEPS: Mapping[tuple[Status, Action], Ends] = {
    (S.REPORTED, A.ACCEPT): (S.ACCEPTED,),
    (S.REPORTED, A.REJECT): (S.REJECTED,),
    (S.REPORTED, A.MERGE): (S.MERGED,),
    (S.REPORTED, A.FIX_ON_SPOT): (S.CLOSED,),  # only together with the report
    (S.ACCEPTED, A.DISPATCH): (S.DISPATCHED,),
    (S.ACCEPTED, A.REJECT): (S.REJECTED,),
    (S.ACCEPTED, A.MERGE): (S.MERGED,),
    (S.MERGED, A.UNMERGE): (S.REPORTED, S.ACCEPTED),
    (S.DISPATCHED, A.SIGN): (S.HANDLING,),
    (S.DISPATCHED, A.OBJECT): (S.ACCEPTED,),
    (S.DISPATCHED, A.RECALL): (S.ACCEPTED,),
    (S.DISPATCHED, A.INVITE): (S.DISPATCHED,),
    (S.DISPATCHED, A.RELEASE): (S.DISPATCHED,),
    (S.DISPATCHED, A.COUNTERSIGN): (S.DISPATCHED,),
    (S.HANDLING, A.FEED_BACK): (S.VERIFYING,),
    (S.HANDLING, A.TRANSFER): (S.TRANSFERRED,),
    (S.HANDLING, A.INVITE): (S.HANDLING,),
    (S.HANDLING, A.RELEASE): (S.HANDLING,),
    (S.HANDLING, A.COUNTERSIGN): (S.HANDLING,),
    (S.HANDLING, A.ASK_SUSPENSION): (S.HANDLING,),
    (S.HANDLING, A.ASK_EXTENSION): (S.HANDLING,),
    (S.HANDLING, A.REFUSE_REQUEST): (S.HANDLING,),
    (S.HANDLING, A.EXTEND): (S.HANDLING,),
    (S.HANDLING, A.SUSPEND): (S.SUSPENDED,),
    (S.SUSPENDED, A.RESUME): (S.HANDLING,),
    (S.TRANSFERRED, A.TRANSFER_BACK): (S.VERIFYING,),
    (S.TRANSFERRED, A.SEND_BACK): (S.HANDLING,),
    (S.TRANSFERRED, A.RELEASE): (S.TRANSFERRED,),
    (S.TRANSFERRED, A.COUNTERSIGN): (S.TRANSFERRED,),
    (S.VERIFYING, A.CONFIRM_RESUME): (S.VERIFYING,),
    (S.VERIFYING, A.PASS): (S.CLOSED,),
    (S.VERIFYING, A.FAIL): (S.HANDLING,),  # rework + 1
    (S.CLOSED, A.REOPEN): (S.HANDLING,),
    (S.REPORTED, A.RECLASSIFY): (S.REPORTED,),  # CS-39
    (S.ACCEPTED, A.RECLASSIFY): (S.ACCEPTED,),
    (S.DISPATCHED, A.RECLASSIFY): (S.DISPATCHED,),
    (S.HANDLING, A.RECLASSIFY): (S.HANDLING,),
    (S.SUSPENDED, A.RECLASSIFY): (S.SUSPENDED,),
    (S.TRANSFERRED, A.RECLASSIFY): (S.TRANSFERRED,),
    (S.VERIFYING, A.RECLASSIFY): (S.VERIFYING,),
}
ENDED = frozenset({S.CLOSED, S.REJECTED, S.MERGED})
AT_DESK = frozenset({S.REPORTED, S.ACCEPTED})

WHILE_OPEN = frozenset(  # CS-11
    {Mark.SET_DEADLINE, Mark.MOVE_DEADLINE, Mark.URGE, Mark.SUPERVISE, Mark.ESCALATE, Mark.LIST_MAJOR}
    | {Mark.RAISE_SEVERITY, Mark.REGRID, Mark.HAND_OVER}
)

RESTRICTED = "cases.read_restricted"  # CS-8 (DG-13)
RECLASSIFY_LATE = "cases.reclassify_late"  # CS-39: also once the case has left the desk
ANSWERS = frozenset({A.SUSPEND, A.EXTEND, A.REFUSE_REQUEST})  # to what a department asked for

CAPABILITY: Mapping[Action, str] = {  # CS-4
    A.REPORT: "cases.report",
    A.ACCEPT: "cases.accept",
    A.REJECT: "cases.accept",
    A.MERGE: "cases.accept",
    A.UNMERGE: "cases.accept",
    A.DISPATCH: "cases.dispatch",
    A.RECALL: "cases.dispatch",
    A.INVITE: "cases.dispatch",
    A.RELEASE: "cases.dispatch",
    A.SIGN: "cases.handle",
    A.OBJECT: "cases.handle",
    A.FEED_BACK: "cases.handle",
    A.COUNTERSIGN: "cases.handle",
    A.ASK_SUSPENSION: "cases.handle",
    A.ASK_EXTENSION: "cases.handle",
    A.TRANSFER: "cases.handle",
    A.TRANSFER_BACK: "cases.handle",
    A.SEND_BACK: "cases.handle",
    A.SUSPEND: "cases.approve",
    A.EXTEND: "cases.approve",
    A.REFUSE_REQUEST: "cases.approve",
    A.RESUME: "cases.approve",
    A.CONFIRM_RESUME: "cases.verify",
    A.PASS: "cases.verify",
    A.FAIL: "cases.verify",
    A.REOPEN: "cases.reopen",
    A.RECLASSIFY: "cases.reclassify",
}

N = Need
NEEDS: Mapping[Action, tuple[Need, ...]] = {  # CS-5
    A.REJECT: (N.REASON,),
    A.MERGE: (N.REASON, N.CASE),
    A.UNMERGE: (N.REASON,),
    A.DISPATCH: (N.DEPARTMENT,),
    A.RECALL: (N.REASON,),
    A.OBJECT: (N.REASON,),
    A.INVITE: (N.DEPARTMENTS,),
    A.RELEASE: (N.REASON, N.DEPARTMENT),
    A.COUNTERSIGN: (N.REASON,),
    A.ASK_SUSPENSION: (N.REASON,),
    A.ASK_EXTENSION: (N.REASON, N.DAYS),
    A.REFUSE_REQUEST: (N.REASON,),
    A.FEED_BACK: (N.PHOTOS,),
    A.TRANSFER: (N.REASON,),
    A.SEND_BACK: (N.REASON,),
    A.CONFIRM_RESUME: (N.REASON, N.PHOTOS),
    A.FAIL: (N.REASON,),
    A.REOPEN: (N.REASON,),
    A.RECLASSIFY: (N.MATTER,),
}
MAY: Mapping[Action, tuple[Need, ...]] = {  # what a step may carry beside what it needs and a note
    A.DISPATCH: (N.DEPARTMENTS,),
    A.TRANSFER: (N.DEPARTMENT, N.PHOTOS),
    A.COUNTERSIGN: (N.PHOTOS,),
    A.TRANSFER_BACK: (N.PHOTOS,),
    A.ASK_SUSPENSION: (N.PHOTOS,),
    A.PASS: (N.PHOTOS,),
    A.FAIL: (N.PHOTOS,),
}


def step(status: Status, action: Action, *, came_from: str = "") -> Status:
    """Return the status after `action`; of a row with two ends, the one the case came from.

    Raises: StepNotAllowed if CS-2 has no such row, or for a fix on the spot outside its report.
    Rule:   CS-2 (WH-28, WH-29).
    """
    ends = STEPS.get((status, action))
    if ends is None or action is Action.FIX_ON_SPOT:
        raise StepNotAllowed(status=status, action=action)
    return next((end for end in ends if end == came_from), ends[0])


def check_mark(mark: Mark, status: Status) -> None:
    """Refuse a mark that only a case that goes on can take.

    Raises: MarkNotAllowed.
    Rule:   CS-11.
    """
    if mark in WHILE_OPEN and status in ENDED:
        raise MarkNotAllowed(status=status, mark=mark)


def check_four_eyes(action: Action, case: CaseFacts, *, actor_id: int) -> None:
    """Refuse a second part in one case: reporter, handler, verifier; and the answer to an own request.

    Everybody who ever did a handler's work counts as handler, everybody who ever judged as verifier; whoever
    reported a case that was merged into this one does not judge it either.
    Raises: SamePerson.
    Rule:   CS-3 (采办分离, DG-08).
    """
    if action in ANSWERS and actor_id == case.asked_by_id:
        raise SamePerson(role_zh="申请人", role_en="one who asked for it")
    if action not in HANDLERS_WORK and action not in JUDGEMENT:
        return
    if actor_id == case.reporter_id:
        raise SamePerson(role_zh="上报人", role_en="reporter")
    if action in JUDGEMENT and actor_id in case.co_reporters:
        raise SamePerson(role_zh="并入案件的上报人", role_en="reporter of a case merged into it")
    if action in JUDGEMENT and (actor_id == case.handler_id or actor_id in case.handled_by):
        raise SamePerson(role_zh="处置人", role_en="handler")
    if action in HANDLERS_WORK and actor_id in case.judged_by:
        raise SamePerson(role_zh="核查人", role_en="verifier")


def may_take_over(case: CaseFacts, user_id: int) -> bool:
    """Return whether somebody may have a case that was another's: not who reported or judged it.

    Rule: CS-44, CS-3.
    """
    return user_id != case.reporter_id and user_id not in case.judged_by


def check_role(action: Action, actor: Actor, case: CaseFacts) -> None:
    """Refuse a post that lacks the verb, or a handler whose department has no such part in the case.

    Raises: NotYourRole, NotYourDepartment; NotAStep for what only the installation does.
    Rule:   CS-4 (LN-07, DG-08), CS-31, CS-39.
    """
    capability = CAPABILITY.get(action)
    if capability is None:
        raise NotAStep(action=action, action_zh=ACTION_ZH[action])
    actor.check_can(capability)
    if action is Action.RECLASSIFY and case.status not in AT_DESK:
        actor.check_can(RECLASSIFY_LATE)
    if capability != "cases.handle":
        return
    theirs = case.co_waiting if action is Action.COUNTERSIGN else (case.department_id,)
    if actor.department_id is None or actor.department_id not in theirs:
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
        mine = (case.department_id, case.answerable_id, *case.co_departments)
        return actor.department_id is not None and actor.department_id in mine
    if actor.role == "citizen":
        return actor.user_id == case.reporter_id
    return actor.can("cases.read")


def list_needs(action: Action, case: CaseFacts, *, same_place_m: int = 0) -> tuple[Need, ...]:
    """Return what the step must carry.

    Reopening a case that never had a department needs one; passing work whose photos are not known to come
    from the reported place needs a reason; so does another matter once the case has left the desk, or where a
    restricted case may become open to all.
    Rule: CS-5, CS-32, CS-39.
    """
    needs = NEEDS.get(action, ())
    if action is Action.REOPEN and case.department_id is None:
        return (*needs, Need.DEPARTMENT)
    if action is Action.PASS and not is_near(case.fed_back_m, same_place_m):
        return (*needs, Need.REASON)
    if action is Action.RECLASSIFY and (case.is_restricted or case.status not in AT_DESK):
        return (*needs, Need.REASON)
    return needs


def is_near(distance_m: int | None, same_place_m: int) -> bool:
    """Return whether something is known to come from the reported place (CS-32)."""
    return distance_m is not None and distance_m <= same_place_m
