"""Who is told, when and by what. Source: docs/rules/notices.md (HB-12, HB-08, WH-34, TZ-02, ZH-05)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from urllib.parse import quote, urlsplit

from wangge.accounts.rules import Medium
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Refused, Unreadable

IN_APP = "in_app"
MEDIA = (IN_APP, *(medium.value for medium in Medium))


class Who(StrEnum):
    """Whom a rule names; the room that knows the subject finds the people (NT-2)."""

    REPORTER = "reporter"
    HANDLER = "handler"
    DEPARTMENT = "department"  # the handlers of the department that has it
    CO_HANDLERS = "co_handlers"  # the handlers of the departments that still have to countersign
    VERIFIERS = "verifiers"  # who may judge it, without reporter and handler (DG-08)
    GRID_MEMBER = "grid_member"
    GRID_CHIEF = "grid_chief"
    COMMAND_ROOM = "command_room"
    SUPERVISORS = "supervisors"
    LEADERS = "leaders"
    POLICE_STATION = "police_station"  # the handlers of the police that cover the place (ZH-05)
    GRID_PEERS = "grid_peers"  # members of grids nearby that have such places too (TZ-02)
    PROPERTY_MANAGER = "property_manager"  # the three kinds of HB-12
    COMMUNITY_MANAGER = "community_manager"
    POLICE_MANAGER = "police_manager"
    VENUE_KEEPER = "venue_keeper"
    OWNER = "owner"


OUTSIDE = frozenset({Who.PROPERTY_MANAGER, Who.VENUE_KEEPER, Who.OWNER})  # they need not work for the city
WORDS = frozenset({"matter", "place", "due", "reason"})  # what a text may hold (NT-3)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class State(StrEnum):
    """The way of one delivery (NT-5)."""

    QUEUED = "queued"
    SENDING = "sending"  # somebody is at it until `due_at`; then it is taken up again
    FAILED = "failed"  # and tried again at `due_at`
    SENT = "sent"
    GIVEN_UP = "given_up"


WAITING = (State.QUEUED, State.SENDING, State.FAILED)
RETRY_AFTER = (  # NT-5
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
LEASE = timedelta(minutes=5)  # how long one sender may be at it
NEWS_FOR = timedelta(days=3)  # NT-1: what is older is told to nobody


@dataclass(frozen=True, slots=True)
class Filter:
    """Which happenings a rule is for; an empty part lets everything through."""

    topic: str
    matters: Sequence[str] = ()  # prefixes
    severities: Sequence[str] = ()
    channels: Sequence[str] = ()
    statuses: Sequence[str] = ()  # after the step
    levels: Sequence[str] = ()  # of an escalation: the rungs of the ladder


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to what kind of case."""

    topic: str
    matter: str
    severity: str
    channel: str
    status: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local times `[starts_at, ends_at)`, mostly over midnight."""

    starts_at: time
    ends_at: time


class ChannelUnusable(Refused):
    status = 422
    code = "notices.channel_unusable"
    zh = "这个通道地址不能用：{why_zh}。"
    en = "This channel address will not do: {why}."


class ChannelOff(Refused):
    code = "notices.channel_off"
    zh = "这个通道还没有地址。请先填写并保存。"
    en = "This channel has no address yet. Enter and save one first."


def matches(rule: Filter, what: Happening) -> bool:
    """Return whether the rule is for it. Rule: NT-1."""
    return (
        rule.topic == what.topic
        and (not rule.matters or what.matter.startswith(tuple(rule.matters)))
        and (not rule.severities or what.severity in rule.severities)
        and (not rule.channels or what.channel in rule.channels)
        and (not rule.statuses or what.status in rule.statuses)
        and (not rule.levels or what.level in rule.levels)
    )


def check_text(text: str, *, is_outside: bool) -> None:
    """Check the placeholders of a template.

    Raises: Unreadable for an unknown one, and for `{reason}`, people's own words, in what goes to outsiders.
    Rule:   NT-3 (domain.md §2.15: only what the recipient needs).
    """
    used = set(_PLACEHOLDER.findall(text))
    if not used <= WORDS or "{" in _PLACEHOLDER.sub("", text):
        known = ", ".join(sorted(WORDS))
        raise Unreadable(field="text", why_zh=f"只能用这些占位：{known}", why_en=f"placeholders are {known}")
    if is_outside and "reason" in used:
        raise Unreadable(
            field="text",
            why_zh="发给外部人员的文字不能带 {reason}",
            why_en="what goes to outsiders holds no {reason}",
        )


def fill(text: str, words: Mapping[str, str]) -> str:
    """Return the template with its words; braces inside a word stay as they are. Rule: NT-3."""
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], ""), text)


def due_at(at: datetime, *, quiet: Quiet | None, digest_at: time | None, is_urgent: bool) -> datetime:
    """Return when something leaves the house: at once, with the morning's digest, or after the quiet hours.

    Rule: NT-4. What is urgent waits for nothing.
    """
    if is_urgent:
        return at
    leaves = at if digest_at is None else _next(at, digest_at)
    if quiet is not None and _is_within(leaves.astimezone(CHINA).time(), quiet):
        leaves = _next(leaves, quiet.ends_at)
    return leaves


def _is_within(moment: time, quiet: Quiet) -> bool:
    if quiet.starts_at <= quiet.ends_at:
        return quiet.starts_at <= moment < quiet.ends_at
    return moment >= quiet.starts_at or moment < quiet.ends_at


def _next(at: datetime, clock_time: time) -> datetime:
    """Return the first moment after `at` with this local time."""
    local = at.astimezone(CHINA)
    candidate = local.replace(hour=clock_time.hour, minute=clock_time.minute, second=0, microsecond=0)
    return (candidate if candidate > local else candidate + timedelta(days=1)).astimezone(at.tzinfo)


def after_failure(attempts: int) -> timedelta | None:
    """Return how long to wait after the `attempts`-th failure; None: it is given up. Rule: NT-5."""
    return RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None


GATEWAYS = ("json", "jsons", "form", "forms", "xml", "xmls")
SCHEMES: Mapping[Medium, tuple[str, ...]] = {  # NT-6: nothing that runs a program or reads a file
    Medium.SMS: GATEWAYS,
    Medium.EMAIL: ("mailto", "mailtos"),
    Medium.WECOM: ("wecombot", *GATEWAYS),
    Medium.DINGTALK: ("dingtalk", *GATEWAYS),
    Medium.FEISHU: ("feishu", *GATEWAYS),
}
TO = "{to}"
SHOWS_HOST = frozenset({"mailto", "mailtos", *GATEWAYS})  # of the others the host is the secret


def check_channel(medium: Medium, url: str) -> None:
    """Check the address of a channel before it is kept.

    Raises: ChannelUnusable for a scheme that is none of the medium's, or a message of its own inside.
    Rule:   NT-6.
    """
    scheme = url.partition("://")[0].lower()
    if "://" not in url or scheme not in SCHEMES[medium]:
        known = ", ".join(f"{one}://" for one in SCHEMES[medium])
        raise ChannelUnusable(why=f"it starts with one of {known}", why_zh=f"应以 {known} 之一开头")
    if medium in {Medium.SMS, Medium.EMAIL} and TO not in url:
        raise ChannelUnusable(why=f"it names the recipient by {TO}", why_zh=f"应在接收人的位置写 {TO}")


def is_for_a_group(url: str) -> bool:
    """Return whether the channel is one group that hears everything, not persons. Rule: NT-6."""
    return TO not in url


def addressed(url: str, to: str) -> str:
    """Return the channel's address for one recipient. Rule: NT-6."""
    return url.replace(TO, quote(to, safe=""))


def mask_channel(url: str) -> str:
    """Return what of a channel's address may be shown: the kind, and the host where that is no secret.

    Rule: NT-7.
    """
    scheme = url.partition("://")[0].lower()
    host = urlsplit(url.replace("{", "").replace("}", "")).hostname if scheme in SHOWS_HOST else None
    return f"{scheme}://{host or ''}****"


def scrub(reason: str, secrets: Iterable[str]) -> str:
    """Return why it failed without the channel's secrets and the recipient's address. Rule: NT-7."""
    for secret in sorted({one for one in secrets if len(one) >= 4}, key=len, reverse=True):
        reason = reason.replace(secret, "****").replace(quote(secret, safe=""), "****")
    return reason


def secrets_in(url: str) -> list[str]:
    """Return the parts of a channel's address that nobody may read: all but kind and host. Rule: NT-7."""
    scheme, _, rest = url.partition("://")
    parts = re.split(r"[/?&=:@;,]", rest)
    host = urlsplit(url.replace("{", "").replace("}", "")).hostname if scheme in SHOWS_HOST else None
    return [url, *(part for part in parts if part and part != host)]
