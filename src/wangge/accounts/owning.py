"""Whose people and departments an administrator may touch: those of the own territory (AC-10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from wangge.accounts.models import Department, Post, User
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible


def check_covered(actor: Actor, paths: Iterable[str]) -> None:
    """Raises: NotVisible for a path outside the actor's territory. Rule: AC-10."""
    if not all(actor.covers(path) for path in paths):
        raise NotVisible()


def check_own_people(actor: Actor, user_ids: Iterable[int], *, on: date) -> None:
    """Raises: NotVisible for somebody who is not there, or who has posts but none in the actor's territory.

    Rule: AC-10. Whoever has no post yet may be given one by everybody who grants.
    """
    wanted = set(user_ids)
    in_force = Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), user_id__in=wanted)
    elsewhere = set(in_force.values_list("user_id", flat=True))
    elsewhere -= set(in_force.filter(scope__startswith=actor.scope).values_list("user_id", flat=True))
    if elsewhere or User.objects.filter(pk__in=wanted).count() < len(wanted):
        raise NotVisible()


def check_own_departments(actor: Actor, department_ids: Iterable[int | None]) -> None:
    """Raises: NotVisible for a department that is not there or not in the actor's territory. Rule: AC-10."""
    wanted = {one for one in department_ids if one is not None}
    if Department.objects.filter(pk__in=wanted, path__startswith=actor.scope).count() < len(wanted):
        raise NotVisible()
