"""Until when posts are held: ended, gone on with, or withdrawn before they begin. Rule: AC-11."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from wangge.accounts.models import Post, User
from wangge.accounts.rules import Held, Role, check_posts
from wangge.accounts.tenure_rules import OwnPost, check_end, check_withdrawal
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible


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
    detail = {"role": post.role, "scope": post.scope, "from": str(before or ""), "to": str(ends_on or "")}
    audit.record([("accounts.end_post", "user", str(post.user_id), detail)], actor=actor, at=at)


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


def _same(post: Post, others: list[Post]) -> list[Held]:
    return [
        Held(Role(one.role), one.starts_on, one.ends_on)
        for one in others
        if (one.role, one.scope) == (post.role, post.scope)
    ]
