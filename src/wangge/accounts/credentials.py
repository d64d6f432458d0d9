"""The log-in door: passwords looked at, guesses counted. Rule: AC-4, AC-6."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest

from wangge.accounts.models import LoginAttempts, User
from wangge.accounts.queries import get_actor
from wangge.accounts.rules import Attempts, NoPost, WrongCredentials, count_attempt
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable

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


def check_password_strength(password: str, *, username: str = "", name: str = "") -> None:
    """Raises: Unreadable with what the password lacks, in both languages. Rule: AC-6."""
    try:
        validate_password(password, User(username=username, name=name))
    except ValidationError as error:
        weak = [(WEAK.get(one.code or "", TOO_WEAK), one.params or {}) for one in error.error_list]
        why_zh = "；".join(zh.format(**params) for (zh, _), params in weak)
        why_en = "; ".join(en.format(**params) for (_, en), params in weak)
        raise Unreadable(field="password", why_zh=why_zh, why_en=why_en) from error
