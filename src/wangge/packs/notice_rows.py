"""Rows of notices in a pack: topics, rules, hours."""

from __future__ import annotations

from datetime import time
from typing import Literal

from pydantic import Field, model_validator

from wangge.cases.rules import Channel, Status
from wangge.kernel.errors import Refused
from wangge.matters.rules import Severity
from wangge.notices.rules import OUTSIDE, Who, check_text
from wangge.packs.entry import Entry


class NoticeTopic(Entry):
    """A step or mark that people may be told of; its code is the step's."""


class NoticeRule(Entry):
    """Who is told of what, when and by what; its names are the title of the message."""

    topic: str
    matters: list[str] = Field(default_factory=list)  # prefixes; none: every matter
    severities: list[Severity] = Field(default_factory=list)
    channels: list[Channel] = Field(default_factory=list)
    statuses: list[Status] = Field(default_factory=list)  # after the step
    levels: list[str] = Field(default_factory=list)  # rungs of the ladder, of an escalation
    recipients: list[Who] = Field(min_length=1)
    media: list[Literal["in_app", "sms", "wecom", "dingtalk", "feishu", "email"]] = Field(min_length=1)
    delay_minutes: int = Field(0, ge=0, le=60 * 24 * 90)
    only_if_open: bool = False
    levels_up: int = Field(0, ge=0, le=4)  # how far around `grid_peers` reaches
    urgent: bool = False
    duty: bool = True
    digest: bool = False
    text_zh: str = Field(min_length=1, max_length=255)
    text_en: str = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _readable(self) -> NoticeRule:
        for text in (self.text_zh, self.text_en):
            try:
                check_text(text, is_outside=bool(OUTSIDE & set(self.recipients)))
            except Refused as refusal:
                raise ValueError(str(refusal)) from refusal
        return self


class NoticeHours(Entry):
    """Local times in which nobody is disturbed, and when the digest leaves."""

    quiet_from: time
    quiet_to: time
    digest_at: time
