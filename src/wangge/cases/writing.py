"""Cases and events in the database: read under lock and written back set by set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.accounts import queries as accounts
from wangge.cases.chain import Event
from wangge.cases.models import Case, CaseEvent
from wangge.cases.reporting import Started
from wangge.cases.rulebook import Rulebook
from wangge.cases.rules import CaseFacts, Status

FACTS = tuple(field.name for field in fields(CaseFacts))
CHANGING = {
    "status": "text",
    "department_id": "bigint",
    "handler_id": "bigint",
    "verifier_id": "bigint",
    "merged_into_id": "uuid",
    "due_at": "timestamptz",
    "stage_started_at": "timestamptz",
    "stage_due_at": "timestamptz",
    "closed_at": "timestamptz",
    "rework": "int",
    "fixed_on_spot": "bool",
    "version": "int",
    "event_count": "int",
    "chain_head": "bytea",
}
SAVE = f"""
UPDATE cases_case AS c SET {", ".join(f"{name} = v.{name}" for name in CHANGING)}
FROM unnest(%s::uuid[], {", ".join(f"%s::{kind}[]" for kind in CHANGING.values())})
  AS v(id, {", ".join(CHANGING)})
WHERE c.id = v.id
"""


def lock_many(case_ids: Iterable[UUID]) -> dict[UUID, CaseFacts]:
    """Return the facts of the cases, locked in id order until the transaction ends."""
    rows = Case.objects.select_for_update().filter(pk__in=set(case_ids)).order_by("pk").values_list(*FACTS)
    return {row[0]: _facts(row) for row in rows}


def facts_of(case: Case) -> CaseFacts:
    """Return what the rules look at."""
    return _facts(tuple(getattr(case, name) for name in FACTS))


def _facts(row: Sequence[Any]) -> CaseFacts:
    values: dict[str, Any] = dict(zip(FACTS, row, strict=True))
    values["status"] = Status(values["status"])
    values["chain_head"] = bytes(values["chain_head"])
    return CaseFacts(**values)


def save_many(changed: Sequence[CaseFacts]) -> None:
    """Write the changed facts back, in one statement."""
    if not changed:
        return
    columns = [[getattr(case, name) for case in changed] for name in ("id", *CHANGING)]
    with connection.cursor() as cursor:
        cursor.execute(SAVE, columns)


def insert_many(started: Sequence[Started]) -> None:
    """Write new cases, in one statement."""
    Case.objects.bulk_create(
        Case(**{name: getattr(one.facts, name) for name in FACTS}, **one.told) for one in started
    )


def append_events(events: Iterable[Event]) -> None:
    """Write events, in one statement."""
    CaseEvent.objects.bulk_create(
        CaseEvent(
            id=event.id,
            case_id=event.case_id,
            seq=event.seq,
            action=event.action,
            before=event.before,
            after=event.after,
            actor_id=event.actor_id,
            actor_name=event.actor_name,
            role=event.role,
            at=event.at,
            detail=dict(event.detail),
            previous_hash=event.previous_hash,
            hash=event.hash,
        )
        for event in events
    )


def suggest_departments(cases: Mapping[UUID, tuple[str, str]], rulebook: Rulebook) -> dict[UUID, int | None]:
    """Return the department that the routes name for each case, given as (matter code, grid path).

    Rule: CS-9 (WH-28): the longest matter prefix wins, then the longest path, else its own kind.
    """
    kinds = {key: (rulebook.kind_for(code, path), path) for key, (code, path) in cases.items()}
    found = accounts.departments_for([(kind, path) for kind, path in kinds.values() if kind])
    return {key: found.get((kind, path)) if kind else None for key, (kind, path) in kinds.items()}


def department_paths(department_ids: Iterable[int]) -> dict[int, str]:
    """Return the territory of each department that exists."""
    return {key: one.path for key, one in accounts.get_departments(list(department_ids)).items()}


def unknown_deadlines(limit: int) -> list[UUID]:
    """Return open cases whose deadline waits for a year's calendar."""
    waiting = Case.objects.filter(closed_at__isnull=True, due_at__isnull=True).order_by("pk")
    return list(waiting.values_list("pk", flat=True)[:limit])
