"""What must be true of a case before a step, beside its row in the table (CS-30 … CS-36). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wangge.cases.deadlines import Calendar, deadline_if_known
from wangge.cases.refusals import (
    AskedAlready,
    CountersignMissing,
    HasMerged,
    LimitReached,
    NothingAsked,
    NothingStopped,
    ResumeUnconfirmed,
    TooLate,
)
from wangge.cases.rules import (
    STEPS,
    Action,
    Asked,
    CaseFacts,
    Need,
    can_see,
    check_four_eyes,
    check_role,
    list_needs,
    step,
)
from wangge.cases.wording import ACTION_ZH, ASKED_ZH
from wangge.kernel.actor import Actor
from wangge.kernel.clock import deadline_words
from wangge.kernel.errors import Refused
from wangge.matters.rules import Clock, Limits


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of a step by the house's clock (CS-41): what the pack allows, the calendar, the time."""

    limits: Limits
    calendar: Calendar
    at: datetime


def check_conditions(action: Action, case: CaseFacts, now: Now) -> None:
    """Refuse a step whose time has not come or is over.

    Raises: TooLate, CountersignMissing, AskedAlready, NothingAsked, LimitReached, ResumeUnconfirmed,
            NothingStopped, HasMerged.
    Rule:   CS-30, CS-31, CS-33, CS-34, CS-35, CS-36.
    """
    condition = CONDITIONS.get(action)
    if condition is not None:
        condition(action, case, now)


def allowed_actions(case: CaseFacts, actor: Actor, now: Now) -> list[tuple[Action, tuple[Need, ...]]]:
    """Return what this person may do with this case now, and what each step needs (CS-2 … CS-5)."""
    if not can_see(actor, case):
        return []
    return [
        (action, list_needs(action, case, same_place_m=now.limits.same_place_m))
        for status, action in STEPS
        if status is case.status and _can_take(case, action, actor, now)
    ]


def _can_take(case: CaseFacts, action: Action, actor: Actor, now: Now) -> bool:
    try:
        step(case.status, action)
        check_role(action, actor, case)
        check_four_eyes(action, case, actor_id=actor.user_id)
        check_conditions(action, case, now)
    except Refused:
        return False
    return True


def _in_window(action: Action, since: datetime, working_days: int | None, now: Now) -> None:
    """A window whose year nobody knows is open: no right is lost for it."""
    if working_days is None:
        return
    until = deadline_if_known(since, Clock(working_days, None), now.calendar)
    if until is not None and now.at >= until:
        day, clock_time = deadline_words(until)
        said = f"{day} {clock_time}"
        raise TooLate(action=action, action_zh=ACTION_ZH[action], until=said)


def _object(action: Action, case: CaseFacts, now: Now) -> None:
    _in_window(action, case.stage_started_at, now.limits.object_working_days, now)


def _reopen(action: Action, case: CaseFacts, now: Now) -> None:
    if case.closed_at is not None:
        _in_window(action, case.closed_at, now.limits.reopen_working_days, now)


def _ask(action: Action, case: CaseFacts, now: Now) -> None:
    if case.asked:
        raise AskedAlready(asked=case.asked, asked_zh=ASKED_ZH[case.asked])
    done, most, asked = (
        (case.suspensions, now.limits.suspensions, Asked.SUSPENSION)
        if action is Action.ASK_SUSPENSION
        else (case.extensions, now.limits.extensions, Asked.EXTENSION)
    )
    if done >= most:
        raise LimitReached(asked=asked, asked_zh=ASKED_ZH[asked], most=most)


def _answer(action: Action, case: CaseFacts, now: Now) -> None:
    wanted = {Action.SUSPEND: Asked.SUSPENSION, Action.EXTEND: Asked.EXTENSION}.get(action)
    if not case.asked or (wanted is not None and case.asked is not wanted):
        asked = wanted or Asked.NOTHING
        raise NothingAsked(asked=asked or "anything", asked_zh=ASKED_ZH.get(asked, ""))


def _all_countersigned(action: Action, case: CaseFacts, now: Now) -> None:
    if case.co_waiting:
        raise CountersignMissing(count=len(case.co_waiting))


def _pass(action: Action, case: CaseFacts, now: Now) -> None:
    if case.stops_operation and case.resumed_by_id is None:
        raise ResumeUnconfirmed()


def _confirm(action: Action, case: CaseFacts, now: Now) -> None:
    if not case.stops_operation or case.resumed_by_id is not None:
        raise NothingStopped()


def _merge(action: Action, case: CaseFacts, now: Now) -> None:
    if case.absorbed:
        raise HasMerged(count=case.absorbed)


def _release(action: Action, case: CaseFacts, now: Now) -> None:
    if not case.co_waiting:
        raise NothingAsked(asked="countersigning", asked_zh="会签")


CONDITIONS: Mapping[Action, Callable[[Action, CaseFacts, Now], None]] = {
    Action.OBJECT: _object,
    Action.REOPEN: _reopen,
    Action.ASK_SUSPENSION: _ask,
    Action.ASK_EXTENSION: _ask,
    Action.SUSPEND: _answer,
    Action.EXTEND: _answer,
    Action.REFUSE_REQUEST: _answer,
    Action.FEED_BACK: _all_countersigned,
    Action.TRANSFER_BACK: _all_countersigned,
    Action.RELEASE: _release,
    Action.PASS: _pass,
    Action.CONFIRM_RESUME: _confirm,
    Action.MERGE: _merge,
}
