"""Who asks: one statement from the session to the post in force (AC-7)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import InterfaceError, OperationalError, connection
from django.utils.crypto import constant_time_compare

from wangge.accounts.models import User
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.accounts.sessions import POST_KEY, SessionStore
from wangge.kernel import prepared
from wangge.kernel.actor import Actor

WHO = """
SELECT s.session_data, u.id, u.name, u.password, p.role, p.scope, p.department_id, p.id, s.post_id
FROM accounts_session s
JOIN accounts_user u ON u.id = s.user_id AND u.is_active
CROSS JOIN LATERAL (
  SELECT id, role, scope, department_id FROM accounts_post
  WHERE user_id = u.id AND starts_on <= %s AND (ends_on IS NULL OR ends_on > %s)
    AND id = coalesce(%s::bigint, s.post_id, id)
  ORDER BY lent_for_id NULLS FIRST, starts_on, id LIMIT 1
) p
WHERE s.session_key = %s AND s.expire_date > now()
"""


def get_signed_in(session_key: str, *, on: date, post_id: int | None = None) -> Actor | None:
    """Return who holds the session, acting in a post in force on that day; None for nobody.

    The post is the one that the request names, else the one chosen for the session, else the first in force.
    One that is not theirs or not in force is no post: nobody slides into another (AC-2).

    Nothing is remembered between two requests: a log-out, a closed account, another password and the end of a
    post hold from the next request on.
    Rule: AC-2 (which post acts), AC-7.
    """
    row = _ask(on, on, post_id, session_key) if session_key.isalnum() else None
    if row is None:
        return None
    content, user_id, name, password, role, scope, department_id, acting_in, chosen = row
    told = _decode(content)
    if told.get(SESSION_KEY) != str(user_id) or told.get(POST_KEY) != chosen:
        return None
    if not constant_time_compare(told.get(HASH_SESSION_KEY, ""), _hash_of(password)):
        return None
    return Actor(user_id, name, role, scope, department_id, CAPABILITIES[Role(role)], acting_in)


def _ask(*values: object) -> Any:
    """The first statement of a request; a connection that died while it was idle is replaced, once.

    Django would ask `SELECT 1` before it. This reads only, so it may be asked twice.
    """
    if connection.connection is None or connection.in_atomic_block:
        return prepared.send(WHO, *values).fetchone()
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs lack it
    try:
        return prepared.send(WHO, *values).fetchone()
    except (OperationalError, InterfaceError):
        connection.close()
        return prepared.send(WHO, *values).fetchone()


@lru_cache(maxsize=4096)
def _decode(content: str) -> dict[str, Any]:
    """Return what a session's signed text says; nothing if its signature does not hold. The same text says
    the same for ever, so the signature is checked once."""
    told: dict[str, Any] = SessionStore().decode(content)
    return told


@lru_cache(maxsize=4096)
def _hash_of(password: str) -> str:
    """Return what a session keeps of the stored password, so that a new one ends the sessions of the old."""
    return User(password=password).get_session_auth_hash()
