"""Reads of people, posts and departments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.db.models.functions import Length

from wangge.accounts.absences import (
    find_colleagues,
    has_post_in,
    ids_by_number,
    leave_names,
    list_staff_words,
    named_like,
    places_of,
    with_post_in,
)
from wangge.accounts.acting import PostNotInForce, get_me
from wangge.accounts.holding import holders_of, holders_within, members_of
from wangge.accounts.kinds import kinds_at
from wangge.accounts.leaving import leaves_of
from wangge.accounts.models import Department, Leave, Post, User
from wangge.accounts.owning import check_own_people
from wangge.accounts.people_export import export_people
from wangge.accounts.profiles import count_composition, get_profile
from wangge.accounts.reaching import count_reachable, list_addresses, list_reachable, sealed_of
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.accounts.schemas import DepartmentOut
from wangge.accounts.signed_in import get_signed_in
from wangge.kernel import prepared
from wangge.kernel.actor import Actor
from wangge.kernel.paths import ancestors

__all__ = [
    "Leave",
    "PostNotInForce",
    "check_own_people",
    "count_composition",
    "count_reachable",
    "department_for",
    "departments_for",
    "export_people",
    "find_colleagues",
    "get_acting",
    "get_actor",
    "get_actors",
    "get_departments",
    "get_me",
    "get_profile",
    "get_signed_in",
    "has_post_in",
    "holders_of",
    "holders_within",
    "ids_by_number",
    "ids_of",
    "kinds_at",
    "leave_names",
    "leaves_of",
    "list_addresses",
    "list_departments",
    "list_reachable",
    "list_staff_words",
    "members_of",
    "named_like",
    "names_of",
    "places_of",
    "sealed_of",
    "with_post_in",
]
FIRST = (
    F("lent_for").asc(nulls_first=True),
    "starts_on",
    "id",
)  # which post acts unless one is chosen (AC-2)
_NAMES = "SELECT id, name FROM accounts_user WHERE id = ANY(%s)"
_DEPARTMENTS = "SELECT id, code, name, kind, path FROM accounts_department WHERE id = ANY(%s)"
_OF_KINDS = """
SELECT id, kind, path FROM accounts_department WHERE kind = ANY(%s) AND path = ANY(%s) ORDER BY code
"""


def get_actor(user: User, on: date) -> Actor | None:
    """Return the person in the first post in force on that day; None without one or if the account is closed.

    Rule: AC-1 (capabilities), AC-2 (which post acts).
    """
    if not user.is_active:
        return None
    post = (
        Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), user_id=user.pk, starts_on__lte=on)
        .order_by(*FIRST)
        .first()
    )
    return None if post is None else _acting(user, post)


def get_actors(user_ids: Sequence[int], on: date) -> dict[int, Actor]:
    """Return the actor of each person with a post in force, in one statement.

    Rule: AC-2.
    """
    posts = (
        Post.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on),
            user_id__in=user_ids,
            user__is_active=True,
            starts_on__lte=on,
        )
        .select_related("user")
        .order_by("user_id", *FIRST)
        .distinct("user_id")
    )
    return {post.user_id: _acting(post.user, post) for post in posts}


def get_acting(user_id: int, post_id: int, on: date) -> Actor:
    """Return the person in one of the own posts. Raises: PostNotInForce. Rule: AC-16."""
    in_force = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    posts = Post.objects.filter(
        in_force, pk=post_id, user_id=user_id, user__is_active=True, starts_on__lte=on
    )
    post = posts.select_related("user").first()
    if post is None:
        raise PostNotInForce()
    return _acting(post.user, post)


def _acting(user: User, post: Post) -> Actor:
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=post.role,
        scope=post.scope,
        department_id=post.department_id,
        capabilities=CAPABILITIES[Role(post.role)],
        post_id=post.pk,
    )


def names_of(user_ids: Sequence[int]) -> dict[int, str]:
    """Return the name of each person, in one statement."""
    return dict(prepared.send(_NAMES, list(user_ids)).fetchall()) if user_ids else {}


def ids_of(usernames: Sequence[str]) -> dict[str, int]:
    """Return the id of each username that exists, in one statement."""
    return dict(User.objects.filter(username__in=usernames).values_list("username", "pk"))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a post, as a picker shows them."""

    id: int
    name: str
    role: str
    department_name: str | None

    def can(self, capability: str) -> bool:
        return capability in CAPABILITIES[Role(self.role)]


