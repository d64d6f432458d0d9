"""What people do with their inbox, and what they choose to hear."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wangge.kernel.actor import Actor
from wangge.notices.models import Notice, NoticeRule, Preference
from wangge.notices.schemas import PreferenceIn, ReadIn


def mark_read(which: ReadIn, *, actor: Actor, at: datetime) -> int:
    """Mark the own notices as read; returns how many were not. Others' ids change nothing.

    Rule: NT-8.
    """
    unread = Notice.objects.visible_to(actor).filter(read_at__isnull=True)
    wanted = unread.filter(pk__lte=which.up_to) if which.up_to else unread.filter(pk__in=which.ids)
    return wanted.update(read_at=at)


@transaction.atomic
def choose(given: PreferenceIn, *, actor: Actor) -> None:
    """Keep what the person chose for themselves; what is duty is not muted, whatever was sent.

    Rule: NT-4, NT-8.
    """
    duties = set(NoticeRule.objects.filter(is_active=True, is_duty=True).values_list("topic", flat=True))
    Preference.objects.update_or_create(
        user_id=actor.user_id,
        defaults={
            "quiet_from": given.quiet_from,
            "quiet_to": given.quiet_to,
            "wants_digest": given.wants_digest,
            "muted": sorted(set(given.muted) - duties),
            "language": given.language.value,
        },
    )
