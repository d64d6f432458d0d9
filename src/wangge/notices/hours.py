"""When a message may leave the house for whom: the pack's hours, and what people chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from wangge.accounts.rules import Language
from wangge.notices.models import NoticeHours, Preference
from wangge.notices.rules import Quiet, due_at


@dataclass(frozen=True, slots=True)
class Hours:
    """The pack's hours with those people who chose something else."""

    quiet: Quiet | None
    digest_at: time | None
    chosen: Mapping[int, Preference]

    @classmethod
    def of(cls, user_ids: Iterable[int]) -> Hours:
        """Return the hours for these people, in two statements."""
        pack = NoticeHours.objects.filter(is_active=True).first()
        chosen = Preference.objects.in_bulk(list(user_ids))
        if pack is None:
            return cls(None, None, chosen)
        return cls(Quiet(pack.quiet_from, pack.quiet_to), pack.digest_at, chosen)

    def is_muted(self, user_id: int, topic: str) -> bool:
        """Return whether the person does not want to hear of it."""
        return user_id in self.chosen and topic in self.chosen[user_id].muted

    def language_of(self, user_id: int) -> str:
        """Return the language in which the person is written to. Rule: NT-11."""
        return self.chosen[user_id].language if user_id in self.chosen else Language.ZH.value

    def is_digest(self, user_id: int, is_digest: bool, is_urgent: bool) -> bool:
        """Return whether it is collected for the person: by its rule, or because they want all collected."""
        wants = is_digest or (user_id in self.chosen and self.chosen[user_id].wants_digest)
        return wants and not is_urgent and self.digest_at is not None

    def due_at(self, user_id: int | None, at: datetime, *, is_digest: bool, is_urgent: bool) -> datetime:
        """Return when it leaves for the person, or for somebody without an account. Rule: NT-4."""
        own = self.chosen.get(user_id) if user_id is not None else None
        quiet = self.quiet
        if own is not None and own.quiet_from is not None and own.quiet_to is not None:
            quiet = Quiet(own.quiet_from, own.quiet_to)
        collected = user_id is not None and self.is_digest(user_id, is_digest, is_urgent)
        return due_at(at, quiet=quiet, digest_at=self.digest_at if collected else None, is_urgent=is_urgent)
