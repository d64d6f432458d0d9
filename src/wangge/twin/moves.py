"""What simulated people do next with a case. Pure: the seed, the case's id and its version decide."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.cases.rules import Action, Channel, Status
from wangge.cases.schemas import StepCommand
from wangge.kernel.actor import Actor
from wangge.kernel.distance import Point
from wangge.kernel.ids import id_at
from wangge.matters.rules import PowerRow
from wangge.matters.schemas import MatterOut, PowerOut
from wangge.twin.behaviour import Behaviour
from wangge.twin.cast import Cast
from wangge.twin.photos import Album, choose_phone

TAKEN_BY = {  # who takes a step that is not the handler's
    Action.ACCEPT: (Role.DISPATCHER,),
    Action.REJECT: (Role.DISPATCHER,),
    Action.DISPATCH: (Role.DISPATCHER,),
    Action.SUSPEND: (Role.DISPATCHER,),
    Action.CONFIRM_RESUME: (Role.GRID_CHIEF, Role.SUPERVISOR),
    Action.PASS: (Role.GRID_CHIEF, Role.SUPERVISOR),
}
AT_ONCE_HOURS = 4.0  # a matter without a limit of its own is taken to be fixed within half a day
HOURS_A_WORKING_DAY = 9.5

PHOTOGRAPHED = {
    Action.FEED_BACK,
    Action.TRANSFER_BACK,
    Action.CONFIRM_RESUME,
    Action.PASS,
    Action.FAIL,
}

REASONS = {
    Action.REJECT: "经核实不属实",
    Action.MERGE: "同一场所同一问题，并案处理",
    Action.OBJECT: "不属本部门职责，请改派",
    Action.ASK_SUSPENSION: "整改需停业施工，申请挂起",
    Action.SUSPEND: "情况属实，同意",
    Action.TRANSFER: "拒不整改，移交执法",
    Action.CONFIRM_RESUME: "设备已修复并试运行，可以恢复",
    Action.PASS: "已到现场核实，整改到位",
    Action.FAIL: "现场复查，问题仍在",
    Action.REOPEN: "回访发现问题反弹",
}


@dataclass(frozen=True, slots=True)
class Matter:
    """What the twin knows of a matter: who fixes it and how long that may take."""

    code: str
    department_kind: str
    limit_hours: float  # working hours
    stops_operation: bool = False
    is_restricted: bool = False  # seen by named posts only
    enforcers: frozenset[str] = frozenset()  # kinds of office with the power; none: no list speaks of it


def to_matter(matter: MatterOut, powers: Sequence[PowerRow | PowerOut]) -> Matter:
    """Return how long people have for it, in working hours: plain hours count as such, days by 9.5."""
    if matter.fix_hours is not None:
        hours = float(matter.fix_hours)
    else:
        hours = matter.fix_days * HOURS_A_WORKING_DAY or AT_ONCE_HOURS
    kinds = (
        one.department_kind for one in powers if not one.path and matter.code.startswith(one.matter_prefix)
    )
    return Matter(
        matter.code,
        matter.department_kind,
        hours,
        matter.stops_operation,
        matter.is_restricted,
        frozenset(kinds),
    )


@dataclass(slots=True)
class LiveCase:
    """A case as the people on it see it."""

    id: UUID
    path: str
    matter_code: str
    channel: Channel
    venue_id: UUID | None
    reporter_id: int
    status: Status
    since: datetime  # when it came into this status
    version: int = 1
    department_id: int | None = None
    handler_id: int | None = None
    detours: int = 0  # objections, suspensions and transfers: once each case is enough
    reworks: int = 0
    is_asked: bool = False  # a suspension waits for its answer
    is_resumed: bool = False  # what the matter stopped may run again
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A step somebody is going to take."""

    at: datetime
    actor: Actor
    command: StepCommand


Pace = Callable[[datetime, float], datetime]  # when somebody comes to it, some working hours after a moment


