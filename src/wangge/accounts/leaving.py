"""Leaves: entered, ended early, withdrawn; and the posts lent for them. Rule: AC-13, AC-14, AC-15."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wangge.accounts.leave_models import Leave, StaffWord
from wangge.accounts.leave_rules import (
    Away,
    LeaveGone,
    LeaveOver,
    WordList,
    check_leave,
    check_leave_withdrawal,
    end_early,
)
from wangge.accounts.models import Post, User
from wangge.accounts.owning import check_own_people
from wangge.accounts.rules import Held, Role, check_posts
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Unreadable

TAKE = "leave.take"  # one's own
GRANT = "leave.grant"  # anybody's of the own territory
WALKING = (Role.GRID_MEMBER.value, Role.GRID_CHIEF.value)  # in which a grid is walked


@dataclass(frozen=True, slots=True)
class NewLeave:
    """Somebody will be away in `[starts_on, ends_on)`."""

    id: UUID
    user_id: int
    kind: str
    starts_on: date
    ends_on: date
    note: str = ""


@transaction.atomic
def enter_leave(new: NewLeave, *, actor: Actor, at: datetime) -> Leave:
    """Write down that somebody will be away.

    Raises: NotYourRole, NotVisible, LeaveBackward, LeaveInThePast, LeavesOverlap; Unreadable for a kind that
            the pack does not know.
    Rule:   AC-13. The person's row is locked: of two leaves entered at once the second sees the first.
    """
    today = at.astimezone(CHINA).date()
    _check_may(actor, new.user_id, on=today)
    if not StaffWord.objects.filter(list=WordList.LEAVE, code=new.kind).exists():
        known = "、".join(StaffWord.objects.filter(list=WordList.LEAVE).values_list("code", flat=True))
        raise Unreadable(field="kind", why_zh=f"应为 {known} 之一", why_en=f"one of {known}")
    User.objects.select_for_update().get(pk=new.user_id)
    others = Leave.objects.filter(user_id=new.user_id, withdrawn_at__isnull=True)
    check_leave(
        Away(new.starts_on, new.ends_on),
        [Away(*span) for span in others.values_list("starts_on", "ends_on")],
        today=today,
    )
    leave = Leave.objects.create(
        id=new.id,
        user_id=new.user_id,
        kind=new.kind,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        note=new.note,
        entered_by=actor.user_id,
        entered_at=at,
    )
    _note("accounts.enter_leave", leave, actor, at)
    return leave


def _check_may(actor: Actor, user_id: int, *, on: date) -> None:
    if user_id == actor.user_id:
        actor.check_can(TAKE)
        return
    actor.check_can(GRANT)
    check_own_people(actor, [user_id], on=on)
    if not Post.objects.filter(_lasting(on), user_id=user_id, scope__startswith=actor.scope).exists():
        raise NotVisible()


def _lasting(on: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gt=on)


def lock_leave(leave_id: UUID, *, actor: Actor, on: date) -> Leave:
    """Return a leave that the actor may change. Raises: NotVisible, NotYourRole, LeaveGone."""
    leave = Leave.objects.select_for_update().filter(pk=leave_id).first()
    if leave is None or (leave.user_id != actor.user_id and not actor.can(GRANT)):
        raise NotVisible()  # whoever may not grant is not told whether there is such a leave
    _check_may(actor, leave.user_id, on=on)
    if leave.withdrawn_at is not None:
        raise LeaveGone()
    return leave


def check_not_over(leave: Leave, *, on: date) -> None:
    """Raises: LeaveOver."""
    if leave.ends_on <= on:
        raise LeaveOver(ends_on=leave.ends_on)


@transaction.atomic
def end_leave(leave_id: UUID, ends_on: date, *, actor: Actor, at: datetime) -> Leave:
    """Let somebody be back earlier; what was lent for the leave ends with it.

    Raises: NotVisible, NotYourRole, LeaveGone, LeaveOver, LeaveNotBegun, EndNotEarlier.
    Rule:   AC-14.
    """
    today = at.astimezone(CHINA).date()
    leave = lock_leave(leave_id, actor=actor, on=today)
    leave.ends_on = end_early(Away(leave.starts_on, leave.ends_on), ends_on, today=today).ends_on
    leave.save(update_fields=["ends_on"])
    cut_lent(Post.objects.filter(lent_for=leave).values_list("pk", flat=True), ends_on)
    _note("accounts.end_leave", leave, actor, at)
    return leave


@transaction.atomic
def withdraw_leave(leave_id: UUID, *, actor: Actor, at: datetime) -> Leave:
    """Take back a leave that has not begun, with what was lent for it.

    Raises: NotVisible, NotYourRole, LeaveGone, LeaveBegan, LeaveOver.
    Rule:   AC-14.
    """
    today = at.astimezone(CHINA).date()
    leave = lock_leave(leave_id, actor=actor, on=today)
    check_leave_withdrawal(Away(leave.starts_on, leave.ends_on), today=today)
    leave.withdrawn_at = at
    leave.save(update_fields=["withdrawn_at"])
    Post.objects.filter(lent_for=leave).delete()
    _note("accounts.withdraw_leave", leave, actor, at)
    return leave


def _note(action: str, leave: Leave, actor: Actor, at: datetime) -> None:
    detail = {
        "leave": str(leave.pk),
        "kind": leave.kind,
        "from": str(leave.starts_on),
        "to": str(leave.ends_on),
    }
    audit.record([(action, "user", str(leave.user_id), detail)], actor=actor, at=at)


def lend_post(
    leave: Leave, user_id: int, scope: str, scope_name: str, *, starts_on: date, actor: Actor, at: datetime
) -> None:
    """Give somebody a grid member's post in the absent person's grid until the leave ends.

    Nothing is lent to whoever walks there anyway for as long.
    Raises: PostsClash.
    Rule:   AC-15: the one post that is given without the security administrator, and it ends by itself.
    """
    User.objects.select_for_update().get(pk=user_id)
    mine = list(Post.objects.filter(user_id=user_id))
    if any(_walks(post, scope, starts_on, leave.ends_on) for post in mine):
        return
    held = [Held(Role(post.role), post.starts_on, post.ends_on) for post in mine]
    check_posts([*held, Held(Role.GRID_MEMBER, starts_on, leave.ends_on)])
    Post.objects.bulk_create(
        [
            Post(
                user_id=user_id,
                role=Role.GRID_MEMBER.value,
                scope=scope,
                scope_name=scope_name,
                starts_on=starts_on,
                ends_on=leave.ends_on,
                lent_for=leave,
            )
        ],
        ignore_conflicts=True,
    )
    detail = {"leave": str(leave.pk), "scope": scope, "from": str(starts_on), "to": str(leave.ends_on)}
    audit.record([("accounts.lend_post", "user", str(user_id), detail)], actor=actor, at=at)


def _walks(post: Post, scope: str, starts_on: date, ends_on: date) -> bool:
    lasts = post.starts_on <= starts_on and (post.ends_on is None or post.ends_on >= ends_on)
    return lasts and post.role in WALKING and scope.startswith(post.scope)


def cut_lent(post_ids: Iterable[int], ends_on: date) -> None:
    """Let lent posts end on a day; one that would not have begun by then goes."""
    lent = Post.objects.filter(pk__in=list(post_ids))
    lent.filter(starts_on__gte=ends_on).delete()
    lent.filter(starts_on__lt=ends_on).update(ends_on=ends_on)


def take_back_lent(leave: Leave, user_id: int, scope: str, *, on: date) -> None:
    """Let the post that was lent to somebody for a leave in one grid end on a day."""
    lent = Post.objects.filter(lent_for=leave, user_id=user_id, scope=scope, ends_on__gt=on)
    cut_lent(lent.values_list("pk", flat=True), on)


def leaves_of(user_ids: Iterable[int], starts_on: date, ends_on: date) -> dict[int, list[Leave]]:
    """Return the leaves of people that meet `[starts_on, ends_on)`, in one statement."""
    rows = Leave.objects.filter(
        user_id__in=set(user_ids), withdrawn_at__isnull=True, starts_on__lt=ends_on, ends_on__gt=starts_on
    )
    found: dict[int, list[Leave]] = defaultdict(list)
    for leave in rows.order_by("starts_on"):
        found[leave.user_id].append(leave)
    return found


def install_staff_words(rows: Sequence[dict[str, object]], *, pack_version: str) -> None:
    """Put a pack's words about people into force; those of the pack before go. Rule: AC-18, PK-4."""
    with transaction.atomic():
        StaffWord.objects.all().delete()
        StaffWord.objects.bulk_create(StaffWord(**row, pack_version=pack_version) for row in rows)
