"""Audit rows, written in the transaction of the change they tell of (KE-18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from wangge.kernel.actor import Actor
from wangge.kernel.models import AuditRow

Entry = tuple[str, str, str, Mapping[str, Any]]  # action, subject type, subject id, detail


def record(entries: Iterable[Entry], *, actor: Actor | None, at: datetime) -> None:
    """Write one audit row an entry, in one statement. No actor: the installation itself."""
    AuditRow.objects.bulk_create(
        AuditRow(
            at=at,
            actor_id=actor.user_id if actor else None,
            actor_name=actor.name if actor else "",
            role=actor.role if actor else "installation",
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            detail=dict(detail),
        )
        for action, subject_type, subject_id, detail in entries
    )
