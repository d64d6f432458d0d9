"""UUIDv7: made where the fact is made, so a retry is the same row; its time says which month it lies in."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """Return a fresh UUIDv7 of this moment."""
    return uuid_utils.compat.uuid7()


def id_at(at: datetime, rng: random.Random) -> UUID:
    """Return a UUIDv7 of the moment `at` with random bits from `rng`: the twin's ids are the seed's."""
    return assemble(at, rng.getrandbits(74))


def assemble(at: datetime, bits: int) -> UUID:
    """Return the UUIDv7 with the milliseconds of `at` and 74 given bits. Equal facts make equal ids."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    high, low = bits >> 62 & 0xFFF, bits & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)


def time_of(identifier: UUID) -> datetime:
    """Return the moment inside a UUIDv7 (millisecond precision, UTC)."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, tz=UTC)
