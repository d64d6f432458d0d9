"""Reads of notices: the own inbox, the rules in force, and how the outbox does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Count, Q

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Language, Medium
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.secrets import decrypt
from wangge.notices.models import (
    Delivery,
    MediumChannel,
    Notice,
    NoticeHours,
    NoticeRule,
    NoticeTopic,
    Preference,
)
from wangge.notices.rules import SCHEMES, State, mask_channel
from wangge.notices.schemas import (
    ChannelOut,
    DeliveryFilter,
    DeliveryOut,
    DeliveryPage,
    HoursOut,
    NoticeFilter,
    NoticeOut,
    NoticePage,
    PreferenceOut,
    RuleOut,
    TopicOut,
)
from wangge.notices.told import Hearer, Told, list_told

__all__ = ["Hearer", "Told", "list_told"]
MANAGE = "notices.manage"


def count_unread(actor: Actor) -> int:
    """Return how many notices the person has not read: exact, from an index that holds only those."""
    return Notice.objects.visible_to(actor).filter(read_at__isnull=True).count()


def list_notices(actor: Actor, filters: NoticeFilter) -> NoticePage:
    """Return a page of the own inbox, newest first."""
    found = Notice.objects.visible_to(actor)
    if filters.is_unread:
        found = found.filter(read_at__isnull=True)
    if filters.topic:
        found = found.filter(message__topic=filters.topic)
    if filters.cursor:
        found = found.filter(pk__lt=filters.cursor)
    rows = list(found.select_related("message").order_by("-id")[: filters.limit + 1])
    page = rows[: filters.limit]
    items = [
        NoticeOut(
            id=row.pk,
            topic=row.message.topic,
            title_zh=row.message.title_zh,
            title_en=row.message.title_en,
            text_zh=row.message.text_zh,
            text_en=row.message.text_en,
            is_urgent=row.message.is_urgent,
            case_id=row.message.case_id,
            at=row.message.at,
            read_at=row.read_at,
        )
        for row in page
    ]
    return NoticePage(items=items, next_cursor=page[-1].pk if len(rows) > len(page) else None)


def list_topics() -> list[TopicOut]:
    """Return the topics that rules in force are about, by code."""
    duties: dict[str, bool] = {}
    for topic, is_duty in NoticeRule.objects.filter(is_active=True).values_list("topic", "is_duty"):
        duties[topic] = duties.get(topic, False) or is_duty
    return [
        TopicOut(code=one.code, name_zh=one.name_zh, name_en=one.name_en, can_mute=not duties[one.code])
        for one in NoticeTopic.objects.filter(is_active=True, code__in=duties).order_by("id")
    ]


def get_preference(actor: Actor) -> PreferenceOut:
    """Return what the person chose, with what there is to choose."""
    own = Preference.objects.filter(pk=actor.user_id).first() or Preference(user_id=actor.user_id)
    hours = NoticeHours.objects.filter(is_active=True).first()
    return PreferenceOut(
        quiet_from=own.quiet_from,
        quiet_to=own.quiet_to,
        wants_digest=own.wants_digest,
        muted=own.muted,
        language=Language(own.language),
        topics=list_topics(),
        hours=HoursOut.model_validate(hours) if hours else None,
    )


def rules_in_force() -> list[NoticeRule]:
    """Return the rules of the active pack, by code."""
    return list(NoticeRule.objects.filter(is_active=True).order_by("code"))


def list_rules(actor: Actor) -> list[RuleOut]:
    """Return the rules of the active pack with their sources. Raises: NotYourRole."""
    actor.check_can(MANAGE)
    return [RuleOut.model_validate(rule) for rule in rules_in_force()]


def list_channels(actor: Actor, *, at: datetime) -> list[ChannelOut]:
    """Return every medium with its channel and the figures of the own territory. Raises: NotYourRole."""
    actor.check_can(MANAGE)
    channels = MediumChannel.objects.in_bulk()
    figures, people = _figures(actor, at), accounts.count_reachable(actor, on=at.astimezone(CHINA).date())
    return [
        _channel(
            medium, channels.get(medium.value), figures.get(medium.value, {}), people.get(medium.value, 0)
        )
        for medium in Medium
    ]


def _channel(
    medium: Medium, channel: MediumChannel | None, figures: Mapping[str, int], people: int
) -> ChannelOut:
    return ChannelOut(
        medium=medium,
        masked_url=mask_channel(decrypt(channel.sealed_url)) if channel else None,
        is_on=channel is not None and channel.is_on,
        is_group=channel is not None and channel.is_group,
        schemes=list(SCHEMES[medium]),
        updated_at=channel.updated_at if channel else None,
        tested_at=channel.tested_at if channel else None,
        test_reason=channel.test_reason if channel else "",
        people=people,
        waiting=figures.get("waiting", 0),
        failing=figures.get("failing", 0),
        given_up=figures.get("given_up", 0),
        sent_today=figures.get("sent_today", 0),
    )


def _figures(actor: Actor, at: datetime) -> dict[str, dict[str, int]]:
    """Return the figures of each medium; each count has an index that holds only its rows."""
    found: dict[str, dict[str, int]] = {}
    parts = {
        "waiting": Q(state__in=[State.QUEUED.value, State.SENDING.value]),
        "failing": Q(state=State.FAILED.value),
        "given_up": Q(state=State.GIVEN_UP.value),
        "sent_today": Q(sent_at__gt=at - timedelta(days=1)),
    }
    for name, part in parts.items():
        counted = Delivery.objects.visible_to(actor).filter(part).values("medium").annotate(n=Count("id"))
        for medium, n in counted.values_list("medium", "n"):
            found.setdefault(medium, {})[name] = n
    return found


def list_deliveries(actor: Actor, filters: DeliveryFilter) -> DeliveryPage:
    """Return a page of what did not arrive, or may have arrived twice, newest first. Raises: NotYourRole."""
    actor.check_can(MANAGE)
    found = Delivery.objects.visible_to(actor).select_related("message", "user")
    wanted = {"may_be_double": True} if filters.state == "double" else {"state": filters.state}
    found = found.filter(**wanted)
    if filters.medium:
        found = found.filter(medium=filters.medium.value)
    if filters.cursor:
        found = found.filter(pk__lt=filters.cursor)
    rows = list(found.order_by("-id")[: filters.limit + 1])
    page = rows[: filters.limit]
    return DeliveryPage(
        items=[_delivery(row) for row in page],
        next_cursor=page[-1].pk if len(rows) > len(page) else None,
    )


def _delivery(row: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=row.pk,
        medium=Medium(row.medium),
        state=row.state,
        title_zh=row.message.title_zh,
        title_en=row.message.title_en,
        recipient=row.user.name if row.user else row.recipient,
        case_id=row.message.case_id,
        attempts=row.attempts,
        may_be_double=row.may_be_double,
        reason=row.reason,
        due_at=row.due_at,
        at=row.message.at,
    )
