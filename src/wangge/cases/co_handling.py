"""The roster of the departments that handle a case together (CS-31). Pure but for its one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.cases.chain import Event
from wangge.cases.rules import CaseFacts, CoState
from wangge.kernel import prepared

_PLAIN = prepared.insert(
    "cases_cohandler",
    {
        "case_id": "uuid",
        "department_id": "bigint",
        "state": "text",
        "person_id": "bigint",
        "at": "timestamptz",
    },
)
_AGAIN = (
    " ON CONFLICT (case_id, department_id)"
    " DO UPDATE SET state = excluded.state, person_id = excluded.person_id, at = excluded.at"
)
WRITE = replace(_PLAIN, one=_PLAIN.one + _AGAIN, many=_PLAIN.many + _AGAIN)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """What became of one co-handling department."""

    case_id: UUID
    department_id: int
    state: CoState
    person_id: int | None
    at: datetime


def is_changed(before: CaseFacts, after: CaseFacts) -> bool:
    """Return whether a step invited, released or countersigned."""
    return (before.co_departments, before.co_waiting) != (after.co_departments, after.co_waiting)


def list_changes(before: CaseFacts, after: CaseFacts, event: Event) -> list[RosterRow]:
    """Return the rows that a step writes: who was invited, who countersigned, who was let go."""
    rows = [
        RosterRow(after.id, one, CoState.WAITING, None, event.at)
        for one in after.co_waiting
        if one not in before.co_waiting
    ]
    for one in before.co_waiting:
        if one in after.co_waiting:
            continue
        state = CoState.COUNTERSIGNED if one in after.co_departments else CoState.RELEASED
        rows.append(RosterRow(after.id, one, state, event.actor_id, event.at))
    return rows


def write(rows: Iterable[RosterRow]) -> None:
    """Write the roster; of two rows of one department the later one counts."""
    last: Mapping[tuple[UUID, int], RosterRow] = {(row.case_id, row.department_id): row for row in rows}
    WRITE.send([_as_row(row) for row in last.values()])


def _as_row(row: RosterRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in WRITE.columns}
