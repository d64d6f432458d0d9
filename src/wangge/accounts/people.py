"""Who holds which posts in a territory, and when: the page People and posts. Rule: AC-10, AC-12."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Literal

from django.db.models import Exists, OuterRef, Q

from wangge.accounts.absences import named_like
from wangge.accounts.models import Post, User
from wangge.accounts.rules import Role
from wangge.accounts.schemas import HeldPostOut, PostHolderOut, PostHolderPage
from wangge.kernel.actor import Actor

COUNTED = 1_000  # as far as a list is counted


def list_people(
    actor: Actor, *, q: str, role: Role | None, within: str, only_now: bool, cursor: int, limit: int,
    on: date, kind: str = "", employment: str = "",
) -> PostHolderPage:  # fmt: skip
    """Return a page of people with posts in the caller's territory, each with those posts, by id.

    `q`: what somebody is called (AC-17). Somebody without any post is nobody's yet and
    is found by the whole username alone.
    Raises: NotYourRole.
    Rule:   AC-10, AC-12.
    """
    actor.check_can("accounts.read")
    scope = within if within.startswith(actor.scope) else actor.scope
    posts = Post.objects.filter(scope__startswith=scope)
    if role is not None:
        posts = posts.filter(role=role.value)
    if kind:
        posts = posts.filter(kind=kind)
    if employment:
        posts = posts.filter(employment=employment)
    if only_now:
        posts = posts.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    found = Q(Exists(posts.filter(user_id=OuterRef("pk"))))
    named = named_like(q)
    people = User.objects.filter((found & named) | _of_nobody(q) if q else found)
    total = people.order_by()[: COUNTED + 1].count()
    rows = list(people.filter(pk__gt=cursor).order_by("pk")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    held = _posts_of(actor, rows, on)
    return PostHolderPage(
        items=[_shown(person, held[person.pk]) for person in rows],
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=str(rows[-1].pk) if more else None,
    )


def _of_nobody(q: str) -> Q:
    return Q(username=q) & ~Q(Exists(Post.objects.filter(user_id=OuterRef("pk"))))


def _posts_of(actor: Actor, people: list[User], on: date) -> dict[int, list[HeldPostOut]]:
    rows = Post.objects.filter(user__in=people, scope__startswith=actor.scope)
    held: dict[int, list[HeldPostOut]] = defaultdict(list)
    for post in rows.select_related("department", "lent_for__user").order_by("-starts_on", "-id"):
        held[post.user_id].append(
            HeldPostOut(
                id=post.pk,
                role=Role(post.role),
                scope=post.scope,
                scope_name=post.scope_name,
                department_name=post.department.name if post.department else None,
                starts_on=post.starts_on,
                ends_on=post.ends_on,
                stands=_stands(post, on),
                kind=post.kind,
                employment=post.employment,
                stands_in_for=post.lent_for.user.name if post.lent_for else None,
            )
        )
    return held


def _stands(post: Post, on: date) -> Literal["now", "later", "over"]:
    if post.starts_on > on:
        return "later"
    return "over" if post.ends_on is not None and post.ends_on <= on else "now"


def _shown(person: User, posts: list[HeldPostOut]) -> PostHolderOut:
    return PostHolderOut(
        id=person.pk,
        username=person.username,
        name=person.name,
        staff_number=person.staff_number,
        is_active=person.is_active,
        posts=posts,
    )