def find_people(words: str, *, around: str, on: date, limit: int = 30) -> list[Person]:
    """Return people whose name or username begins so, in their acting post inside or above `around`.

    Rule: AC-2 (which post acts).
    """
    near = Q(scope__startswith=around) | Q(scope__in=ancestors(around))
    named = Q(user__name__startswith=words) | Q(user__username__startswith=words)
    in_force = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    acting = (
        Post.objects.filter(in_force, near, named, user__is_active=True, starts_on__lte=on)
        .select_related("user", "department")
        .order_by("user_id", *FIRST)
        .distinct("user_id")[:limit]
    )
    people = [
        Person(post.user_id, post.user.name, post.role, post.department.name if post.department else None)
        for post in acting
    ]
    return sorted(people, key=lambda one: (one.name, one.id))


def list_acting(roles: Collection[str], *, around: str, on: date) -> list[Actor]:
    """Return the people whose acting post is one of these roles, inside `around`, by id. Rule: AC-2."""
    posts = Post.objects.filter(role__in=roles, scope__startswith=around, starts_on__lte=on)
    found = get_actors(list(posts.values_list("user_id", flat=True).distinct()), on)
    return [
        actor for _, actor in sorted(found.items()) if actor.role in roles and actor.scope.startswith(around)
    ]


def list_departments(actor: Actor) -> list[DepartmentOut]:
    """Return the departments whose territory touches the actor's scope, by path and code."""
    touching = Department.objects.filter(Q(path__startswith=actor.scope) | Q(path__in=ancestors(actor.scope)))
    return [
        DepartmentOut(id=one.pk, code=one.code, name=one.name, kind=one.kind, path=one.path)
        for one in touching.order_by("path", "code")
    ]


def get_departments(department_ids: Sequence[int]) -> dict[int, DepartmentOut]:
    """Return each department that exists, in one statement."""
    if not department_ids:
        return {}
    rows = prepared.send(_DEPARTMENTS, list(department_ids)).fetchall()
    return {
        pk: DepartmentOut(id=pk, code=code, name=name, kind=kind, path=path)
        for pk, code, name, kind, path in rows
    }


def territories_of_kinds() -> dict[str, set[str]]:
    """Return where there is a department of each kind."""
    found: dict[str, set[str]] = {}
    for kind, path in Department.objects.values_list("kind", "path"):
        found.setdefault(kind, set()).add(path)
    return found


def handlers_of(department_ids: Sequence[int], on: date) -> dict[int, list[Actor]]:
    """Return the handlers who act for each department on that day, by id; two statements. Rule: AC-2."""
    posts = Post.objects.filter(role=Role.DEPARTMENT_HANDLER, department_id__in=department_ids)
    actors = get_actors(list(posts.values_list("user_id", flat=True).distinct()), on)
    found: dict[int, list[Actor]] = {key: [] for key in department_ids}
    for _, actor in sorted(actors.items()):
        if actor.role == Role.DEPARTMENT_HANDLER and actor.department_id in found:
            found[actor.department_id].append(actor)
    return found


def department_for(kind: str, path: str) -> int | None:
    """Return the department of `kind` that covers `path`; the longest territory wins, then the lowest code.

    Rule: AC-5.
    """
    return (
        Department.objects.filter(kind=kind, path__in=ancestors(path))
        .order_by(Length("path").desc(), "code")
        .values_list("pk", flat=True)
        .first()
    )


def departments_for(wanted: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], int | None]:
    """Return `department_for` of many (kind, path) pairs, in one statement.

    Rule: AC-5.
    """
    pairs = set(wanted)
    kinds, paths = {kind for kind, _ in pairs}, {up for _, path in pairs for up in ancestors(path)}
    known: dict[tuple[str, str], int] = {}
    for pk, kind, path in prepared.send(_OF_KINDS, list(kinds), list(paths)).fetchall():
        known.setdefault((kind, path), pk)
    return {
        (kind, path): next((known[kind, up] for up in reversed(ancestors(path)) if (kind, up) in known), None)
        for kind, path in pairs
    }
