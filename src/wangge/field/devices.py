"""Phones: introduced, revoked by who may; what a revoked one may still do. Rules: FD-1, FD-4, FD-11."""

from __future__ import annotations

import hashlib
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from django.db import transaction

from wangge.accounts import queries as accounts
from wangge.accounts import services as people
from wangge.field.models import Device
from wangge.field.rules import DeviceRevoked, DeviceTaken, may_hand_over
from wangge.field.schemas import DeviceIn
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible

REVOKE = "devices.revoke"


@transaction.atomic
def enrol_device(device: DeviceIn, *, actor: Actor, at: datetime, session_key: str = "") -> Device:
    """Return the device, new or as it is.

    Raises: DeviceTaken by another person or with another key; DeviceRevoked.
    Rule:   FD-1.
    """
    row, is_new = Device.objects.get_or_create(
        id=device.id,
        defaults={
            "user_id": actor.user_id,
            "name": device.name,
            "key_digest": _digest(device.key),
            "session_key": session_key,
            "enrolled_at": at,
            "seen_at": at,
        },
    )
    if row.user_id != actor.user_id or not compare_digest(row.key_digest, _digest(device.key)):
        raise DeviceTaken
    if row.revoked_at is not None:
        raise DeviceRevoked
    if is_new:
        audit.record([("field.enrol", "device", str(row.id), {"name": row.name})], actor=actor, at=at)
    return row


@transaction.atomic
def revoke_device(device_id: UUID, *, actor: Actor, at: datetime) -> Device:
    """End the trust in a phone, and the log-in that it was last heard under; once is enough.

    One's own, or that of a person of the own territory with `devices.revoke`. Somebody else's is not found by
    whoever may not.
    Raises: NotVisible.
    Rule:   FD-4, FD-11.
    """
    row = Device.objects.select_for_update().filter(pk=device_id).first()
    if row is None:
        raise NotVisible
    if row.user_id != actor.user_id:
        if not actor.can(REVOKE):
            raise NotVisible
        accounts.check_own_people(actor, [row.user_id], on=at.astimezone(CHINA).date())
    if row.revoked_at is None:
        people.end_session(row.session_key)
        row.revoked_at, row.revoked_by_id = at, actor.user_id
        row.cursor = row.cursor_before = None
        row.told = row.told_before = b""
        row.session_key = ""
        row.save()
        audit.record([("field.revoke", "device", str(row.id), {"user": row.user_id})], actor=actor, at=at)
    return row


def find_device(device_id: UUID, key: str, *, actor: Actor) -> Device:
    """Return the caller's device, locked. Raises: NotVisible for another's, or with another key."""
    row = Device.objects.select_for_update().filter(pk=device_id, user_id=actor.user_id).first()
    if row is None or not compare_digest(row.key_digest, _digest(key)):
        raise NotVisible
    return row


def get_handing_over(device_id: UUID, key: str, *, at: datetime) -> Actor | None:
    """Return whose work a revoked phone hands over; None for a phone that is trusted, unknown or too late.

    Rule: FD-11: its own key opens the doors of the inbox and of photos, which take and do not tell.
    """
    row = Device.objects.filter(pk=device_id).select_related("user").first()
    if row is None or not compare_digest(row.key_digest, _digest(key)):
        return None
    if not may_hand_over(row.revoked_at, at):
        return None
    return accounts.get_actor(row.user, at.astimezone(CHINA).date())


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
