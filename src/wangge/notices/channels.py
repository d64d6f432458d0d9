"""The city's channels: kept sealed, shown masked, tested by sending (NT-6, NT-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from wangge.accounts.rules import Medium, check_address
from wangge.kernel import audit, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.secrets import decrypt, encrypt
from wangge.notices.carrying import can_carry, carry
from wangge.notices.models import Delivery, MediumChannel, Message
from wangge.notices.rules import (
    ChannelOff,
    ChannelUnusable,
    State,
    check_channel,
    is_for_a_group,
    mask_channel,
)
from wangge.notices.telling import SEND_DUE

MANAGE = "notices.manage"
KEPT = timedelta(days=180)  # NT-9
FORGOTTEN_AT_ONCE = 20_000


@transaction.atomic
def save_channel(medium: Medium, url: str, *, is_on: bool, actor: Actor, at: datetime) -> None:
    """Connect a medium, or switch it on or off; an empty address leaves the one that is there.

    Raises: NotYourRole, ChannelUnusable; ChannelOff without any address.
    Rule:   NT-6, NT-7. The audit row holds the masked address only.
    """
    actor.check_can(MANAGE)
    fields = {"is_on": is_on, "updated_at": at}
    if url:
        check_channel(medium, url)
        if not can_carry(url):
            raise ChannelUnusable(why="it cannot be read", why_zh="无法识别")
        fresh = {
            "sealed_url": encrypt(url),
            "is_group": is_for_a_group(url),
            "tested_at": None,
            "test_reason": "",
        }
        MediumChannel.objects.update_or_create(medium=medium.value, defaults=fields | fresh)
    elif not MediumChannel.objects.filter(medium=medium.value).update(**fields):
        raise ChannelOff()
    detail = {"is_on": is_on} | ({"url": mask_channel(url)} if url else {})
    audit.record([("notices.save_channel", "channel", medium.value, detail)], actor=actor, at=at)


def send_test(medium: Medium, to: str, *, actor: Actor, at: datetime) -> str:
    """Send one message now and return why it failed, or nothing.

    Raises: NotYourRole, ChannelOff; Unreadable for what is no address of the medium.
    Rule:   NT-6. Whom it went to is not kept.
    """
    actor.check_can(MANAGE)
    channel = MediumChannel.objects.filter(medium=medium.value).first()
    if channel is None:
        raise ChannelOff()
    if not channel.is_group:
        check_address(medium, to)
    key = f"wangge-test-{int(at.timestamp() * 1000)}"
    text = "这是一条测试消息。收到即表示通道已接通。"
    reason = carry(decrypt(channel.sealed_url), to, title="通道测试", text=text, key=key)
    with transaction.atomic():
        MediumChannel.objects.filter(pk=medium.value).update(tested_at=at, test_reason=reason)
        detail = {"arrived": not reason}
        audit.record([("notices.send_test", "channel", medium.value, detail)], actor=actor, at=at)
    return reason


@transaction.atomic
def try_again(delivery_ids: Sequence[int], *, actor: Actor, at: datetime) -> int:
    """Put deliveries that failed or were given up back to the start; returns how many.

    Raises: NotYourRole. Others' deliveries are not touched.
    Rule:   NT-5.
    """
    actor.check_can(MANAGE)
    mine = Delivery.objects.visible_to(actor).filter(
        pk__in=delivery_ids, state__in=[State.FAILED.value, State.GIVEN_UP.value]
    )
    ids = sorted(mine.select_for_update(of=("self",)).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids).update(state=State.QUEUED.value, due_at=at, attempts=0, reason="")
    audit.record([("notices.try_again", "delivery", str(one), {}) for one in ids], actor=actor, at=at)
    if ids:
        jobs.defer(SEND_DUE)
    return len(ids)


def forget_old(*, at: datetime) -> int:
    """Remove messages of more than 180 days with their notices and deliveries; returns how many.

    Rule: NT-9 (PIPL §19: the shortest time that is needed).
    """
    total = 0
    while old := list(
        Message.objects.filter(at__lt=at - KEPT).values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]
    ):
        Message.objects.filter(pk__in=old).delete()
        total += len(old)
    return total
