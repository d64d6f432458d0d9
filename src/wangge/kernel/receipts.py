"""Command receipts: a retry is harmless."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from wangge.kernel import prepared
from wangge.kernel.actor import Actor
from wangge.kernel.errors import CommandIdReused
from wangge.kernel.fates import Fate, Outcome

_WAIT = "SELECT count(pg_advisory_xact_lock(command)) FROM unnest(%s::bigint[]) AS command"
_FIND = "SELECT command_id, actor_id, digest, result FROM kernel_receipt WHERE command_id = ANY(%s)"
INSERT = prepared.insert(
    "kernel_receipt",
    {
        "command_id": "uuid",
        "kind": "text",
        "actor_id": "bigint",
        "at": "timestamptz",
        "digest": "bytea",
        "result": "jsonb",
    },
)
_LOCK_BITS = (1 << 63) - 1
_encode = msgspec.json.Encoder(order="sorted", enc_hook=vars).encode


def digest_of(content: Any) -> bytes:
    """Return the sha256 of `content` as canonical JSON (sorted keys, no spaces)."""
    return hashlib.sha256(_encode(content)).digest()


def digest_of_command(command: object) -> bytes:
    """Return `digest_of` of a command's fields: the same as of its `model_dump(mode="json")`, at a third."""
    return digest_of(vars(command))


def ask(digests: Mapping[UUID, bytes]) -> prepared.Answer:
    """Ask which of the commands were applied before; `settle_asked` reads the answer.

    Ask inside the transaction that applies the rest, before any row is locked: of two deliveries at once the
    second waits here for the first.
    Rule: KE-17.
    """
    prepared.send(_WAIT, sorted(command.int & _LOCK_BITS for command in digests))
    return prepared.send(_FIND, list(digests))


def settle_asked(answer: prepared.Answer, digests: Mapping[UUID, bytes], *, actor: Actor) -> dict[UUID, Fate]:
    """Return the fate of every command that was applied before.

    A repeat by the same person with the same content is `repeated`; anything else is `CommandIdReused`.
    Rule: KE-17.
    """
    fates: dict[UUID, Fate] = {}
    for command, actor_id, digest, result in answer.fetchall():
        same = digest == digests[command] and actor_id == actor.user_id
        fates[command] = (
            Fate.repeated(command, msgspec.json.decode(result) if isinstance(result, str) else result)
            if same
            else Fate.refused(command, CommandIdReused())
        )
    return fates


def settle_repeats(digests: Mapping[UUID, bytes], *, actor: Actor) -> dict[UUID, Fate]:
    """Ask and settle in one. Rule: KE-17."""
    return settle_asked(ask(digests), digests, actor=actor)


def record(
    fates: Iterable[Fate], digests: Mapping[UUID, bytes], *, kind: str, actor: Actor, at: datetime
) -> None:
    """Write a receipt for every applied fate. A refused command leaves no trace."""
    applied = [fate for fate in fates if fate.outcome is Outcome.APPLIED]
    INSERT.send([row(fate, digests[fate.command_id], kind=kind, actor=actor, at=at) for fate in applied])


def row(fate: Fate, digest: bytes, *, kind: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """Return the receipt of an applied fate, as `INSERT` takes it."""
    return {
        "command_id": fate.command_id,
        "kind": kind,
        "actor_id": actor.user_id,
        "at": at,
        "digest": digest,
        "result": dict(fate.result),
    }
