"""The outbox: taken up in parts, sent side by side, and noted; what fails is tried again, then given up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Language
from wangge.kernel.errors import Refused
from wangge.kernel.secrets import decrypt
from wangge.notices.carrying import carry
from wangge.notices.hours import Hours
from wangge.notices.models import MediumChannel
from wangge.notices.rules import LEASE, State, after_failure

AT_ONCE = 8  # side by side; what it waits for is the other end
PART = 200
TAKE = """
UPDATE notices_delivery d
   SET state = 'sending', attempts = d.attempts + 1, due_at = %s,
       may_be_double = d.may_be_double OR d.state = 'sending'
  FROM notices_message m
 WHERE m.id = d.message_id AND d.id IN (
   SELECT id FROM notices_delivery WHERE state IN ('queued', 'sending', 'failed') AND due_at <= %s
    ORDER BY is_urgent DESC, due_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING d.id, d.medium, d.recipient, d.user_id, d.sealed, d.is_urgent, d.is_digest, d.attempts,
          d.language, CASE d.language WHEN 'en' THEN m.title_en ELSE m.title_zh END,
          CASE d.language WHEN 'en' THEN m.text_en ELSE m.text_zh END
"""
NOTE = """
UPDATE notices_delivery d SET state = n.state, due_at = n.due_at, reason = n.reason,
       sent_at = CASE WHEN n.state = 'sent' THEN %s::timestamptz END
  FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::int[])
       AS n(id, state, due_at, reason, attempts)
 WHERE d.id = n.id AND d.state = 'sending' AND d.attempts = n.attempts
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this sender is at."""

    id: int
    medium: str
    recipient: str
    user_id: int | None
    sealed: bytes | None
    is_urgent: bool
    is_digest: bool
    attempts: int
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out as one: a message, or all that was collected for one person."""

    deliveries: Sequence[Taken]
    url: str
    to: str

    @property
    def key(self) -> str:
        """What a receiver may know a repeat by: the same at each attempt."""
        return f"wangge-{min(one.id for one in self.deliveries)}"

    @property
    def title(self) -> str:
        if len(self.deliveries) == 1:
            return self.deliveries[0].title
        many = len(self.deliveries)
        return f"Grid news: {many} messages" if self._is_english else f"网格待办汇总：{many} 条"

    @property
    def text(self) -> str:
        if len(self.deliveries) == 1:
            return self.deliveries[0].text
        colon = ": " if self._is_english else "："
        return "\n".join(f"{n}. {one.title}{colon}{one.text}" for n, one in enumerate(self.deliveries, 1))

    @property
    def _is_english(self) -> bool:
        return self.deliveries[-1].language == Language.EN  # of a person's several the newest choice


def send_due(*, at: datetime, most: int = PART) -> int:
    """Send what is due, at most `most`; returns how many deliveries were taken up.

    Taking, sending and noting are three: a sender that dies in between is taken over after five minutes, and
    the delivery says that it may have arrived twice.
    Rule: NT-5.
    """
    taken = _take(at, most)
    parcels, undeliverable = _pack(taken)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reasons = list(pool.map(_carry, parcels))
    outcomes = [
        (one, reason) for parcel, reason in zip(parcels, reasons, strict=True) for one in parcel.deliveries
    ]
    _note([*outcomes, *undeliverable], at)
    return len(taken)


@transaction.atomic
def _take(at: datetime, most: int) -> list[Taken]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [at + LEASE, at, most])
        rows = [Taken(*row) for row in cursor.fetchall()]
    return sorted(rows, key=lambda one: one.id)


def _pack(taken: Sequence[Taken]) -> tuple[list[Parcel], list[tuple[Taken, str]]]:
    """Return what goes out, and with a reason what cannot."""
    channels = dict(MediumChannel.objects.filter(is_on=True).values_list("medium", "sealed_url"))
    addresses = accounts.sealed_of((one.user_id, one.medium) for one in taken if one.user_id is not None)
    together: dict[tuple[object, ...], list[Taken]] = defaultdict(list)
    for one in taken:
        collected = one.is_digest and one.user_id is not None
        together[("person", one.user_id, one.medium) if collected else ("single", one.id)].append(one)
    parcels, lost = [], []
    for deliveries in together.values():
        first = deliveries[0]
        sealed = first.sealed if first.user_id is None else addresses.get((first.user_id, first.medium))
        try:
            url = decrypt(channels[first.medium])
            to = "" if first.recipient == "group" else decrypt(sealed or b"")
            parcels.append(Parcel(deliveries, url, to))
        except KeyError:
            lost += [(one, "the channel is off") for one in deliveries]
        except Refused:
            lost += [(one, "no address on file, or it cannot be read") for one in deliveries]
    return parcels, lost


def _carry(parcel: Parcel) -> str:
    return carry(parcel.url, parcel.to, title=parcel.title, text=parcel.text, key=parcel.key)


def _note(outcomes: Sequence[tuple[Taken, str]], at: datetime) -> None:
    """Note what became of each, if nobody else took it over meanwhile."""
    hours = Hours.of({one.user_id for one, reason in outcomes if reason and one.user_id is not None})
    rows = [(one.id, *_after(one, reason, hours, at), reason, one.attempts) for one, reason in outcomes]
    if not rows:
        return
    ids, states, dues, reasons, attempts = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [at, ids, states, dues, reasons, attempts])


def _after(one: Taken, reason: str, hours: Hours, at: datetime) -> tuple[str, datetime]:
    if not reason:
        return State.SENT.value, at
    wait = after_failure(one.attempts)
    if wait is None:
        return State.GIVEN_UP.value, at
    return State.FAILED.value, hours.due_at(one.user_id, at + wait, is_digest=False, is_urgent=one.is_urgent)
