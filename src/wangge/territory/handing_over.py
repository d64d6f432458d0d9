"""A post ends and what is open goes on, in one command that can be undone. Rule: TE-36, TE-37."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.accounts import services as posts
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.territory.handover_models import Handover, HandoverItem
from wangge.territory.handover_schemas import HandoverIn
from wangge.territory.keepers import Given, Giving, Keeper, Leaver
from wangge.territory.models import Duty, GridMember

GRANT = "accounts.grant"
WHOLE = 2_000  # items written at once


class SuccessorUnfit(Refused):
    code = "territory.successor_unfit"
    zh = "接手人自 {on} 起须在同一辖区担任同类岗位（部门承办人须为同一部门）。请另选一人，或先任命。"
    en = "A successor holds a like post there (handlers: same department) from {on}. Choose or appoint one."


class ActedOn(Refused):
    code = "territory.handover_acted_on"
    zh = "交接后已有 {count} 件被办理或再次变动（如 {first}），不能整体撤销。请逐件调整。"
    en = "{count} of these were worked on since (such as {first}), so all stays. Change them one by one."


class HandoverUndone(Refused):
    code = "territory.handover_undone"
    zh = "这次交接已于 {at} 撤销。"
    en = "This handover was undone on {at}."


class HandoverOver(Refused):
    code = "territory.handover_over"
    zh = "岗位已于 {on} 结束，不能再撤销交接。如需恢复，请重新任命。"
    en = "The post ended on {on}; the handover stays. To go on, appoint the person anew."


def hand_over_many(
    commands: Sequence[HandoverIn], *, keepers: Sequence[Keeper], actor: Actor, at: datetime
) -> list[Fate]:
    """End posts and give on what is open, one fate each, in order: a whole street may change hands.

    Raises: TooMany; nothing for a single command: a refusal is a fate, and writes nothing of its own.
    Rule:   TE-36, KE-17.
    """

    def settle(fresh: Sequence[HandoverIn]) -> dict[UUID, Fate]:
        fates = {}
        for command in fresh:
            try:
                moved = hand_over(command, keepers=keepers, actor=actor, at=at)
            except Refused as refusal:
                fates[command.id] = Fate.refused(command.id, refusal)
            else:
                fates[command.id] = Fate.applied(command.id, moved=dict(moved))
        return fates

    return batches.apply_once(commands, settle, kind="staff.handover", actor=actor, at=at)


@transaction.atomic
def hand_over(
    command: HandoverIn, *, keepers: Sequence[Keeper], actor: Actor, at: datetime
) -> Mapping[str, int]:
    """End a post and give on what its person has open; return how many of each kind.

    Raises: NotYourRole, NotVisible, OwnPost, PostOver, EndTooEarly, SuccessorUnfit; Unreadable where a
            successor is needed and not named.
    Rule:   TE-36.
    """
    today = at.astimezone(CHINA).date()
    post = posts.get_post(command.post_id, actor=actor)
    to = _successor(command, post, today)
    before = post.ends_on
    posts.end_post(post.id, ends_on=command.ends_on, actor=actor, at=at)
    leaver = Leaver(post.user_id, post.scope, post.department_id, command.ends_on, today)
    names = accounts.names_of([to] if to else [])
    given: dict[str, list[Given]] = {}
    moved: dict[str, int] = {}
    for keeper in keepers:
        mine = to if _wish(command, keeper.kind) == "successor" else None
        giving = Giving(command.id, mine, names.get(mine or 0, ""), command.reason, actor, at)
        given[keeper.kind], stay = keeper.give(leaver, giving)
        moved[keeper.kind] = len(given[keeper.kind])
        if stay:
            moved[f"{keeper.kind}_inbox"] = stay
    members = _members(leaver, to if command.orders == "successor" else None)
    Handover.objects.create(
        id=command.id,
        user_id=post.user_id,
        post_id=post.id,
        path=post.scope,
        ends_on=command.ends_on,
        ended_before=before,
        successor_id=to,
        orders=command.orders,
        cases=command.cases,
        reason=command.reason,
        at=at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        moved=moved,
        members=members,
    )
    _keep(command, given, to)
    detail = {"post": post.id, "to": to, "moved": moved, "orders": command.orders, "cases": command.cases}
    audit.record([("territory.hand_over", "user", str(post.user_id), detail)], actor=actor, at=at)
    return moved


def _wish(command: HandoverIn | Handover, kind: str) -> str:
    return command.orders if kind == "order" else command.cases


def _successor(command: HandoverIn, post: Any, today: date) -> int | None:
    if "successor" not in {command.orders, command.cases}:
        return None
    if command.successor_id is None:
        raise Unreadable(
            field="successor_id", why_zh="请选择接手人，或改为留在网格/收件箱", why_en="name a successor"
        )
    on = max(command.ends_on, today)
    fit = {one.id for one in posts.list_successors(post, on=on)}
    if command.successor_id not in fit:
        raise SuccessorUnfit(on=on)
    return command.successor_id


def _members(leaver: Leaver, to: int | None) -> list[list[Any]]:
    """Let the person lead no grid of the post any more from the day on; the successor leads those instead.

    Returns [the row that ended, its end before, the row that began].
    """
    standing = GridMember.objects.select_for_update().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=leaver.from_on),
        user_id=leaver.user_id,
        path__startswith=leaver.scope,
        leave__isnull=True,
    )
    told: list[list[Any]] = []
    for row in standing.order_by("pk"):
        told.append([row.pk, str(row.ends_on or ""), None])
        before, row.ends_on = row.ends_on, max(leaver.from_on, row.starts_on)
        row.save(update_fields=["ends_on"])
        if to is not None and row.duty == Duty.PRIMARY:
            begun = GridMember.objects.create(
                path=row.path,
                layer=row.layer,
                user_id=to,
                duty=Duty.PRIMARY,
                slot=row.slot,
                starts_on=leaver.from_on,
                ends_on=before,
            )
            told[-1][2] = begun.pk
    return told


def _keep(command: HandoverIn, given: Mapping[str, Sequence[Given]], to: int | None) -> None:
    HandoverItem.objects.bulk_create(
        (
            HandoverItem(
                handover_id=command.id,
                kind=kind,
                subject_id=one.id,
                user_after=to if _wish(command, kind) == "successor" else None,
                stamp=one.stamp,
            )
            for kind, some in given.items()
            for one in some
        ),
        batch_size=WHOLE,
    )


@transaction.atomic
def undo_handover(
    handover_id: UUID, *, keepers: Sequence[Keeper], actor: Actor, at: datetime
) -> Mapping[str, int]:
    """Let the post go on and give everything back.

    Raises: NotYourRole, NotVisible, HandoverUndone, HandoverOver, ActedOn saying how many and which.
    Rule:   TE-37. All or nothing: what somebody acted on is theirs.
    """
    actor.check_can(GRANT)
    done = Handover.objects.select_for_update().filter(pk=handover_id, path__startswith=actor.scope).first()
    if done is None:
        raise NotVisible()
    if done.undone_at is not None:
        raise HandoverUndone(at=done.undone_at.astimezone(CHINA).date())
    if done.ends_on < at.astimezone(CHINA).date():
        raise HandoverOver(on=done.ends_on)
    items: dict[str, dict[int | None, list[Given]]] = {}
    for item in HandoverItem.objects.filter(handover=done).order_by("pk"):
        some = items.setdefault(item.kind, {})
        some.setdefault(item.user_after, []).append(Given(item.subject_id, item.stamp))
    touched = [
        one
        for keeper in keepers
        for to, some in items.get(keeper.kind, {}).items()
        for one in keeper.list_touched(some, to)
    ]
    if touched:
        raise ActedOn(count=len(touched), first=str(touched[0])[:8])
    names = accounts.names_of([done.user_id])
    giving = Giving(done.pk, done.user_id, names.get(done.user_id, ""), done.reason, actor, at)
    back = {}
    for keeper in keepers:
        ids = [one.id for some in items.get(keeper.kind, {}).values() for one in some]
        keeper.give_back(ids, giving)
        back[keeper.kind] = len(ids)
    _give_members_back(done)
    posts.reopen_post(done.post_id, ends_on=done.ended_before, actor=actor, at=at)
    done.undone_at = at
    done.save(update_fields=["undone_at"])
    audit.record([("territory.undo_handover", "user", str(done.user_id), {"back": back})], actor=actor, at=at)
    return back


def _give_members_back(done: Handover) -> None:
    for ended, before, begun in done.members:
        if begun is not None:
            GridMember.objects.filter(pk=begun).delete()
        ends_on = date.fromisoformat(before) if before else None
        GridMember.objects.filter(pk=ended).update(ends_on=ends_on)
