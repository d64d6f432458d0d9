"""Reads of devices: everybody's own, and those of people of the own territory for who may revoke them."""

from __future__ import annotations

from datetime import datetime

from wangge.accounts import queries as accounts
from wangge.field.burden import list_burden
from wangge.field.devices import REVOKE, get_handing_over
from wangge.field.models import Device
from wangge.field.schemas import DeviceOut, HeldPhoneFilter, HeldPhoneOut, HeldPhonePage
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA

__all__ = ["get_handing_over", "list_burden", "list_devices", "list_phones", "shown"]
MOST = 50
COUNTED = 1_000  # as far as a list is counted


def list_devices(actor: Actor) -> list[DeviceOut]:
    """Return the caller's devices, the latest seen first. Rule: FD-1."""
    return _of(actor.user_id)


def list_phones(filters: HeldPhoneFilter, *, actor: Actor, at: datetime) -> HeldPhonePage:
    """Return a page of the phones of people of the caller's territory, the newest first.

    Raises: NotYourRole; Unreadable for a cursor.
    Rule:   FD-11.
    """
    actor.check_can(REVOKE)
    within = accounts.with_post_in(actor.scope, at.astimezone(CHINA).date())
    rows = Device.objects.filter(within).select_related("user").order_by("-id")
    if filters.q:
        rows = rows.filter(accounts.named_like(filters.q, "user__"))
    if filters.only_trusted:
        rows = rows.filter(revoked_at__isnull=True)
    total = rows.order_by()[: COUNTED + 1].count()
    if filters.cursor:
        rows = rows.filter(pk__lt=filters.cursor)
    found = list(rows[: filters.limit + 1])
    page = found[: filters.limit]
    return HeldPhonePage(
        items=[
            HeldPhoneOut(**told.model_dump(), person_id=row.user_id, person=row.user.name)
            for told, row in zip(shown(page), page, strict=True)
        ],
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=str(page[-1].pk) if len(found) > len(page) else None,
    )


def _of(user_id: int) -> list[DeviceOut]:
    return shown(list(Device.objects.filter(user_id=user_id).order_by("-seen_at")[:MOST]))


def shown(rows: list[Device]) -> list[DeviceOut]:
    """Return devices as they are shown, without their keys."""
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
