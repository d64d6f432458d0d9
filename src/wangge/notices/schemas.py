"""Shapes of notices at the edge."""

from __future__ import annotations

from datetime import datetime, time
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from wangge.accounts.rules import Language, Medium
from wangge.kernel.shapes import Schema


class NoticeFilter(Schema):
    topic: str = Field("", max_length=32)
    is_unread: bool = False
    cursor: int | None = Field(None, ge=1)  # the last id that was seen
    limit: int = Field(30, ge=1, le=100)


class NoticeOut(Schema):
    id: int
    topic: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    is_urgent: bool
    case_id: UUID | None
    at: datetime
    read_at: datetime | None


class NoticePage(Schema):
    items: list[NoticeOut]
    next_cursor: int | None


class UnreadOut(Schema):
    unread: int


class ReadIn(Schema):
    """Which to mark as read: some, or all up to the newest one that was seen."""

    ids: list[int] = Field(default_factory=list, max_length=500)
    up_to: int | None = Field(None, ge=1)


class TopicOut(Schema):
    code: str
    name_zh: str
    name_en: str
    can_mute: bool  # no rule of it is a duty


class PreferenceIn(Schema):
    """Own quiet hours (both or none), a digest instead of single messages, topics not wanted."""

    quiet_from: time | None = None
    quiet_to: time | None = None
    wants_digest: bool = False
    muted: list[str] = Field(default_factory=list, max_length=100)
    language: Language = Language.ZH  # of what leaves the house

    @model_validator(mode="after")
    def _whole(self) -> PreferenceIn:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("quiet hours have a beginning and an end")
        return self


class HoursOut(Schema):
    """The pack's hours."""

    quiet_from: time
    quiet_to: time
    digest_at: time
    source: str
    is_confirmed: bool


class PreferenceOut(PreferenceIn):
    topics: list[TopicOut]
    hours: HoursOut | None


class RuleOut(Schema):
    """A rule in force, with where it comes from."""

    code: str
    name_zh: str
    name_en: str
    topic: str
    matters: list[str]
    severities: list[str]
    channels: list[str]
    statuses: list[str]
    levels: list[str]
    recipients: list[str]
    media: list[str]
    delay_minutes: int
    only_if_open: bool
    is_urgent: bool
    is_duty: bool
    is_digest: bool
    text_zh: str
    text_en: str
    source: str
    is_confirmed: bool


class ChannelOut(Schema):
    """A channel with its figures; its address is never shown."""

    medium: Medium
    masked_url: str | None  # null: not connected
    is_on: bool
    is_group: bool
    schemes: list[str]
    updated_at: datetime | None
    tested_at: datetime | None
    test_reason: str
    people: int  # who have an address of this medium
    waiting: int
    failing: int
    given_up: int
    sent_today: int  # in the last 24 hours


class ChannelIn(Schema):
    url: str = Field("", max_length=1000)  # empty: as it is
    is_on: bool = True


class ChannelTestIn(Schema):
    to: str = Field("", max_length=180)  # empty for a group


class ChannelTestOut(Schema):
    reason: str  # empty: it arrived


class DeliveryFilter(Schema):
    state: Literal["failed", "given_up", "double"] = "given_up"
    medium: Medium | None = None
    cursor: int | None = Field(None, ge=1)
    limit: int = Field(50, ge=1, le=200)


class DeliveryOut(Schema):
    id: int
    medium: Medium
    state: str
    title_zh: str
    title_en: str
    recipient: str  # a name, or what kind of contact
    case_id: UUID | None
    attempts: int
    may_be_double: bool
    reason: str
    due_at: datetime
    at: datetime


class DeliveryPage(Schema):
    items: list[DeliveryOut]
    next_cursor: int | None


class RetryIn(Schema):
    ids: list[int] = Field(min_length=1, max_length=500)


class RetryOut(Schema):
    count: int


class ToldHearer(Schema):
    """One recipient of a message by one way."""

    kind: Literal["person", "owner", "property", "community", "police", "keeper", "group", "gone"]
    name: str  # masked, if of somebody outside the administration
    medium: str
    state: Literal["queued", "sending", "failed", "sent", "given_up", "read", "unread"]
    at: datetime | None  # when it was sent, or read
    may_be_double: bool


class ToldRow(Schema):
    """A message about a case of a place."""

    id: int
    case_id: UUID
    matter_zh: str
    matter_en: str
    at: datetime
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    to: list[ToldHearer]


class ToldPage(Schema):
    items: list[ToldRow]
    beyond: int | None  # where to go on; none: that was all
