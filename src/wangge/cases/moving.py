"""What each step changes in the facts of its case (CS-2 … CS-8, CS-30 … CS-36). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wangge.cases.deadlines import Calendar, deadline_if_known, extended, moved_by_days
from wangge.cases.rules import ENDED, HANDLERS_WORK, JUDGEMENT, Action, Asked, CaseFacts, Status
from wangge.cases.schemas import StepCommand
from wangge.kernel.actor import Actor
from wangge.matters.rules import Clock, Clocks

INSTANT = timedelta(microseconds=1)
SIGNS = HANDLERS_WORK - {Action.COUNTERSIGN, Action.SEND_BACK}
Facts = dict[str, Any]
NOT_ASKED: Facts = {"asked": Asked.NOTHING, "asked_days": None}
NO_HELP: Facts = {"co_departments": (), "co_waiting": ()}


@dataclass(frozen=True, slots=True)
class Move:
    """One step as it is taken: the case before, the command, who, when, how far from the place."""

    case: CaseFacts
    command: StepCommand
    actor: Actor
    at: datetime
    department_id: int | None  # whom the step names: the lead, enforcement, or who is released
    distance_m: int | None
    calendar: Calendar
    clock: Clock | None  # of the case's matter


def changes(move: Move, after: Status, stage_clocks: Clocks) -> Facts:
    """Return the facts as the step leaves them; some may be what they were before.

    A step that leaves the case in its status leaves the stage's clock alone.
    """
    case, action = move.case, move.command.action
    changed: Facts = {"status": after}
    if after is not case.status:
        changed |= {
            "stage_started_at": move.at,
            "stage_due_at": deadline_if_known(move.at, stage_clocks.get(after), move.calendar),
            "closed_at": move.at if after in ENDED else None,
        }
        if case.asked:  # the case goes on without it
            changed |= NOT_ASKED
    if action in SIGNS:
        changed |= {"handler_id": move.actor.user_id}
    if action in HANDLERS_WORK:
        changed |= {"handled_by": _with(case.handled_by, move.actor.user_id)}
    elif action in JUDGEMENT:
        changed |= {"judged_by": _with(case.judged_by, move.actor.user_id)}
    special = SPECIAL.get(action)
    return changed | special(move) if special else changed


def _with(people: tuple[int, ...], one: int) -> tuple[int, ...]:
    return tuple(sorted({*people, one}))


def _merge(move: Move) -> Facts:
    return {"merged_into_id": move.command.merged_into, "came_from": move.case.status.value}


def _unmerge(move: Move) -> Facts:
    return {"merged_into_id": None, "came_from": ""}


def _dispatch(move: Move) -> Facts:
    invited = tuple(sorted(set(move.command.co_department_ids)))
    return {
        "department_id": move.department_id,
        "handler_id": None,
        "answerable_id": move.case.answerable_id or move.department_id,
        "co_departments": invited,
        "co_waiting": invited,
    }


def _object(move: Move) -> Facts:
    return {"department_id": None, **NO_HELP}


def _recall(move: Move) -> Facts:
    """The desk takes back its own step: a department that never answered for it is let go."""
    case = move.case
    kept = None if case.answerable_id == case.department_id else case.answerable_id
    return {"department_id": None, "answerable_id": kept, **NO_HELP}


def _sign(move: Move) -> Facts:
    return {"answerable_id": move.case.department_id}


def _invite(move: Move) -> Facts:
    case, invited = move.case, set(move.command.co_department_ids)
    return {
        "co_departments": tuple(sorted({*case.co_departments, *invited})),
        "co_waiting": tuple(sorted({*case.co_waiting, *invited})),
    }


def _release(move: Move) -> Facts:
    case, gone = move.case, {move.department_id}
    return {
        "co_departments": tuple(sorted({*case.co_departments} - gone)),
        "co_waiting": tuple(sorted({*case.co_waiting} - gone)),
    }


def _countersign(move: Move) -> Facts:
    return {"co_waiting": tuple(sorted({*move.case.co_waiting} - {move.actor.department_id}))}


def _ask_suspension(move: Move) -> Facts:
    return {"asked": Asked.SUSPENSION, "asked_by_id": move.actor.user_id, "approver_id": None}


def _ask_extension(move: Move) -> Facts:
    asked = {"asked": Asked.EXTENSION, "asked_by_id": move.actor.user_id, "approver_id": None}
    return asked | {"asked_days": move.command.days}


def _suspend(move: Move) -> Facts:
    return {**NOT_ASKED, "approver_id": move.actor.user_id, "suspensions": move.case.suspensions + 1}


def _extend(move: Move) -> Facts:
    case = move.case
    due_at = moved_by_days(case.due_at, case.asked_days or 0, move.clock, move.calendar)
    given = {"approver_id": move.actor.user_id, "extensions": case.extensions + 1, "due_at": due_at}
    return NOT_ASKED | given


def _refuse(move: Move) -> Facts:
    return {**NOT_ASKED, "approver_id": move.actor.user_id}


def _resume(move: Move) -> Facts:
    case = move.case
    due_at = extended(
        case.due_at,
        move.clock,
        suspended_at=case.stage_started_at,
        resumed_at=move.at,
        calendar=move.calendar,
    )
    return {"due_at": due_at}


def _feed_back(move: Move) -> Facts:
    return {"fed_back_m": move.distance_m, "resumed_by_id": None}


def _transfer(move: Move) -> Facts:
    return {"department_id": move.department_id or move.case.department_id}


def _send_back(move: Move) -> Facts:
    return {"department_id": move.case.answerable_id or move.case.department_id}


def _confirm_resume(move: Move) -> Facts:
    return {"resumed_by_id": move.actor.user_id}


def _pass(move: Move) -> Facts:
    return {"verifier_id": move.actor.user_id}


def _fail(move: Move) -> Facts:
    return {"rework": move.case.rework + 1, "fed_back_m": None, "resumed_by_id": None}


def _reopen(move: Move) -> Facts:
    cleared = {"verifier_id": None, "fixed_on_spot": False, "fed_back_m": None, "resumed_by_id": None}
    if move.department_id is None:
        return cleared
    return cleared | {"department_id": move.department_id, "answerable_id": move.department_id}


SPECIAL: Mapping[Action, Callable[[Move], Facts]] = {
    Action.MERGE: _merge,
    Action.UNMERGE: _unmerge,
    Action.DISPATCH: _dispatch,
    Action.OBJECT: _object,
    Action.RECALL: _recall,
    Action.SIGN: _sign,
    Action.INVITE: _invite,
    Action.RELEASE: _release,
    Action.COUNTERSIGN: _countersign,
    Action.ASK_SUSPENSION: _ask_suspension,
    Action.ASK_EXTENSION: _ask_extension,
    Action.SUSPEND: _suspend,
    Action.EXTEND: _extend,
    Action.REFUSE_REQUEST: _refuse,
    Action.RESUME: _resume,
    Action.FEED_BACK: _feed_back,
    Action.TRANSFER: _transfer,
    Action.TRANSFER_BACK: _feed_back,
    Action.SEND_BACK: _send_back,
    Action.CONFIRM_RESUME: _confirm_resume,
    Action.PASS: _pass,
    Action.FAIL: _fail,
    Action.REOPEN: _reopen,
}
