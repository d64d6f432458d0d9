"""Until when posts are held: ended, gone on with, or withdrawn before they begin. Rule: AC-11."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from wangge.accounts.leaving import WALKING, cut_lent
from wangge.accounts.models import Post, User
from wangge.accounts.rules import Held, Role, check_posts
from wangge.accounts.tenure_rules import OwnPost, SamePostTwice, check_end, check_withdrawal
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import ancestors


class PostFacts(NamedTuple):
    """A post as the rooms above look at it."""

    id: int
    user_id: int
    user_name: str
    role: str
    scope: str
    department_id: int | None
    ends_on: date | None


class PostHolder(NamedTuple):
    """Somebody who holds a like post."""

    id: int
    name: str
    place: str


@transaction.atomic
def end_post(post_id: int, *, ends_on: date | None, actor: Actor, at: datetime) -> None:
    """Let a post end on a day, which is its first without; no day: it goes on without an end.

    Raises: NotYourRole, NotVisible, OwnPost, PostOver, EndTooEarly, SamePostTwice, PostsClash.
    Rule:   AC-11; a longer post is held against the person's others (AC-3).
    """
    post, others = _lock(post_id, actor)
    if post.ends_on == ends_on:
        return
    mine = Held(Role(post.role), post.starts_on, post.ends_on)
    changed = check_end(mine, ends_on, today=at.astimezone(CHINA).date(), others=_same(post, others))
    check_posts([changed, *(Held(Role(other.role), other.starts_on, other.ends_on) for other in others)])
    before, post.ends_on = post.ends_on, ends_on
    post.save(update_fields=["ends_on"])
    _end_lent_with(post, others)
    detail = {"role": post.role, "scope": post.scope, "from": str(before or ""), "to": str(ends_on or "")}
    audit.record([("accounts.end_post", "user", str(post.user_id), detail)], actor=actor, at=at)


@transaction.atomic
def reopen_post(post_id: int, *, ends_on: date | None, actor: Actor, at: datetime) -> None:
    """Give a post the end back that it had before a handover was undone.

    Raises: NotYourRole, NotVisible, OwnPost, SamePostTwice, PostsClash.
    Rule:   TE-37, AC-3.
    """
    post, others = _lock(post_id, actor)
    back = Held(Role(post.role), post.starts_on, ends_on)
    met = [one.starts_on for one in _same(post, others) if one.overlaps(back)]
    if met:
        raise SamePostTwice(starts_on=min(met))
    check_posts([back, *(Held(Role(other.role), other.starts_on, other.ends_on) for other in others)])
    before, post.ends_on = post.ends_on, ends_on
    post.save(update_fields=["ends_on"])
    detail = {"role": post.role, "scope": post.scope, "from": str(before or ""), "to": str(ends_on or "")}
    audit.record([("accounts.reopen_post", "user", str(post.user_id), detail)], actor=actor, at=at)


def get_post(post_id: int, *, actor: Actor) -> PostFacts:
    """Return a post of the caller's territory. Raises: NotYourRole, NotVisible. Rule: AC-10."""
    actor.check_can("accounts.grant")
    post = Post.objects.filter(pk=post_id, scope__startswith=actor.scope).select_related("user").first()
    if post is None:
        raise NotVisible()
    return PostFacts(
        post.pk, post.user_id, post.user.name, post.role, post.scope, post.department_id, post.ends_on
    )


def list_successors(post: PostFacts, *, on: date) -> list[PostHolder]:
    """Return who holds a like post on a day: the same role (a grid also its chief) there or above, and for
    a handler the same department. Rule: TE-36."""
    roles = WALKING if post.role in WALKING else (post.role,)
    held = Post.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on),
        starts_on__lte=on,
        role__in=roles,
        scope__in=ancestors(post.scope),
        lent_for__isnull=True,
        user__is_active=True,
    ).exclude(user_id=post.user_id)
    held = held.filter(Q(department_id=post.department_id) if post.department_id else Q(department=None))
    found = {row.user_id: row for row in held.select_related("user").order_by("user_id", "scope", "-pk")}
    return [PostHolder(row.user_id, row.user.name, row.scope_name or row.scope) for row in found.values()]


@transaction.atomic
def withdraw_post(post_id: int, *, actor: Actor, at: datetime) -> None:
    """Take back a post that has not begun; nobody has acted in it.

    Raises: NotYourRole, NotVisible, OwnPost, PostBegan.
    Rule:   AC-11.
    """
    post, _ = _lock(post_id, actor)
    check_withdrawal(post.starts_on, today=at.astimezone(CHINA).date())
    detail = {"role": post.role, "scope": post.scope, "starts_on": str(post.starts_on)}
    audit.record([("accounts.withdraw_post", "user", str(post.user_id), detail)], actor=actor, at=at)
    post.delete()


def _lock(post_id: int, actor: Actor) -> tuple[Post, list[Post]]:
    """Return the post and the others of its person, whose row is locked as when posts are granted."""
    actor.check_can("accounts.grant")
    own = Post.objects.filter(pk=post_id, scope__startswith=actor.scope)
    user_id = own.values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotVisible()
    User.objects.select_for_update().get(pk=user_id)
    posts = list(Post.objects.select_for_update().filter(user_id=user_id))
    post = next((one for one in posts if one.pk == post_id), None)
    if post is None or not actor.covers(post.scope):
        raise NotVisible()
    if user_id == actor.user_id:
        raise OwnPost()
    return post, [one for one in posts if one.pk != post_id]


def _end_lent_with(post: Post, others: list[Post]) -> None:
    """Whoever has no own post any more is lent none either: who leaves does not stand in (AC-15)."""
    if post.ends_on is None or post.lent_for_id is not None:
        return
    own = [one for one in others if one.lent_for_id is None]
    if any(one.ends_on is None or one.ends_on > post.ends_on for one in own):
        return
    lent = [one.pk for one in others if one.lent_for_id and one.ends_on and one.ends_on > post.ends_on]
    cut_lent(lent, post.ends_on)


def _same(post: Post, others: list[Post]) -> list[Held]:
    return [
        Held(Role(one.role), one.starts_on, one.ends_on)
        for one in others
        if (one.role, one.scope) == (post.role, post.scope)
    ]
