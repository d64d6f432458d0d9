"""Events as the chain looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.cases.chain import Event
from wangge.cases.models import CaseEvent
from wangge.cases.rules import Status
from wangge.kernel import prepared

COLUMNS = Event._fields
OF_CASES = f"""
SELECT {", ".join(COLUMNS)} FROM cases_caseevent WHERE case_id = ANY(%s::uuid[]) ORDER BY case_id, seq, id
"""
NAMED = "SELECT id, case_id, action, detail FROM cases_caseevent WHERE id = ANY(%s::uuid[])"


def read_events(case_ids: Iterable[UUID]) -> list[Event]:
    """Return the events of the cases, by case and step, in one statement."""
    rows = prepared.send(OF_CASES, list(case_ids), binary=True).fetchall()
    return [Event._make(row) for row in rows]


def events_named(ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str, Mapping[str, Any]]]:
    """Return case, action and detail of those events that are there."""
    rows = prepared.send(NAMED, list(ids), binary=True).fetchall()
    return {pk: (case_id, action, detail) for pk, case_id, action, detail in rows}


def judged_at(case_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when somebody first said whether the report is true: when the case left its first status."""
    rows = CaseEvent.objects.filter(case_id__in=list(case_ids), before=Status.REPORTED)
    left = rows.exclude(after=Status.REPORTED).order_by("case_id", "-seq")
    return dict(left.values_list("case_id", "at"))  # of several the first: the later rows of a case win
