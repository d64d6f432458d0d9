"""What a step on one case tells other cases: merged, taken apart again, answered (CS-35). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.cases.chain import Event
from wangge.cases.marking import note
from wangge.cases.rules import ENDED, Action, CaseFacts, Mark
from wangge.kernel.actor import Actor
from wangge.kernel.ids import assemble

Told = list[tuple[CaseFacts, Event]]


def tell_others(
    before: CaseFacts, after: CaseFacts, event: Event, cases: Mapping[UUID, CaseFacts], actor: Actor
) -> Told:
    """Return the other cases that a step concerns, each with the mark it gets.

    The case that another one was merged into counts it; whoever reported a merged case is answered when
    the one that goes on has ended.
    Rule: CS-35.
    """
    if event.action == Action.MERGE and after.merged_into_id is not None:
        return [_count(cases[after.merged_into_id], after, event, 1, actor)]
    if event.action == Action.UNMERGE and before.merged_into_id is not None:
        return [_count(cases[before.merged_into_id], after, event, -1, actor)]
    if after.absorbed and after.status in ENDED and before.status not in ENDED:
        return [
            _answer(case, after, event, actor) for case in cases.values() if case.merged_into_id == after.id
        ]
    return []


def _count(
    target: CaseFacts, other: CaseFacts, event: Event, n: int, actor: Actor
) -> tuple[CaseFacts, Event]:
    mark = Mark.MERGED_HERE if n > 0 else Mark.UNMERGED_HERE
    reporters = [*target.co_reporters, other.reporter_id] if n > 0 else list(target.co_reporters)
    if n < 0 and other.reporter_id in reporters:  # a case merged before this list was kept is not on it
        reporters.remove(other.reporter_id)
    facts = {"absorbed": max(0, target.absorbed + n), "co_reporters": tuple(reporters)}
    return _noted(target, mark, {"case": str(other.id)}, facts, event, actor)


def _answer(case: CaseFacts, target: CaseFacts, event: Event, actor: Actor) -> tuple[CaseFacts, Event]:
    detail = {"case": str(target.id), "outcome": target.status.value}
    return _noted(case, Mark.MERGED_ENDED, detail, {}, event, actor)


def _noted(
    case: CaseFacts, mark: Mark, detail: dict[str, Any], facts: dict[str, Any], event: Event, actor: Actor
) -> tuple[CaseFacts, Event]:
    identifier = id_beside(event.id, case.id, event.at)
    return note(case, identifier, mark, detail=detail, facts=facts, actor=actor, at=event.at)


def id_beside(command: UUID, case: UUID, at: datetime) -> UUID:
    """Return the id of what a command leaves on another case: done twice, it is one id."""
    digest = hashlib.sha256(command.bytes + case.bytes).digest()
    return assemble(at, int.from_bytes(digest[:10], "big") & (1 << 74) - 1)
