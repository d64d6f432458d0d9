"""Messages to many people: the inbox at once, the outbox for what leaves the house. Set by set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Language
from wangge.kernel import jobs, staging
from wangge.notices.hours import Hours
from wangge.notices.models import MediumChannel, Message
from wangge.notices.rules import IN_APP

SEND_DUE = "notices.send_due"
FILE = """
INSERT INTO notices_notice (message_id, user_id)
SELECT DISTINCT t.message_id, t.user_id FROM told t JOIN accounts_user u ON u.id = t.user_id AND u.is_active
ON CONFLICT DO NOTHING
"""
QUEUE = """
INSERT INTO notices_delivery (message_id, medium, recipient, user_id, sealed, is_urgent, is_digest,
  language, state, due_at, attempts, may_be_double, reason)
SELECT message_id, medium, recipient, user_id, sealed, is_urgent, is_digest,
  language, 'queued', due_at, 0, false, ''
  FROM leaving ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody without an account: an owner, a keeper, a manager."""

    recipient: str  # a short name that stays the same: told twice, it is one delivery
    medium: str
    sealed: bytes
    language: str = Language.ZH.value


@dataclass(frozen=True, slots=True)
class Telling:
    """One text and whom it is for. `key` says what happened: told twice, it arrives once."""

    key: str
    topic: str
    path: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    user_ids: Sequence[int] = ()
    contacts: Sequence[Contact] = ()
    media: Sequence[str] = (IN_APP,)
    case_id: UUID | None = None
    rule_code: str = ""
    is_urgent: bool = False
    is_duty: bool = True
    is_digest: bool = False


@transaction.atomic
def tell(tellings: Sequence[Telling], *, at: datetime) -> int:
    """Put the messages into inboxes and outbox; returns how many messages are new.

    Shape: a key that was told before changes nothing, also for people it did not name then.
    Rule:  NT-2, NT-4, NT-5. Messages, inbox, outbox and job in the transaction of the caller.
    """
    fresh = _write_messages(tellings, at)
    if not fresh:
        return 0
    hours = Hours.of({user for _, one in fresh for user in one.user_ids})
    wanted = [
        (message_id, one, user)
        for message_id, one in fresh
        for user in dict.fromkeys(one.user_ids)
        if one.is_duty or not hours.is_muted(user, one.topic)
    ]
    staging.make_table("told", "message_id bigint, user_id bigint")
    staging.copy_rows("told", ((message, user) for message, one, user in wanted if IN_APP in one.media))
    with connection.cursor() as cursor:
        cursor.execute(FILE)
    _queue([*_to_people(wanted, hours, at), *_to_others(fresh, hours, at)])
    return len(fresh)


def _write_messages(tellings: Sequence[Telling], at: datetime) -> list[tuple[int, Telling]]:
    """Write those whose key is new and return them with their ids."""
    first: dict[str, Telling] = {}
    for one in tellings:
        first.setdefault(one.key, one)
    staging.lock_name("notices.tell")  # two tellers of one key: the second finds it told
    known = set(Message.objects.filter(key__in=first).values_list("key", flat=True))
    rows = Message.objects.bulk_create(
        Message(
            key=one.key,
            topic=one.topic,
            rule_code=one.rule_code,
            path=one.path,
            case_id=one.case_id,
            title_zh=one.title_zh,
            title_en=one.title_en,
            text_zh=one.text_zh,
            text_en=one.text_en,
            is_urgent=one.is_urgent,
            at=at,
        )
        for one in first.values()
        if one.key not in known
    )
    return [(row.pk, first[row.key]) for row in rows]


Leaving = tuple[int, str, str, int | None, bytes | None, bool, bool, str, datetime]


def _to_people(wanted: Sequence[tuple[int, Telling, int]], hours: Hours, at: datetime) -> list[Leaving]:
    media = {medium for _, one, _ in wanted for medium in one.media} & _open_channels(is_group=False)
    if not media:
        return []
    reached = set(accounts.list_reachable({user for _, _, user in wanted}, media))
    return [
        (
            message,
            medium,
            f"u{user}",
            user,
            None,
            one.is_urgent,
            hours.is_digest(user, one.is_digest, one.is_urgent),
            hours.language_of(user),
            hours.due_at(user, at, is_digest=one.is_digest, is_urgent=one.is_urgent),
        )
        for message, one, user in wanted
        for medium in one.media
        if (user, medium) in reached and medium in media
    ]


def _to_others(fresh: Sequence[tuple[int, Telling]], hours: Hours, at: datetime) -> list[Leaving]:
    """Return what goes to contacts without an account, and to groups that hear everything of their medium."""
    persons, groups = _open_channels(is_group=False), _open_channels(is_group=True)
    rows: list[Leaving] = []
    for message, one in fresh:
        due_at = hours.due_at(None, at, is_digest=False, is_urgent=one.is_urgent)
        rows += [
            (message, to.medium, to.recipient, None, to.sealed, one.is_urgent, False, to.language, due_at)
            for to in one.contacts
            if to.medium in persons
        ]
        rows += [
            (message, medium, "group", None, None, one.is_urgent, False, Language.ZH.value, due_at)
            for medium in one.media
            if medium in groups and one.user_ids
        ]
    return rows


def _queue(rows: Sequence[Leaving]) -> None:
    if not rows:
        return
    columns = "message_id bigint, medium text, recipient text, user_id bigint, sealed bytea,"
    columns += " is_urgent boolean, is_digest boolean, language text, due_at timestamptz"
    staging.make_table("leaving", columns)
    staging.copy_rows("leaving", rows)
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
    jobs.defer(SEND_DUE)


def _open_channels(*, is_group: bool) -> set[str]:
    return set(MediumChannel.objects.filter(is_on=True, is_group=is_group).values_list("medium", flat=True))
