"""Who stands in for whom while somebody is away. Rule: AC-13 … AC-15, TE-33, TE-34."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wangge.accounts import services as accounts
from wangge.accounts.services import Leave, NewLeave
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused
from wangge.kernel.fates import Fate
from wangge.territory import queries
from wangge.territory.candidates import Candidate, Led, grids_of, list_candidates
from wangge.territory.leave_schemas import LeaveDone, LeaveIn, SubstituteIn
from wangge.territory.models import Duty, GridMember


class SubstituteAway(Refused):
    code = "territory.substitute_away"
    zh = "{name} 在这些日子里有 {days} 天也不在岗，不能顶岗。请另选一人。"
    en = "{name} is away too on {days} of these days and cannot stand in. Choose somebody else."


class NotOffered(Refused):
    code = "territory.substitute_not_offered"
    zh = "顶岗人须是本网格的副手，或相邻网格的网格员。请从候选名单中选择。"
    en = "Whoever stands in is a deputy of the grid or a member of a neighbouring one. Choose from the list."


def take_leaves(commands: Sequence[LeaveIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Write down leaves, one fate each, in order. Rule: AC-13, KE-17 (a retry is the same leave)."""

    def settle(fresh: Sequence[LeaveIn]) -> dict[UUID, Fate]:
        fates = {}
        for command in fresh:
            try:
                done = take_leave(command, actor=actor, at=at)
            except Refused as refusal:
                fates[command.id] = Fate.refused(command.id, refusal)
            else:
                fates[command.id] = Fate.applied(command.id, uncovered=done.uncovered)
        return fates

    return batches.apply_once(commands, settle, kind="staff.leave", actor=actor, at=at)


@transaction.atomic
def take_leave(command: LeaveIn, *, actor: Actor, at: datetime) -> LeaveDone:
    """Write down a leave and who stands in for it, grid by grid.

    Raises: what `accounts.enter_leave` raises; NotVisible for a grid that the person does not lead;
            NotOffered, SubstituteAway, PostsClash.
    Rule:   AC-13, AC-15, TE-33.
    """
    user_id = actor.user_id if command.user_id is None else command.user_id
    new = NewLeave(command.id, user_id, command.kind, command.starts_on, command.ends_on, command.note)
    leave = accounts.enter_leave(new, actor=actor, at=at)
    for one in command.substitutes:
        _begin(leave, one, starts_on=leave.starts_on, actor=actor, at=at)
    return _done(leave)


@transaction.atomic
def name_substitute(leave_id: UUID, one: SubstituteIn, *, actor: Actor, at: datetime) -> LeaveDone:
    """Let somebody stand in, or somebody else from today on; no person: nobody from today on.

    Raises: NotVisible, NotYourRole, LeaveGone, LeaveOver, NotOffered, SubstituteAway, PostsClash.
    Rule:   TE-33.
    """
    today = at.astimezone(CHINA).date()
    leave = accounts.lock_leave(leave_id, actor=actor, on=today)
    accounts.check_not_over(leave, on=today)
    starts_on = max(today, leave.starts_on)
    before = GridMember.objects.filter(leave=leave, layer=one.layer, path=one.path, ends_on__gt=starts_on)
    for member in before.select_for_update():
        if member.user_id == one.user_id:
            return _done(leave)
        _cut([member], starts_on)
        accounts.take_back_lent(leave, member.user_id, member.path, on=starts_on)
    if one.user_id is not None:
        _begin(leave, one, starts_on=starts_on, actor=actor, at=at)
    return _done(leave)


def offer_of(user_id: int, starts_on: date, ends_on: date, *, at: datetime) -> dict[Led, list[Candidate]]:
    """Return who may stand in for somebody, grid by grid, without those who are away. Rule: TE-33."""
    return {
        grid: [one for one in list_candidates(grid, user_id, starts_on, ends_on, at=at) if not one.days_away]
        for grid in grids_of(user_id, starts_on, ends_on)
    }


def _begin(leave: Leave, one: SubstituteIn, *, starts_on: date, actor: Actor, at: datetime) -> None:
    if one.user_id is None:
        return
    mine = {(grid.layer, grid.path): grid for grid in grids_of(leave.user_id, starts_on, leave.ends_on)}
    if (one.layer, one.path) not in mine:
        raise NotVisible()
    offered = list_candidates(mine[one.layer, one.path], leave.user_id, starts_on, leave.ends_on, at=at)
    chosen = next((candidate for candidate in offered if candidate.user_id == one.user_id), None)
    if chosen is None:
        raise NotOffered()
    if chosen.days_away:
        raise SubstituteAway(name=chosen.name, days=chosen.days_away)
    GridMember.objects.create(
        path=one.path,
        layer=one.layer,
        user_id=one.user_id,
        duty=Duty.SUBSTITUTE,
        starts_on=starts_on,
        ends_on=leave.ends_on,
        leave=leave,
    )
    name = queries.names_of([one.path]).get(one.path, one.path)
    accounts.lend_post(leave, one.user_id, one.path, name, starts_on=starts_on, actor=actor, at=at)
    detail = {"user": one.user_id, "duty": Duty.SUBSTITUTE.value, "leave": str(leave.pk)}
    audit.record([("territory.stand_in", "grid", one.path, detail)], actor=actor, at=at)


@transaction.atomic
def end_leave(leave_id: UUID, ends_on: date, *, actor: Actor, at: datetime) -> LeaveDone:
    """Let somebody be back earlier: from that day on all is as it was. Rule: AC-14, TE-33."""
    leave = accounts.end_leave(leave_id, ends_on, actor=actor, at=at)
    _cut(list(GridMember.objects.select_for_update().filter(leave=leave, ends_on__gt=ends_on)), ends_on)
    return _done(leave)


@transaction.atomic
def withdraw_leave(leave_id: UUID, *, actor: Actor, at: datetime) -> LeaveDone:
    """Take back a leave that has not begun, with everybody who would have stood in. Rule: AC-14."""
    leave = accounts.withdraw_leave(leave_id, actor=actor, at=at)
    GridMember.objects.filter(leave=leave).delete()
    return _done(leave)


def _cut(members: Sequence[GridMember], ends_on: date) -> None:
    gone = [one.pk for one in members if one.starts_on >= ends_on]
    GridMember.objects.filter(pk__in=gone).delete()
    GridMember.objects.filter(pk__in=[one.pk for one in members if one.pk not in gone]).update(
        ends_on=ends_on
    )


def _done(leave: Leave) -> LeaveDone:
    """Return what the leave leaves open: the grids that somebody leads and nobody stands in for."""
    if leave.withdrawn_at is not None:
        return LeaveDone(leave_id=leave.pk, uncovered=[])
    led = {(grid.layer, grid.path) for grid in grids_of(leave.user_id, leave.starts_on, leave.ends_on)}
    last = leave.ends_on - timedelta(days=1)
    there = GridMember.objects.filter(Q(ends_on__gt=last), leave=leave)
    covered = set(there.values_list("layer", "path"))
    return LeaveDone(leave_id=leave.pk, uncovered=sorted(path for _, path in led - covered))
