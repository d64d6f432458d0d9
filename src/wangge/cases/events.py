"""Events as the chain looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from wangge.cases.chain import Event
from wangge.cases.models import CaseEvent


def read_events(case_ids: Iterable[UUID]) -> list[Event]:
    """Return the events of the cases, by case and step, in one statement."""
    rows = CaseEvent.objects.filter(case_id__in=list(case_ids)).order_by("case_id", "seq", "id")
    return [
        Event(
            id=row.id,
            case_id=row.case_id,
            seq=row.seq,
            action=row.action,
            before=row.before,
            after=row.after,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            role=row.role,
            at=row.at,
            detail=row.detail,
            previous_hash=bytes(row.previous_hash),
            hash=bytes(row.hash),
        )
        for row in rows
    ]


def events_named(ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str, Mapping[str, Any]]]:
    """Return case, action and detail of those events that are there."""
    rows = CaseEvent.objects.filter(pk__in=list(ids)).values_list("pk", "case_id", "action", "detail")
    return {pk: (case_id, action, detail) for pk, case_id, action, detail in rows}
