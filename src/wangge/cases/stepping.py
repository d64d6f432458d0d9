"""One step on one case: the new facts and the sealed event. Pure; the world it looks at is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.cases.chain import Event, photos_said, seal
from wangge.cases.deadlines import Calendars, deadline_if_known, extended
from wangge.cases.rules import (
    ENDED,
    Action,
    CaseFacts,
    Need,
    NeedMissing,
    Status,
    check_four_eyes,
    check_role,
    check_visible,
    list_needs,
    step,
)
from wangge.cases.schemas import StepCommand
from wangge.cases.wording import NEED_ZH
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable, VersionConflict
from wangge.kernel.paths import is_within
from wangge.matters.rules import Clock, Clocks

SIGNS = frozenset({Action.SIGN, Action.FEED_BACK, Action.TRANSFER, Action.TRANSFER_BACK})


@dataclass(frozen=True, slots=True)
class World:
    """What a step looks at beside its case."""

    calendars: Calendars
    stage_clocks: Clocks
    matter_clocks: Mapping[str, Clock]
    departments: Mapping[int, str]  # id -> territory path
    suggested: Mapping[UUID, int | None]  # case -> department of its route
    others: Mapping[UUID, CaseFacts]  # every case that the batch names
    photo_facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what each says (KE-19)


def take(case: CaseFacts | None, command: StepCommand, actor: Actor, world: World) -> tuple[CaseFacts, Event]:
    """Return the case after `command`, and its event.

    Raises: NotVisible, NotYourRole, VersionConflict, StepNotAllowed, SamePerson, NeedMissing, Unreadable.
    Rule:   CS-2 … CS-7, asked in the order 404, 403, 409, 422.
    """
    case = check_visible(case, actor)
    check_role(command.action, actor, department_id=case.department_id)
    if command.base_version != case.version:
        raise VersionConflict(current=case.version, given=command.base_version)
    after = step(case.status, command.action)
    check_four_eyes(
        command.action, actor_id=actor.user_id, reporter_id=case.reporter_id, handler_id=case.handler_id
    )
    department_id = _department(case, command, world)
    _check_needs(case, command, department_id)
    if command.action is Action.MERGE:
        _check_target(case, command, actor, world)
    at = max(command.at, case.stage_started_at)  # a phone's clock never turns a case back
    changed = _changes(case, command, actor, world, after, department_id, at)
    facts: dict[str, Any] = {name: value for name, value in changed.items() if value != getattr(case, name)}
    event = seal(
        case.chain_head,
        id=command.id,
        case_id=case.id,
        seq=case.event_count + 1,
        action=command.action.value,
        before=case.status.value,
        after=after.value,
        actor_id=actor.user_id,
        actor_name=actor.name,
        role=actor.role,
        at=at,
        detail=_detail(command, facts, world),
    )
    counted: dict[str, Any] = {
        "version": case.version + 1,
        "event_count": event.seq,
        "chain_head": event.hash,
    }
    return replace(case, **facts, **counted), event


def _detail(command: StepCommand, facts: Mapping[str, Any], world: World) -> dict[str, Any]:
    told: dict[str, Any] = {"facts": {name: value for name, value in facts.items() if name != "status"}}
    if command.reason:
        told["reason"] = command.reason
    if command.photos:
        told["photos"] = command.photos
        told |= photos_said(command.photos, world.photo_facts)
    if command.lon is not None and command.lat is not None:
        told["point_wgs84"] = [command.lon, command.lat]
    return told


def _department(case: CaseFacts, command: StepCommand, world: World) -> int | None:
    """Return whom the step sends the case to: the named department, else the route's suggestion (MA-1)."""
    if Need.DEPARTMENT not in list_needs(command.action, case):
        return None
    chosen = command.department_id or world.suggested.get(case.id)
    if chosen is None:
        return None
    path = world.departments.get(chosen)
    if path is None or not is_within(case.grid_path, path):
        raise Unreadable(
            field="department_id",
            why_zh="该部门不负责案件所在的区域",
            why_en="this department does not cover the place of the case",
        )
    return chosen


def _check_needs(case: CaseFacts, command: StepCommand, department_id: int | None) -> None:
    given = {
        Need.REASON: bool(command.reason.strip()),
        Need.PHOTOS: bool(command.photos),
        Need.DEPARTMENT: department_id is not None,
        Need.CASE: command.merged_into is not None,
    }
    missing = [need for need in list_needs(command.action, case) if not given[need]]
    if missing:
        raise NeedMissing(need=", ".join(missing), need_zh="、".join(NEED_ZH[need] for need in missing))


def _check_target(case: CaseFacts, command: StepCommand, actor: Actor, world: World) -> None:
    """A case is merged into another one that the same person sees and that goes on."""
    target = check_visible(world.others.get(command.merged_into) if command.merged_into else None, actor)
    if target.id == case.id or target.status in ENDED:
        raise Unreadable(
            field="merged_into",
            why_zh="只能并入另一个尚未结束的案件",
            why_en="merge into another case that is still open",
        )


def _changes(
    case: CaseFacts,
    command: StepCommand,
    actor: Actor,
    world: World,
    after: Status,
    department_id: int | None,
    at: datetime,
) -> dict[str, Any]:
    """Return the facts as they stand after the step; what did not change is dropped by the caller."""
    action, calendar = command.action, world.calendars.of(case.grid_path)
    changed: dict[str, Any] = {
        "status": after,
        "stage_started_at": at,
        "stage_due_at": deadline_if_known(at, world.stage_clocks.get(after), calendar),
        "closed_at": at if after in ENDED else None,
    }
    if department_id is not None:
        changed |= {"department_id": department_id}
    if action is Action.DISPATCH:
        changed |= {"handler_id": None}
    elif action is Action.OBJECT:
        changed |= {"department_id": None}
    elif action in SIGNS:
        changed |= {"handler_id": actor.user_id}
    elif action is Action.PASS:
        changed |= {"verifier_id": actor.user_id}
    elif action is Action.FAIL:
        changed |= {"rework": case.rework + 1}
    elif action is Action.REOPEN:
        changed |= {"verifier_id": None, "fixed_on_spot": False}
    elif action is Action.MERGE:
        changed |= {"merged_into_id": command.merged_into}
    elif action is Action.RESUME:
        changed |= {
            "due_at": extended(
                case.due_at,
                world.matter_clocks.get(case.matter_code),
                suspended_at=case.stage_started_at,
                resumed_at=at,
                calendar=calendar,
            )
        }
    return changed