@dataclass(frozen=True, slots=True)
class Stage:
    """What a decision may look at."""

    cast: Cast
    habits: Behaviour
    album: Album
    matters: Mapping[str, Matter]
    seed: int
    pace: Pace
    open_twin_of: Callable[[LiveCase], UUID | None]  # an older open case of the same matter at the same place


Choice = tuple[Action, float, Actor | None]  # the action, after how many working hours, by whom


def next_move(case: LiveCase, stage: Stage) -> Move | None:
    """Return the next step on the case, None when nobody will take one.

    Rule: TW-6, TW-7 (four eyes: nobody is asked who has already played another part).
    """
    decide = DECISIONS.get(case.status)
    if decide is None:
        return None
    rng = random.Random(f"{stage.seed}:case:{case.id}:{case.version}")
    choice = decide(case, stage, rng)
    if choice is None:
        return None
    action, hours, actor = choice
    if actor is None:
        return None
    at = stage.pace(case.since, hours)
    return Move(at, actor, _command(case, stage, action, at, rng))


def forced_move(case: LiveCase, stage: Stage, action: Action, at: datetime) -> Move | None:
    """Return `action` at `at`, taken by somebody who may; None if nobody may."""
    rng = random.Random(f"{stage.seed}:forced:{case.id}:{case.version}")
    role = TAKEN_BY.get(action)
    if role is not None:
        actor = stage.cast.choose(role, case.path, rng, but={case.reporter_id, case.handler_id or 0})
    else:
        actor = _handler(case, stage, rng)
    return None if actor is None else Move(at, actor, _command(case, stage, action, at, rng))


def _command(case: LiveCase, stage: Stage, action: Action, at: datetime, rng: random.Random) -> StepCommand:
    photos, department, into = [], None, None
    if action in PHOTOGRAPHED:
        phone, tidy = choose_phone(rng), action is not Action.FAIL
        taken = stage.album.take(case.id, phone, number=case.version, tidy=tidy, at=at, point=case.point)
        photos = [taken]
    elif action is Action.DISPATCH:
        matter = stage.matters[case.matter_code]
        department = stage.cast.office_for(matter.department_kind, case.path, but=case.department_id)
    elif action is Action.MERGE:
        into = stage.open_twin_of(case)
    return StepCommand(
        id=id_at(at, rng),
        case_id=case.id,
        action=action,
        at=at,
        base_version=case.version,
        reason=REASONS.get(action, ""),
        photos=photos,
        department_id=department,
        merged_into=into,
    )


def _when_reported(case: LiveCase, stage: Stage, rng: random.Random) -> Choice:
    desk = stage.habits.desk
    reject = desk.reject_citizen_share if case.channel is Channel.CITIZEN else desk.reject_share
    action = Action.ACCEPT
    if desk.merge_share.happens(rng) and stage.open_twin_of(case) is not None:
        action = Action.MERGE
    elif reject.happens(rng):
        action = Action.REJECT
    return action, desk.accept_hours.draw(rng), _dispatcher(case, stage, rng)


def _when_accepted(case: LiveCase, stage: Stage, rng: random.Random) -> Choice:
    return Action.DISPATCH, stage.habits.desk.dispatch_hours.draw(rng), _dispatcher(case, stage, rng)


def _when_dispatched(case: LiveCase, stage: Stage, rng: random.Random) -> Choice:
    departments = stage.habits.departments
    hours = departments.sign_hours.draw(rng)
    objects = case.detours == 0 and departments.object_share.happens(rng)
    return Action.OBJECT if objects else Action.SIGN, hours, _clerk(case, stage, rng)


def _when_suspended(case: LiveCase, stage: Stage, rng: random.Random) -> Choice:
    return Action.RESUME, stage.habits.desk.suspended_hours.draw(rng), _dispatcher(case, stage, rng)


