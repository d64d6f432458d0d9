"""HTTP face of notices."""

from __future__ import annotations

from ninja import Query, Router

from wangge.accounts.rules import Medium
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.notices import queries, services
from wangge.notices.schemas import (
    ChannelIn,
    ChannelOut,
    ChannelTestIn,
    ChannelTestOut,
    DeliveryFilter,
    DeliveryPage,
    NoticeFilter,
    NoticePage,
    PreferenceIn,
    PreferenceOut,
    ReadIn,
    RetryIn,
    RetryOut,
    RuleOut,
    TopicOut,
    UnreadOut,
)

router = Router(tags=["notices"])


@router.get("", response=NoticePage, operation_id="list_notices")
def list_notices(request: ActorRequest, filters: Query[NoticeFilter]) -> NoticePage:
    """The caller's inbox, newest first."""
    return queries.list_notices(request.actor, filters)


@router.get("/unread", response=UnreadOut, operation_id="count_unread_notices")
def count_unread_notices(request: ActorRequest) -> UnreadOut:
    return UnreadOut(unread=queries.count_unread(request.actor))


@router.post("/read", response=UnreadOut, operation_id="mark_notices_read")
def mark_notices_read(request: ActorRequest, body: ReadIn) -> UnreadOut:
    """Mark own notices as read; answers how many are left."""
    services.mark_read(body, actor=request.actor, at=clock.now())
    return UnreadOut(unread=queries.count_unread(request.actor))


@router.get("/topics", response=list[TopicOut], operation_id="list_notice_topics")
def list_notice_topics(request: ActorRequest) -> list[TopicOut]:
    return queries.list_topics()


@router.get("/preference", response=PreferenceOut, operation_id="get_notice_preference")
def get_notice_preference(request: ActorRequest) -> PreferenceOut:
    return queries.get_preference(request.actor)


@router.put("/preference", response=PreferenceOut, operation_id="set_notice_preference")
def set_notice_preference(request: ActorRequest, body: PreferenceIn) -> PreferenceOut:
    """What the caller wants to hear; what is duty stays on."""
    services.choose(body, actor=request.actor)
    return queries.get_preference(request.actor)


@router.get("/rules", response={200: list[RuleOut], 403: Refusal}, operation_id="list_notice_rules")
def list_notice_rules(request: ActorRequest) -> list[RuleOut]:
    return queries.list_rules(request.actor)


@router.get("/channels", response={200: list[ChannelOut], 403: Refusal}, operation_id="list_notice_channels")
def list_notice_channels(request: ActorRequest) -> list[ChannelOut]:
    return queries.list_channels(request.actor, at=clock.now())


@router.put(
    "/channels/{medium}",
    response={200: list[ChannelOut], (403, 409, 422): Refusal},
    operation_id="save_notice_channel",
)
def save_notice_channel(request: ActorRequest, medium: Medium, body: ChannelIn) -> list[ChannelOut]:
    """Connect a medium or switch it; the address goes in and never comes out."""
    at = clock.now()
    services.save_channel(medium, body.url.strip(), is_on=body.is_on, actor=request.actor, at=at)
    return queries.list_channels(request.actor, at=at)


@router.post(
    "/channels/{medium}/test",
    response={200: ChannelTestOut, (403, 409, 422): Refusal},
    operation_id="test_notice_channel",
)
def test_notice_channel(request: ActorRequest, medium: Medium, body: ChannelTestIn) -> ChannelTestOut:
    """Send one message now, and hear what the channel says."""
    reason = services.send_test(medium, body.to.strip(), actor=request.actor, at=clock.now())
    return ChannelTestOut(reason=reason)


@router.get("/outbox", response={200: DeliveryPage, 403: Refusal}, operation_id="list_notice_deliveries")
def list_notice_deliveries(request: ActorRequest, filters: Query[DeliveryFilter]) -> DeliveryPage:
    """What did not arrive, with the reason."""
    return queries.list_deliveries(request.actor, filters)


@router.post("/outbox/retry", response={200: RetryOut, 403: Refusal}, operation_id="retry_notice_deliveries")
def retry_notice_deliveries(request: ActorRequest, body: RetryIn) -> RetryOut:
    return RetryOut(count=services.try_again(body.ids, actor=request.actor, at=clock.now()))
