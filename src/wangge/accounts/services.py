"""Writes of people, posts and departments, and the log-in door."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest

from wangge.accounts.models import Department, LoginAttempts, Post, User
from wangge.accounts.owning import check_covered, check_own_departments, check_own_people
from wangge.accounts.queries import get_actor
from wangge.accounts.reaching import set_addresses
from wangge.accounts.rescoping import recode_departments, rescope_posts, scopes_under
from wangge.accounts.rules import (
    Attempts,
    DepartmentMissing,
    Held,
    NoPost,
    Role,
    UsernameTaken,
    WrongCredentials,
    check_posts,
    count_attempt,
)
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.kernel.paths import check_closed

__all__ = [
    "NewDepartment",
    "NewPost",
    "NewUser",
    "check_credentials",
    "check_password_strength",
    "create_user",
    "create_users",
    "ensure_department",
    "ensure_departments",
    "grant_post",
    "grant_posts",
    "recode_departments",
    "rescope_posts",
    "scopes_under",
    "set_addresses",
]
WEAK = {  # Django's own sentences are not all translated
    "password_too_short": ("至少 {min_length} 个字符", "at least {min_length} characters"),
    "password_too_common": ("太常见，容易被猜到", "too common, easily guessed"),
}
TOO_WEAK = ("不够安全，请换一个", "not safe enough, choose another")
_FIND_AND_LOCK = """
INSERT INTO accounts_loginattempts AS a (username_digest, failures, last_at) VALUES (%s, 0, %s)
ON CONFLICT (username_digest) DO UPDATE SET failures = a.failures RETURNING failures, last_at
"""
KEPT = timedelta(days=1)  # counts of usernames nobody tried for a day are dropped


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


@dataclass(frozen=True, slots=True)
class NewDepartment:
    code: str
    name: str
    kind: str
    path: str


def check_credentials(
    request: HttpRequest | None, username: str, password: str, *, on: date, at: datetime
) -> tuple[User, Actor]:
    """Return the person and the acting post if the password is right; write an audit row either way.

    Raises: WrongCredentials (the same for an unknown name), TooManyFailures, NoPost.
    Rule:   AC-4.
    """
    failures = _count(username, at)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        known = User.objects.filter(username=username).values_list("pk", flat=True).first()
        audit.record(
            [("accounts.log_in_failed", "user", str(known or ""), {"failures": failures})], actor=None, at=at
        )
        raise WrongCredentials()
    actor = get_actor(user, on)
    with transaction.atomic():
        LoginAttempts.objects.filter(pk=_digest(username)).delete()
        action = "accounts.log_in" if actor else "accounts.log_in_without_post"
        audit.record([(action, "user", str(user.pk), {})], actor=actor, at=at)
    if actor is None:
        raise NoPost()
    return user, actor


def _count(username: str, at: datetime) -> int:
    limit, lock = settings.WANGGE_LOGIN_FAILURES, timedelta(minutes=settings.WANGGE_LOGIN_LOCK_MINUTES)
    digest = _digest(username)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FIND_AND_LOCK, [digest, at])
        counted = count_attempt(Attempts(*cursor.fetchone()), at=at, limit=limit, lock=lock)
        attempts = LoginAttempts.objects.filter(pk=digest)
        attempts.update(failures=counted.failures, last_at=counted.last_at)
    if counted.failures == 1:
        LoginAttempts.objects.filter(last_at__lt=at - KEPT).delete()
    return counted.failures


def _digest(username: str) -> str:
    return hashlib.sha256(username.encode()).hexdigest()


@transaction.atomic
def create_user(*, username: str, name: str, password: str, actor: Actor | None, at: datetime) -> User:
    """Create one person who can log in. No actor: the installation's own command.

    Raises: UsernameTaken; Unreadable if the password is too weak; NotYourRole.
    Rule:   AC-6.
    """
    if actor:
        actor.check_can("accounts.write")
    check_password_strength(password, username=username, name=name)
    fresh = User(username=username, name=name, password=make_password(password), created_at=at)
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
        (User(username=one.username, name=one.name, password=shared, created_at=at) for one in people),
        ignore_conflicts=True,
        batch_size=5000,
    )
    usernames = [one.username for one in people]
    ids = dict(User.objects.filter(username__in=usernames).values_list("username", "pk"))
    audit.record([("accounts.create_users", "user", "", {"count": len(people)})], actor=actor, at=at)
    return ids


def check_password_strength(password: str, *, username: str = "", name: str = "") -> None:
    """Raises: Unreadable with what the password lacks, in both languages. Rule: AC-6."""
    try:
        validate_password(password, User(username=username, name=name))
    except ValidationError as error:
        weak = [(WEAK.get(one.code or "", TOO_WEAK), one.params or {}) for one in error.error_list]
        why_zh = "；".join(zh.format(**params) for (zh, _), params in weak)
        why_en = "; ".join(en.format(**params) for (_, en), params in weak)
        raise Unreadable(field="password", why_zh=why_zh, why_en=why_en) from error


def grant_post(post: NewPost, *, actor: Actor | None, at: datetime) -> int:
    """Give one person a post and return its id; see `grant_posts`."""
    grant_posts([post], actor=actor, at=at)
    return Post.objects.values_list("pk", flat=True).get(
        user_id=post.user_id, role=post.role, scope=post.scope, starts_on=post.starts_on
    )


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
