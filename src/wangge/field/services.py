"""Writes of the phone's face: the sync. Devices, the inbox and the photos have files of their own."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.field.burden import note_burdens
from wangge.field.devices import enrol_device, find_device, revoke_device
from wangge.field.handing_in import HandedIn, hand_in
from wangge.field.models import Device
from wangge.field.receiving import receive
from wangge.field.rules import DeviceRevoked, delta_of, seconds_off
from wangge.field.schemas import SliceOut, SliceRow, SyncIn
from wangge.field.slicing import cut
from wangge.field.uploading import add_part, count_received
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id

__all__ = [
    "HandedIn",
    "add_part",
    "count_received",
    "enrol_device",
    "hand_in",
    "note_burdens",
    "receive",
    "revoke_device",
    "sync",
]
DIGEST_BYTES = 6


@transaction.atomic
def sync(told: SyncIn, *, actor: Actor, at: datetime, session_key: str = "") -> SliceOut:
    """Return what is new for this phone since its cursor, and remember what it has then.

    Raises: NotVisible for a device that is not the caller's or has another key; DeviceRevoked.
    Rule:   FD-2 (the slice), FD-3 (delta; an unknown cursor gets the whole), FD-5 (the clock).
    """
    row = find_device(told.device_id, told.key, actor=actor)
    if row.revoked_at is not None:
        raise DeviceRevoked
    off = seconds_off(told.phone_at, at)
    if off and not row.clock_off_s:
        audit.record([("field.clock_off", "device", str(row.id), {"seconds": off})], actor=actor, at=at)
    slice_ = cut(actor, at=at)
    after = {key: _digest(value) for key, value in slice_.values.items()}
    before = _base(row, told.cursor)
    delta = delta_of(before or {}, after)
    if before is None or delta.changed or delta.removed:
        row.cursor_before, row.told_before = (
            (told.cursor, _packed(before)) if before is not None else (None, b"")
        )
        row.cursor, row.told = new_id(), _packed(after)
    elif row.cursor != told.cursor:
        row.cursor, row.told = told.cursor, _packed(after)
    row.seen_at, row.clock_off_s, row.session_key = at, off, session_key
    row.save()
    assert row.cursor is not None
    return SliceOut(
        cursor=row.cursor,
        at=at,
        clock_off_s=off,
        is_whole=before is None,
        changed=[SliceRow(key=key, value=slice_.values[key]) for key in delta.changed],
        removed=list(delta.removed),
        is_complete=slice_.is_complete,
    )


def _base(row: Device, cursor: UUID | None) -> dict[str, str] | None:
    """Return what the phone has: told with the last answer, or with the one before if that was lost."""
    if cursor is None:
        return None
    if cursor == row.cursor:
        return _unpacked(row.told)
    return _unpacked(row.told_before) if cursor == row.cursor_before else None


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()


def _packed(told: Mapping[str, str]) -> bytes:
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode())


def _unpacked(packed: bytes | memoryview) -> dict[str, str]:
    told: dict[str, str] = json.loads(zlib.decompress(bytes(packed))) if packed else {}
    return told
