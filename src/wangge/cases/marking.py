"""Marks: what is noted on a case without moving it (CS-11). Pure; the case is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.cases.chain import Event, canonical, seal
from wangge.cases.rules import CaseFacts, Mark, check_mark, check_visible
from wangge.kernel.actor import Actor
from wangge.kernel.errors import CommandIdReused, NotVisible, Refused
from wangge.kernel.fates import Fate

MOST = 2_000  # in one transaction: a step that waits for such a piece waits a fraction of a second
MOVABLE = frozenset({"due_at", "stage_due_at"})


@dataclass(frozen=True, slots=True)
class MarkCommand:
    """One mark on one case. `id` is the event's: whoever tries again sends the same one, and it is one mark.

    `detail` is what people read (reason, level, document number…); `clocks` the deadlines that it moves,
    `severity` what it raises the case to.
    """

    id: UUID
    case_id: UUID
    mark: Mark
    detail: Mapping[str, Any] = field(default_factory=dict)
    clocks: Mapping[str, datetime | None] = field(default_factory=dict)
    severity: str | None = None

    def __post_init__(self) -> None:
        assert "facts" not in self.detail, "`facts` is what a mark changes"
        assert self.clocks.keys() <= MOVABLE, "a mark moves nothing but clocks"


@dataclass(slots=True)
class Marked:
    """What a batch of marks leaves behind."""

    cases: dict[UUID, CaseFacts]
    changed: dict[UUID, CaseFacts] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)


def mark_all(
    marks: Sequence[MarkCommand],
    cases: Mapping[UUID, CaseFacts],
    known: Mapping[UUID, tuple[UUID, str, Mapping[str, Any]]],
    *,
    actor: Actor | None,
    at: datetime,
) -> Marked:
    """Return a fate a mark, in order, with the cases and events that they leave.

    `known` are the events that have one of the ids: (case, action, detail).
    Rule: CS-11, KE-17.
    """
    done, seen = Marked(dict(cases)), dict(known)
    for command in marks:
        done.fates.append(_settle(command, done, seen, actor, at))
    return done


def _settle(
    command: MarkCommand,
    done: Marked,
    seen: dict[UUID, tuple[UUID, str, Mapping[str, Any]]],
    actor: Actor | None,
    at: datetime,
) -> Fate:
    try:
        case = done.cases.get(command.case_id)
        case = check_visible(case, actor) if actor else case
        if case is None:
            raise NotVisible()
        if command.id in seen:
            return _repeat(command, seen[command.id])
        check_mark(command.mark, case.status)
    except Refused as refusal:
        return Fate.refused(command.id, refusal)
    after, event = mark(case, command, actor=actor, at=at)
    done.cases[case.id] = done.changed[case.id] = after
    done.events.append(event)
    seen[command.id] = (case.id, event.action, event.detail)
    return Fate.applied(command.id, case_id=str(case.id), seq=event.seq)


def _repeat(command: MarkCommand, first: tuple[UUID, str, Mapping[str, Any]]) -> Fate:
    case_id, action, detail = first
    if (case_id, action) != (command.case_id, command.mark.value) or canonical(command.detail) != {
        key: value for key, value in detail.items() if key != "facts"
    }:
        return Fate.refused(command.id, CommandIdReused())
    return Fate.repeated(command.id, {"case_id": str(case_id)})


def mark(
    case: CaseFacts, command: MarkCommand, *, actor: Actor | None, at: datetime
) -> tuple[CaseFacts, Event]:
    """Return the case with the mark, and its event. Rule: CS-11."""
    facts = {**command.clocks, "severity": command.severity or case.severity}
    return note(case, command.id, command.mark, detail=command.detail, facts=facts, actor=actor, at=at)


def note(
    case: CaseFacts,
    identifier: UUID,
    mark: Mark,
    *,
    detail: Mapping[str, Any],
    facts: Mapping[str, Any],
    actor: Actor | None,
    at: datetime,
    told: Mapping[str, Any] | None = None,
) -> tuple[CaseFacts, Event]:
    """Return the case with one more event that moves no status: the version stays, no next step goes stale.

    `told` are changed facts that the steps never look at.

    Rule: CS-11, CS-7.
    """
    changed = {name: value for name, value in facts.items() if value != getattr(case, name)}
    event = seal(
        case.chain_head,
        id=identifier,
        case_id=case.id,
        seq=case.event_count + 1,
        action=mark.value,
        before=case.status.value,
        after=case.status.value,
        actor_id=actor.user_id if actor else 0,
        actor_name=actor.name if actor else "",
        role=actor.role if actor else "installation",
        at=at,
        detail={**detail, "facts": {**changed, **(told or {})}},
    )
    return case._replace(event_count=event.seq, chain_head=event.hash, **changed), event
