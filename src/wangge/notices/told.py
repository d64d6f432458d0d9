"""What was told about some cases: each message, whom it went to, by what, and what became of it (NT-12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from wangge.notices.models import Delivery, Message, Notice
from wangge.notices.rules import IN_APP


@dataclass(frozen=True, slots=True)
class Hearer:
    """One recipient by one way: somebody's inbox, or a medium outside the house."""

    recipient: str  # u12, a contact's c34, a venue's keeper k…, or group
    medium: str
    state: str  # of a delivery; of an inbox: read or unread
    at: datetime | None  # when it was sent, or read
    may_be_double: bool = False

    @property
    def number(self) -> int | None:
        """The number of the person or of the contact; None: a keeper or a group."""
        return int(self.recipient[1:]) if self.recipient[:1] in {"u", "c"} else None


@dataclass(frozen=True, slots=True)
class Told:
    """One message."""

    id: int
    case_id: UUID
    at: datetime
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    to: list[Hearer] = field(default_factory=list)


def list_told(case_ids: QuerySet[Any], *, beyond: int | None, limit: int) -> list[Told]:
    """Return up to `limit` messages about these cases, newest first, before the message `beyond`.

    Shape: three statements, however many; whoever asks says which cases may be read.
    Rule:  NT-12 (HB-12).
    """
    found = Message.objects.filter(case_id__in=case_ids)
    if beyond is not None:
        found = found.filter(pk__lt=beyond)
    rows = list(found.order_by("-pk")[:limit])
    hearers = _hearers([row.pk for row in rows])
    return [
        Told(
            row.pk,
            row.case_id,
            row.at,
            row.title_zh,
            row.title_en,
            row.text_zh,
            row.text_en,
            hearers[row.pk],
        )
        for row in rows
        if row.case_id
    ]


def _hearers(message_ids: Sequence[int]) -> dict[int, list[Hearer]]:
    found: dict[int, list[Hearer]] = defaultdict(list)
    columns = ("message_id", "recipient", "medium", "state", "sent_at", "may_be_double")
    sent = Delivery.objects.filter(message_id__in=message_ids).order_by("pk")
    for message, recipient, medium, state, sent_at, is_double in sent.values_list(*columns):
        found[message].append(Hearer(recipient, medium, state, sent_at, is_double))
    kept = Notice.objects.filter(message_id__in=message_ids).order_by("pk")
    for message, user, read_at in kept.values_list("message_id", "user_id", "read_at"):
        found[message].append(Hearer(f"u{user}", IN_APP, "read" if read_at else "unread", read_at))
    return found
