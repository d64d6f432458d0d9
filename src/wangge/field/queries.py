"""Reads of devices: everybody's own, and nobody else's."""

from __future__ import annotations

from wangge.accounts import queries as accounts
from wangge.field.models import Device
from wangge.field.schemas import DeviceOut
from wangge.kernel.actor import Actor

MOST = 50


def list_devices(actor: Actor) -> list[DeviceOut]:
    """Return the caller's devices, the latest seen first. Rule: FD-1."""
    return shown(list(Device.objects.filter(user_id=actor.user_id).order_by("-seen_at")[:MOST]))


def shown(rows: list[Device]) -> list[DeviceOut]:
    """Return devices of the caller as they are shown, without their keys."""
    names = accounts.names_of([row.revoked_by_id for row in rows if row.revoked_by_id])
    return [
        DeviceOut(
            id=row.id,
            name=row.name,
            enrolled_at=row.enrolled_at,
            seen_at=row.seen_at,
            clock_off_s=row.clock_off_s,
            revoked_at=row.revoked_at,
            revoked_by_name=names.get(row.revoked_by_id or 0),
        )
        for row in rows
    ]
