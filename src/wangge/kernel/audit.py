"""Audit rows, written in the transaction of the change they tell of (KE-18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wangge.kernel import prepared
from wangge.kernel.actor import Actor

Entry = tuple[str, str, str, Mapping[str, Any]]  # action, subject type, subject id, detail
_COLUMNS = {
    "at": "timestamptz",
    "actor_id": "bigint",
    "actor_name": "text",
    "role": "text",
    "post_id": "bigint",
    "action": "text",
    "subject_type": "text",
    "subject_id": "text",
    "detail": "jsonb",
}
INSERT = prepared.insert("kernel_auditrow", _COLUMNS)


def record(entries: Iterable[Entry], *, actor: Actor | None, at: datetime) -> None:
    """Write one audit row an entry, in one statement. No actor: the installation itself."""
    INSERT.send([row(entry, actor=actor, at=at) for entry in entries])


def row(entry: Entry, *, actor: Actor | None, at: datetime) -> dict[str, Any]:
    """Return the audit row of one entry, as `INSERT` takes it."""
    action, kind, identifier, detail = entry
    who = (
        (actor.user_id, actor.name, actor.role, actor.post_id) if actor else (None, "", "installation", None)
    )
    return dict(zip(_COLUMNS, (at, *who, action, kind, identifier, dict(detail)), strict=True))


_DONE = """
SELECT actor_id, action, coalesce(detail->>'outcome', ''), count(*), min(at), max(at)
FROM kernel_auditrow WHERE at >= %s AND at < %s AND actor_id = ANY(%s) GROUP BY 1, 2, 3 ORDER BY 1, 5, 2, 3
"""


def done_by(
    user_ids: Sequence[int], since: datetime, until: datetime
) -> list[tuple[int, str, str, int, datetime, datetime]]:
    """Return what these people did: (person, action, outcome, how often, first at, last at), in order.

    One statement for all; the index of `at` finds the day. Rule: KE-18.
    """
    return prepared.send(_DONE, since, until, list(user_ids)).fetchall() if user_ids else []
