"""Writes of people, posts and departments, and the log-in door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.contrib.auth.hashers import make_password
from django.db import transaction

from wangge.accounts.absences import letters_of
from wangge.accounts.credentials import check_credentials, check_password_strength
from wangge.accounts.kinds import check_words, set_post_kind
from wangge.accounts.leaving import (
    NewLeave,
    check_not_over,
    end_leave,
    enter_leave,
    install_staff_words,
    lend_post,
    lock_leave,
    take_back_lent,
    withdraw_leave,
)
from wangge.accounts.models import Department, Leave, Post, User
from wangge.accounts.owning import check_covered, check_own_departments, check_own_people
from wangge.accounts.people_loading import PersonRow, load_people
from wangge.accounts.profile_schemas import ProfileIn
from wangge.accounts.profiles import save_profile
from wangge.accounts.reaching import set_addresses
from wangge.accounts.rescoping import recode_departments, rescope_posts, scopes_under
from wangge.accounts.rules import (
    DepartmentMissing,
    Held,
    Role,
    UsernameTaken,
    check_posts,
)
from wangge.accounts.tenure import end_post, get_post, list_successors, reopen_post
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.paths import check_closed

__all__ = [
    "Leave",
    "NewDepartment",
    "NewLeave",
    "NewPost",
    "NewUser",
    "PersonRow",
    "ProfileIn",
    "check_credentials",
    "check_not_over",
    "check_password_strength",
    "create_user",
    "create_users",
    "end_leave",
    "end_post",
    "ensure_department",
    "ensure_departments",
    "enter_leave",
    "get_post",
    "grant_post",
    "grant_posts",
    "install_staff_words",
    "lend_post",
    "list_successors",
    "load_people",
    "load_post",
    "lock_leave",
    "recode_departments",
    "reopen_post",
    "rescope_posts",
    "save_profile",
    "scopes_under",
    "set_addresses",
    "set_post_kind",
    "take_back_lent",
    "withdraw_leave",
]


@dataclass(frozen=True, slots=True)
class NewUser:
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class NewPost:
    user_id: int
    role: Role
    scope: str
    starts_on: date
    scope_name: str = ""
    department_id: int | None = None
    ends_on: date | None = None
    kind: str = ""
    employment: str = ""


@dataclass(frozen=True, slots=True)
class NewDepartment:
    code: str
    name: str
    kind: str
    path: str


@transaction.atomic
def create_user(*, username: str, name: str, password: str, actor: Actor | None, at: datetime) -> User:
    """Create one person who can log in. No actor: the installation's own command.

    Raises: UsernameTaken; Unreadable if the password is too weak; NotYourRole.
    Rule:   AC-6.
    """
    if actor:
        actor.check_can("accounts.write")
    check_password_strength(password, username=username, name=name)
    fresh = User(
        username=username,
        name=name,
        initials=letters_of(name),
        password=make_password(password),
        created_at=at,
    )
    created = User.objects.bulk_create([fresh], ignore_conflicts=True)
    user = User.objects.filter(username=username, created_at=at, password=created[0].password).first()
    if user is None:
        raise UsernameTaken(username=username)
    audit.record([("accounts.create_user", "user", str(user.pk), {"username": username})], actor=actor, at=at)
    return user


@transaction.atomic
def create_users(
    people: Sequence[NewUser], *, password: str | None, actor: Actor | None, at: datetime
) -> dict[str, int]:
    """Create many people and return the id of each username. Who is there already is left as they are.

    `password` is hashed once for all of them: only for simulated people. None: nobody can log in with one.
    Rule: AC-6.
    """
    if actor:
        actor.check_can("accounts.write")
    if password is not None:
        check_password_strength(password)
    shared = make_password(password)
    User.objects.bulk_create(
        (
            User(
                username=one.username,
                name=one.name,
                initials=letters_of(one.name),
                password=shared,
                created_at=at,
            )
            for one in people
        ),
        ignore_conflicts=True,
        batch_size=5000,
    )
    usernames = [one.username for one in people]
    ids = dict(User.objects.filter(username__in=usernames).values_list("username", "pk"))
    audit.record([("accounts.create_users", "user", "", {"count": len(people)})], actor=actor, at=at)
    return ids


def grant_post(post: NewPost, *, actor: Actor | None, at: datetime) -> int:
    """Give one person a post and return its id; see `grant_posts`."""
    grant_posts([post], actor=actor, at=at)
    return Post.objects.values_list("pk", flat=True).get(
        user_id=post.user_id, role=post.role, scope=post.scope, starts_on=post.starts_on
    )


def load_post(post: NewPost, *, actor: Actor, at: datetime) -> Literal["created", "updated", "unchanged"]:
    """Give one person the post of a file, or bring its end, kind and employment up to date.

    Raises: what `grant_posts`, `end_post` and `set_post_kind` raise.
    Rule:   AC-19, AC-11.
    """
    known = {"user_id": post.user_id, "role": post.role.value, "scope": post.scope}
    there = Post.objects.filter(**known, starts_on=post.starts_on).first()
    if there is None:
        grant_posts([post], actor=actor, at=at)
        return "created"
    if (there.ends_on, there.kind, there.employment) == (post.ends_on, post.kind, post.employment):
        return "unchanged"
    set_post_kind(there.pk, kind=post.kind, employment=post.employment, actor=actor, at=at)
    end_post(there.pk, ends_on=post.ends_on, actor=actor, at=at)
    return "updated"


@transaction.atomic
def grant_posts(posts: Sequence[NewPost], *, actor: Actor | None, at: datetime) -> None:
    """Give people posts; a post granted before is left as it is. All or none.

    Raises: PostsClash, DepartmentMissing, NotYourRole, NotVisible; Unreadable for an open scope.
    Rule:   AC-3; only the security administrator grants (AC-1), and inside the own territory (AC-10).
    """
    if actor:
        actor.check_can("accounts.grant")
        check_covered(actor, [post.scope for post in posts])
        check_own_people(actor, [post.user_id for post in posts], on=at.astimezone(CHINA).date())
        check_own_departments(actor, [post.department_id for post in posts])
    for post in posts:
        check_closed(post.scope)
        if post.role is Role.DEPARTMENT_HANDLER and post.department_id is None:
            raise DepartmentMissing()
    check_words((post.kind, post.employment) for post in posts)
    _check_clashes(posts)
    Post.objects.bulk_create(
        (
            Post(
                user_id=post.user_id,
                role=post.role.value,
                scope=post.scope,
                scope_name=post.scope_name,
                department_id=post.department_id,
                starts_on=post.starts_on,
                ends_on=post.ends_on,
                kind=post.kind,
                employment=post.employment,
            )
            for post in posts
        ),
        ignore_conflicts=True,
        batch_size=5000,
    )
    audit.record(_granted(posts), actor=actor, at=at)


def _check_clashes(posts: Sequence[NewPost]) -> None:
    users = sorted({post.user_id for post in posts})
    list(User.objects.select_for_update().filter(pk__in=users).order_by("pk").values_list("pk"))
    held: dict[int, list[Held]] = {user_id: [] for user_id in users}
    for user_id, role, starts_on, ends_on in Post.objects.filter(user_id__in=users).values_list(
        "user_id", "role", "starts_on", "ends_on"
    ):
        held[user_id].append(Held(Role(role), starts_on, ends_on))
    for post in posts:
        held[post.user_id].append(Held(post.role, post.starts_on, post.ends_on))
    for mine in held.values():
        check_posts(mine)


def _granted(posts: Iterable[NewPost]) -> Iterable[audit.Entry]:
    for post in posts:
        yield "accounts.grant_post", "user", str(post.user_id), {"role": post.role.value, "scope": post.scope}


def ensure_department(department: NewDepartment, *, actor: Actor | None, at: datetime) -> int:
    """Return the id of the department with this code, made or brought up to date."""
    return ensure_departments([department], actor=actor, at=at)[department.code]


@transaction.atomic
def ensure_departments(
    departments: Sequence[NewDepartment], *, actor: Actor | None, at: datetime
) -> dict[str, int]:
    """Make departments or bring them up to date by code; return the id of each code.

    Raises: NotYourRole, NotVisible; Unreadable for an open path.
    Rule:   AC-10.
    """
    if actor:
        actor.check_can("accounts.write")
        standing = Department.objects.filter(code__in=[d.code for d in departments])
        check_covered(actor, [*(d.path for d in departments), *standing.values_list("path", flat=True)])
    Department.objects.bulk_create(
        (Department(code=d.code, name=d.name, kind=d.kind, path=check_closed(d.path)) for d in departments),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind", "path"],
    )
    audit.record(
        [("accounts.ensure_departments", "department", "", {"count": len(departments)})], actor=actor, at=at
    )
    codes = [d.code for d in departments]
    return dict(Department.objects.filter(code__in=codes).values_list("code", "pk"))
