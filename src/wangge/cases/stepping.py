"""One step on one case: the new facts and the sealed event. Pure; the world it looks at is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from wangge.accounts.schemas import DepartmentOut
from wangge.cases.chain import DERIVED, Event, as_text, photos_said, seal
from wangge.cases.conditions import Now, check_conditions
from wangge.cases.deadlines import Calendars
from wangge.cases.moving import Move, changes
from wangge.cases.placing import sent_from_m
from wangge.cases.reclassifying import NOTHING_INSTALLED, Catalogue, Past, reclassified
from wangge.cases.refusals import NoPower
from wangge.cases.rules import (
    ENDED,
    MAY,
    Action,
    CaseFacts,
    Need,
    NeedMissing,
    check_four_eyes,
    check_role,
    check_visible,
    is_near,
    list_needs,
    step,
)
from wangge.cases.schemas import StepCommand
from wangge.cases.wording import NEED_ZH
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable, VersionConflict
from wangge.kernel.paths import is_within
from wangge.matters.rules import Clock, Clocks, Limits, PowerRow

INVITES = frozenset({Action.DISPATCH, Action.INVITE})
LATE = timedelta(minutes=5)  # CS-41: later than this after its claimed time, the arrival is noted


@dataclass(frozen=True, slots=True)
class World:
    """What a step looks at beside its case."""

    calendars: Calendars
    stage_clocks: Clocks
    matter_clocks: Mapping[str, Clock]
    departments: Mapping[int, DepartmentOut]
    suggested: Mapping[UUID, int | None]  # case -> department of its route
    others: Mapping[UUID, CaseFacts]  # every case that the batch names
    photo_facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what each says (KE-19)
    limits: Limits = field(default_factory=Limits)
    powers: Mapping[UUID, Mapping[str, PowerRow]] = field(default_factory=dict)  # case -> kind -> its row
    rules: Catalogue = NOTHING_INSTALLED
    pasts: Mapping[UUID, Past] = field(default_factory=dict)  # by command: another matter


def take(
    case: CaseFacts | None, command: StepCommand, actor: Actor, world: World, received_at: datetime
) -> tuple[CaseFacts, Event]:
    """Return the case after `command`, and its event.

    `received_at` is the house's own clock: it closes windows, whatever time the command claims.

    Raises: NotVisible, NotYourRole, VersionConflict, StepNotAllowed, SamePerson, what `check_conditions`
            raises, NeedMissing, Unreadable.
    Rule:   CS-2 … CS-8, CS-30 … CS-36, CS-41, asked in the order 404, 403, 409, 422.
    """
    case, action = check_visible(case, actor), command.action
    check_role(action, actor, case)
    if command.base_version != case.version:
        raise VersionConflict(current=case.version, given=command.base_version)
    after = step(case.status, action, came_from=case.came_from)
    check_four_eyes(action, case, actor_id=actor.user_id)
    at = max(command.at, case.stage_started_at)  # a phone's clock never turns a case back
    calendar = world.calendars.of(case.grid_path)
    check_conditions(action, case, Now(world.limits, calendar, received_at))
    move = Move(
        case=case,
        command=command,
        actor=actor,
        at=at,
        department_id=_department(case, command, world),
        distance_m=sent_from_m(case, command, world.photo_facts),
        calendar=calendar,
        clock=world.matter_clocks.get(case.matter_code),
    )
    _check_needs(move, world.limits)
    if action in INVITES:
        _check_invited(move, world)
    if action is Action.TRANSFER:
        _check_power(move, world)
    if action is Action.MERGE:
        _check_target(case, command, actor, world)
    changed = changes(move, after, world.stage_clocks)
    why: dict[str, Any] = {}
    if received_at - command.at > LATE:
        why["received_at"] = as_text(received_at)
    if action is Action.RECLASSIFY:
        other, moved = reclassified(case, command.matter_code, world.rules, world.pasts[command.id], calendar)
        changed |= other
        why |= moved
    return _taken(move, changed, why, world)


def _taken(
    move: Move, changed: Mapping[str, Any], why: Mapping[str, Any], world: World
) -> tuple[CaseFacts, Event]:
    case, command, actor = move.case, move.command, move.actor
    facts: dict[str, Any] = {name: value for name, value in changed.items() if value != getattr(case, name)}
    event = seal(
        case.chain_head,
        id=command.id,
        case_id=case.id,
        seq=case.event_count + 1,
        action=command.action.value,
        before=case.status.value,
        after=changed["status"].value,
        actor_id=actor.user_id,
        actor_name=actor.name,
        role=actor.role,
        at=move.at,
        detail={**_detail(move, facts, world), **why},
    )
    counted: dict[str, Any] = {
        "version": case.version + 1,
        "event_count": event.seq,
        "chain_head": event.hash,
    }
    return case._replace(**facts, **counted), event


def _detail(move: Move, facts: Mapping[str, Any], world: World) -> dict[str, Any]:
    """Return what the step carried, and the facts it changed, but for those that every event implies."""
    command = move.command
    told: dict[str, Any] = {"facts": {name: value for name, value in facts.items() if name not in DERIVED}}
    if command.reason:
        told["reason"] = command.reason
    if command.photos:
        told["photos"] = command.photos
        told |= photos_said(command.photos, world.photo_facts)
    if command.lon is not None and command.lat is not None:
        told["point_wgs84"] = [command.lon, command.lat]
    if move.distance_m is not None:
        told["distance_m"] = move.distance_m
    if command.action is Action.ASK_EXTENSION:
        told["days"] = command.days
    if command.action in INVITES and command.co_department_ids:
        told["co_departments"] = sorted(command.co_department_ids)
    if command.action is Action.COUNTERSIGN:
        told["for_department"] = move.actor.department_id
    elif command.action is Action.RELEASE:
        told["for_department"] = move.department_id
    return told


def _department(case: CaseFacts, command: StepCommand, world: World) -> int | None:
    """Return whom the step names: the given department, else, where one is needed, the route's (MA-1)."""
    action = command.action
    needed = Need.DEPARTMENT in list_needs(action, case)
    if not needed and Need.DEPARTMENT not in MAY.get(action, ()):
        return None
    if action is Action.RELEASE:
        return _released(case, command)
    chosen = command.department_id or (world.suggested.get(case.id) if needed else None)
    if chosen is None:
        return None
    _check_covers(case, chosen, world, "department_id")
    if chosen in case.co_departments or chosen in command.co_department_ids:
        raise Unreadable(
            field="department_id",
            why_zh="主办部门不能同时是协办部门",
            why_en="the lead cannot be a co-handling department too",
        )
    return chosen