def _when_handling(case: LiveCase, stage: Stage, rng: random.Random) -> Choice:
    desk, departments = stage.habits.desk, stage.habits.departments
    if case.is_asked:
        return Action.SUSPEND, desk.accept_hours.draw(rng), _dispatcher(case, stage, rng)
    if case.detours == 0 and desk.suspend_share.happens(rng):
        return Action.ASK_SUSPENSION, departments.sign_hours.draw(rng), _handler(case, stage, rng)
    share = departments.fix_share_of_limit.draw(rng)
    if departments.late_share.happens(rng):
        share = max(1.0, departments.late_factor.draw(rng))
    hours = share * stage.matters[case.matter_code].limit_hours
    transfers = case.detours == 0 and departments.transfer_share.happens(rng) and _may_enforce(case, stage)
    return Action.TRANSFER if transfers else Action.FEED_BACK, hours, _handler(case, stage, rng)


def _may_enforce(case: LiveCase, stage: Stage) -> bool:
    """Return whether the office that has the case may enforce: it hands over to itself. Rule: CS-38."""
    kinds = stage.matters[case.matter_code].enforcers
    return not kinds or stage.cast.kind_of(case.department_id) in kinds


def _when_transferred(case: LiveCase, stage: Stage, rng: random.Random) -> Choice:
    hours = stage.habits.departments.enforcement_hours.draw(rng)
    return Action.TRANSFER_BACK, hours, _handler(case, stage, rng)


def _when_verifying(case: LiveCase, stage: Stage, rng: random.Random) -> Choice:
    judges = stage.habits.judges
    nearest: tuple[Role, ...] = (Role.GRID_MEMBER, Role.GRID_CHIEF, Role.SUPERVISOR)
    roles = nearest if judges.member_share.happens(rng) else nearest[1:]
    if stage.matters[case.matter_code].is_restricted:
        roles = (Role.SUPERVISOR,)  # nobody is asked who does not see the case
    barred = {case.reporter_id, case.handler_id or 0}
    action = Action.FAIL if judges.fail_share.happens(rng) else Action.PASS
    if action is Action.PASS and stage.matters[case.matter_code].stops_operation and not case.is_resumed:
        action = Action.CONFIRM_RESUME
    judge = stage.cast.choose(roles, case.path, rng, but=barred)
    return action, judges.verify_hours.draw(rng), judge


def _when_closed(case: LiveCase, stage: Stage, rng: random.Random) -> Choice | None:
    judges = stage.habits.judges
    if case.handler_id is None or case.reworks or not judges.reopen_share.happens(rng):
        return None
    supervisor = stage.cast.choose((Role.SUPERVISOR,), case.path, rng, but={case.reporter_id})
    return Action.REOPEN, judges.reopen_hours.draw(rng), supervisor


def _dispatcher(case: LiveCase, stage: Stage, rng: random.Random) -> Actor | None:
    return stage.cast.choose((Role.DISPATCHER,), case.path, rng)


def _clerk(case: LiveCase, stage: Stage, rng: random.Random) -> Actor | None:
    if case.department_id is None:
        return None
    return stage.cast.clerk(case.department_id, case.path, rng, but={case.reporter_id})


def _handler(case: LiveCase, stage: Stage, rng: random.Random) -> Actor | None:
    """The one who signed; a case opened again by somebody else's word keeps its handler."""
    return stage.cast.people.get(case.handler_id or 0) or _clerk(case, stage, rng)


DECISIONS: Mapping[Status, Callable[[LiveCase, Stage, random.Random], Choice | None]] = {
    Status.REPORTED: _when_reported,
    Status.ACCEPTED: _when_accepted,
    Status.DISPATCHED: _when_dispatched,
    Status.SUSPENDED: _when_suspended,
    Status.HANDLING: _when_handling,
    Status.TRANSFERRED: _when_transferred,
    Status.VERIFYING: _when_verifying,
    Status.CLOSED: _when_closed,
}
