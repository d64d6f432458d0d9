"""The chain of a case's events: a hash over each event and the one before it (CS-7). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from wangge.cases.vocabulary import HANDLERS_WORK, JUDGEMENT, Action, Mark

NO_HASH = bytes(32)  # what the first event leans on

MARKS = frozenset(mark.value for mark in Mark)
DERIVED = frozenset({"status", "handled_by", "judged_by"})  # every event implies them

_encode = msgspec.json.Encoder(order="sorted").encode


class Event(NamedTuple):
    """One immutable step, as it stands in `case_event`."""

    id: UUID
    case_id: UUID
    seq: int
    action: str
    before: str
    after: str
    actor_id: int
    actor_name: str
    role: str
    at: datetime
    detail: Mapping[str, Any]
    previous_hash: bytes
    hash: bytes


SHAPE = {"width", "height", "orientation"}  # of a photo: claims nothing
HASHED = Event._fields[:-2]  # all but the hashes


PLAIN = frozenset({str, int, bool})


def canonical(value: Any) -> Any:
    """Return `value` as jsonb will give it back: whole floats are integers, ids and times are text."""
    if value is None or type(value) in PLAIN:  # most values, and the cheapest to tell
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return as_text(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    return value


def as_text(at: datetime) -> str:
    """Return the moment as text: UTC, always six decimals."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def event_body(*, detail: Mapping[str, Any], **fields: Any) -> bytes:
    """Return the canonical JSON of every field of the event: what is hashed, and what a bundle holds.

    Shape: one line; the same before and after a round trip through jsonb.
    Rule:  CS-7, EV-8.
    """
    return _body(**fields, detail=canonical(detail))


def _body(
    *,
    id: UUID,
    case_id: UUID,
    seq: int,
    action: str,
    before: str,
    after: str,
    actor_id: int,
    actor_name: str,
    role: str,
    at: datetime,
    detail: Any,
) -> bytes:
    head = (str(id), str(case_id), seq, str(action), str(before), str(after))
    return _encode([*head, actor_id, actor_name, role, as_text(at), detail])


def seal(previous: bytes, **fields: Any) -> Event:
    """Return the event with its canonical detail and its hash, leaning on `previous` (CS-7)."""
    fields["detail"] = canonical(fields["detail"])
    return Event(**fields, previous_hash=previous, hash=_linked(previous, _body(**fields)))


def body_of(event: Event) -> bytes:
    """Return the canonical JSON of an event that stands in the database (CS-7)."""
    return event_body(**{name: getattr(event, name) for name in HASHED})


def hash_of(event: Event, *, previous: bytes) -> bytes:
    """Return what the hash of `event` must be if it leans on `previous` (CS-7)."""
    return _linked(previous, body_of(event))


def _linked(previous: bytes, body: bytes) -> bytes:
    return hashlib.sha256(previous + body).digest()


def photos_said(photos: Iterable[str], facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the photos of a step say of themselves, as part of its event's detail; nothing for none.

    Rule: CS-9 (facts of the event: what a photo said when it was used cannot be changed later).
    """
    said = {sha256: _claims(facts.get(sha256, {})) for sha256 in photos}
    told = {sha256: claims for sha256, claims in said.items() if claims}
    return {"photo_facts": told} if told else {}


def _claims(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in SHAPE}


UNTOLD: Mapping[str, Any] = {  # what a case has whose report is older than the column
    "layer": "",
    "is_restricted": False,
    "stops_operation": False,
    "came_from": "",
    "absorbed": 0,
    "co_reporters": [],
    "co_departments": [],
    "co_waiting": [],
    "asked": "",
    "suspensions": 0,
    "extensions": 0,
}


def replay(events: list[Event]) -> dict[str, Any]:
    """Return the facts of the case as its events tell them: of `detail.facts` the later one wins.

    A mark is an event without a version (CS-11).
    """
    facts: dict[str, Any] = dict(UNTOLD) if events else {}
    for event in events:
        facts.update(event.detail.get("facts", {}))
    if events:
        facts |= {
            "status": events[-1].after,
            "reporter_id": events[0].actor_id,
            "version": sum(event.action not in MARKS for event in events),
            "event_count": len(events),
            "handled_by": _people(events, HANDLERS_WORK),
            "judged_by": _people(events, JUDGEMENT),
        }
    return facts


def _people(events: list[Event], actions: frozenset[Action]) -> list[int]:
    return sorted({event.actor_id for event in events if event.action in actions})
