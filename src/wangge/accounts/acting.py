"""Acting in one of several posts: which there are, and the change from one to another. Rule: AC-2, AC-16."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import F, Q

from wangge.accounts.models import Post, User
from wangge.accounts.rules import Role
from wangge.accounts.schemas import Me, MyPostOut
from wangge.accounts.sessions import POST_KEY
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused


class PostNotInForce(Refused):
    """The post that a request or a command names is over, has not begun or is somebody else's."""

    status = 403
    code = "accounts.post_not_in_force"
    zh = "您已不在这个岗位上任职（或尚未开始）。请刷新页面，改用现任岗位。"
    en = "You do not hold this post now. Reload the page and go on in a post that you hold."


def list_my_posts(user_id: int, on: date) -> list[MyPostOut]:
    """Return the posts of a person in force on a day, the one that acts unless another is chosen first."""
    rows = Post.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), user_id=user_id, starts_on__lte=on
    )
    rows = rows.select_related("department", "lent_for__user")
    return [
        MyPostOut(
            id=post.pk,
            role=Role(post.role),
            scope=post.scope,
            scope_name=post.scope_name,
            department_name=post.department.name if post.department else None,
            ends_on=post.ends_on,
            stands_in_for=post.lent_for.user.name if post.lent_for else None,
        )
        for post in rows.order_by(F("lent_for").asc(nulls_first=True), "starts_on", "id")
    ]


def get_me(actor: Actor, *, csrf_token: str, on: date) -> Me:
    """Return who is logged in, in which post, what the post allows, and which others there are."""
    user = User.objects.get(pk=actor.user_id)
    posts = list_my_posts(actor.user_id, on)
    post = next((one for one in posts if one.id == actor.post_id), None)
    return Me(
        id=actor.user_id,
        username=user.username,
        name=user.name,
        role=Role(actor.role),
        scope=actor.scope,
        scope_name=post.scope_name if post else "",
        department_id=actor.department_id,
        department_name=post.department_name if post else None,
        capabilities=sorted(actor.capabilities),
        csrf_token=csrf_token,
        post_id=actor.post_id,
        posts=posts,
    )


@transaction.atomic
def act_in(post_id: int, *, actor: Actor, session: SessionBase, on: date, at: datetime) -> None:
    """Let the session act in another of the person's posts from the next request on.

    Raises: PostNotInForce for one that is not theirs, over or not begun.
    Rule:   AC-16. The audit row names both posts.
    """
    if all(one.id != post_id for one in list_my_posts(actor.user_id, on)):
        raise PostNotInForce()
    session[POST_KEY] = post_id
    told = ("accounts.act_in_post", "user", str(actor.user_id), {"from": actor.post_id, "to": post_id})
    audit.record([told], actor=actor, at=at)
