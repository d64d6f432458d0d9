"""Audit rows, written in the transaction of the change they tell of (KE-18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