def _released(case: CaseFacts, command: StepCommand) -> int | None:
    if command.department_id is not None and command.department_id not in case.co_waiting:
        raise Unreadable(
            field="department_id",
            why_zh="该部门不在等待会签的部门之列",
            why_en="this department is not one that has to countersign",
        )
    return command.department_id


def _check_covers(case: CaseFacts, department_id: int, world: World, field: str) -> None:
    department = world.departments.get(department_id)
    if department is None or not is_within(case.grid_path, department.path):
        raise Unreadable(
            field=field,
            why_zh="该部门不负责案件所在的区域",
            why_en="this department does not cover the place of the case",
        )


def _check_invited(move: Move, world: World) -> None:
    for department_id in move.command.co_department_ids:
        _check_covers(move.case, department_id, world, "co_department_ids")
        if department_id == move.case.department_id:
            raise Unreadable(
                field="co_department_ids",
                why_zh="主办部门不能同时是协办部门",
                why_en="the lead cannot be a co-handling department too",
            )


def _check_power(move: Move, world: World) -> None:
    """A hand-over goes to a body with the power, where the list speaks of the matter. Rule: CS-38 (SX-05)."""
    powers = world.powers.get(move.case.id)
    if not powers:
        return
    lead = move.department_id or move.case.department_id
    department = world.departments.get(lead) if lead else None
    if department is None or department.kind not in powers:
        raise NoPower(
            there="; ".join(row.name_en for row in powers.values()),
            there_zh="；".join(row.name_zh for row in powers.values()),
        )


def _check_needs(move: Move, limits: Limits) -> None:
    case, command = move.case, move.command
    needs = list_needs(command.action, case, same_place_m=limits.same_place_m)
    given = {
        Need.REASON: bool(command.reason.strip())
        or (command.action is Action.PASS and is_near(move.distance_m, limits.same_place_m)),
        Need.PHOTOS: bool(command.photos),
        Need.DEPARTMENT: move.department_id is not None,
        Need.DEPARTMENTS: bool(command.co_department_ids),
        Need.CASE: command.merged_into is not None,
        Need.DAYS: command.days is not None,
        Need.MATTER: bool(command.matter_code),
    }
    missing = [need for need in needs if not given[need]]
    if missing:
        raise NeedMissing(need=", ".join(missing), need_zh="、".join(NEED_ZH[need] for need in missing))
    if command.days is not None and command.days > limits.extension_days:
        raise Unreadable(
            field="days",
            why_zh=f"一次最多延期 {limits.extension_days} 个工作日",
            why_en=f"one extension is at most {limits.extension_days} working days",
        )


def _check_target(case: CaseFacts, command: StepCommand, actor: Actor, world: World) -> None:
    """A case is merged into another one that the same person sees and that goes on."""
    target = check_visible(world.others.get(command.merged_into) if command.merged_into else None, actor)
    if target.id == case.id or target.status in ENDED:
        raise Unreadable(
            field="merged_into",
            why_zh="只能并入另一个尚未结束的案件",
            why_en="merge into another case that is still open",
        )
