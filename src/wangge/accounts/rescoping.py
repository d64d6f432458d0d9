"""Posts whose territory was split, joined or recoded: they end there and begin where the work goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from wangge.accounts.models import Department, Post
from wangge.kernel import audit
from wangge.kernel.actor import Actor


class Rescoped(NamedTuple):
    user_id: int
    role: str
    before: str
    after: str


@transaction.atomic
def rescope_posts(
    scopes: Mapping[str, str], *, on: date, actor: Actor, at: datetime, users: Sequence[int] | None = None
) -> list[Rescoped]:
    """Let the posts in force with exactly these scopes go on in the new ones from `on`.

    `scopes`: old → new. A post that begins on the day or later is changed as it stands; one that began before
    ends and another begins: who had which scope last month stays true.
    Rule: AC-9.
    """
    held = Post.objects.select_for_update().filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    held = held.filter(scope__in=list(scopes))
    posts = list(held.filter(user_id__in=users) if users is not None else held)
    moved = [Rescoped(post.user_id, post.role, post.scope, scopes[post.scope]) for post in posts]
    ended = [post.pk for post in posts if post.starts_on < on]
    gone = [post.pk for post in posts if post.starts_on >= on]
    again = [
        Post(
            user_id=post.user_id,
            role=post.role,
            scope=scopes[post.scope],
            scope_name=post.scope_name,
            department_id=post.department_id,
            starts_on=max(post.starts_on, on),
            ends_on=post.ends_on,
            kind=post.kind,
            employment=post.employment,
            lent_for_id=post.lent_for_id,
        )
        for post in posts
    ]
    Post.objects.filter(pk__in=ended).update(ends_on=on)
    Post.objects.filter(pk__in=gone).delete()
    Post.objects.bulk_create(again, ignore_conflicts=True, batch_size=5_000)  # two posts may become one
    told = [
        ("accounts.rescope_post", "user", str(one.user_id), {"from": one.before, "to": one.after})
        for one in moved
    ]
    audit.record(told, actor=actor, at=at)
    return moved


def scopes_under(prefixes: Sequence[str], on: date) -> set[str]:
    """Return the scopes of posts in force that lie under one of the paths."""
    under = Q()
    for prefix in prefixes:
        under |= Q(scope__startswith=prefix)
    held = Post.objects.filter(under, Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    return set(held.values_list("scope", flat=True))


def recode_departments(paths: Mapping[str, str]) -> int:
    """Give the departments under the old paths the new ones; returns how many."""
    changed: dict[int, Department] = {}
    for old, new in sorted(paths.items(), key=lambda pair: -len(pair[0])):  # of nested ones the innermost
        for department in Department.objects.select_for_update().filter(path__startswith=old):
            if department.pk not in changed:
                department.path = new + department.path[len(old) :]
                changed[department.pk] = department
    Department.objects.bulk_update(changed.values(), ["path"], batch_size=1_000)
    return len(changed)
