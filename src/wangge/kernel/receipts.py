"""Command receipts: a retry is harmless."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from wangge.kernel.actor import Actor
from wangge.kernel.errors import CommandIdReused
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.models import Receipt

_WAIT = "SELECT count(pg_advisory_xact_lock(command)) FROM unnest(%s::bigint[]) AS command"
_LOCK_BITS = (1 << 63) - 1
_encode = msgspec.json.Encoder(order="sorted").encode


def digest_of(content: Any) -> bytes:
    """Return the sha256 of `content` as canonical JSON (sorted keys, no spaces)."""
    return hashlib.sha256(_encode(content)).digest()


def settle_repeats(digests: Mapping[UUID, bytes], *, actor: Actor) -> dict[UUID, Fate]:
    """Return the fate of every command that was applied before.

    A repeat by the same person with the same content is `repeated`; anything else is `CommandIdReused`.
    Call it inside the transaction that applies the rest, before any row is locked: of two deliveries at once
    the second waits here for the first.
    Rule: KE-17.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [sorted(command.int & _LOCK_BITS for command in digests)])
    fates: dict[UUID, Fate] = {}
    for receipt in Receipt.objects.filter(command_id__in=list(digests)):
        same = bytes(receipt.digest) == digests[receipt.command_id] and receipt.actor_id == actor.user_id
        fates[receipt.command_id] = (
            Fate.repeated(receipt.command_id, receipt.result)
            if same
            else Fate.refused(receipt.command_id, CommandIdReused())
        )
    return fates


def record(
    fates: Iterable[Fate], digests: Mapping[UUID, bytes], *, kind: str, actor: Actor, at: datetime
) -> None:
    """Write a receipt for every applied fate, in one statement. A refused command leaves no trace."""
    Receipt.objects.bulk_create(
        Receipt(
            command_id=fate.command_id,
            kind=kind,
            actor_id=actor.user_id,
            at=at,
            digest=digests[fate.command_id],
            result=dict(fate.result),
        )
        for fate in fates
        if fate.outcome is Outcome.APPLIED
    )
