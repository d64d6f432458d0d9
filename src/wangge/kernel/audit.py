"""Audit rows, written in the transaction of the change they tell of (KE-18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from wangge.kernel import prepared
from wangge.kernel.actor import Actor

Entry = tuple[str, str, str, Mapping[str, Any]]  # action, subject type, subject id, detail
_INSERT = """
INSERT INTO kernel_auditrow (at, actor_id, actor_name, role, action, subject_type, subject_id, detail)
SELECT %s, %s::bigint, %s, %s, v.action, v.subject_type, v.subject_id, v.detail
FROM json_to_recordset(%s) AS v(action text, subject_type text, subject_id text, detail jsonb)
"""


def record(entries: Iterable[Entry], *, actor: Actor | None, at: datetime) -> None:
    """Write one audit row an entry, in one statement. No actor: the installation itself."""
    rows = [
        {"action": action, "subject_type": kind, "subject_id": identifier, "detail": dict(detail)}
        for action, kind, identifier, detail in entries
    ]
    if not rows:
        return
    who = (actor.user_id, actor.name, actor.role) if actor else (None, "", "installation")
    prepared.send(_INSERT, at, *who, prepared.as_json(rows))
