"""Writes of oversight: rules of the pack, escalation in pieces, acts of people, deadlines they move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase

from wangge.cases import services as cases
from wangge.cases.schemas import CaseFilter
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotYourRole
from wangge.oversight import exporting
from wangge.oversight.acting import (
    answer_acts,
    count_unknown_answers,
    lift_acts,
    reply_to_reporters,
    take_acts,
)
from wangge.oversight.climbing import escalate_late, escalate_promises, forget_ended
from wangge.oversight.models import OversightRules
from wangge.oversight.promising import count_unknown, note_promises
from wangge.oversight.schemas import MovedOut, MoveIn

__all__ = [
    "NOTE_PROMISES",
    "answer_acts",
    "climb",
    "count_unknown",
    "escalate_late",
    "escalate_promises",
    "export_late",
    "forget_ended",
    "install_rules",
    "lift_acts",
    "move_deadlines",
    "note_promises",
    "reply_to_reporters",
    "take_acts",
]
NOTE_PROMISES = cases.NOTE_PROMISES
Rows = Sequence[Mapping[str, Any]]


@transaction.atomic
def install_rules(
    *, ladder: Rows, cards: Rows, promises: Rows, answer_working_days: int, pack_version: str
) -> None:
    """Put ladder, cards and promises of `pack_version` into force; older versions are kept. Rule: PK-4."""
    OversightRules.objects.filter(is_active=True).update(is_active=False)
    if OversightRules.objects.filter(pack_version=pack_version).update(is_active=True):
        return
    OversightRules.objects.create(
        pack_version=pack_version,
        ladder=list(ladder),
        cards=list(cards),
        promises=list(promises),
        answer_working_days=answer_working_days,
    )


def climb(*, at: datetime) -> int:
    """Escalate everything that is late at `at`, in pieces of their own; returns how many rungs were climbed.

    Each piece is one transaction, so that a step on a case of it waits for that piece only. Begun again after
    it was cut off, or after a day in which nobody called it, it does what is left and nothing twice.
    Rule: OV-1, OV-2.
    """
    count_unknown(1000)
    count_unknown_answers(1000)
    total, beyond = escalate_late(None, at=at)
    while beyond is not None:
        done, beyond = escalate_late(beyond, at=at)
        total += done
    done, promise = escalate_promises(0, at=at)
    total += done
    while promise is not None:
        done, promise = escalate_promises(promise, at=at)
        total += done
    return total


def move_deadlines(given: MoveIn, *, actor: Actor, at: datetime) -> MovedOut:
    """Move the deadlines of the listed cases to what the calendar says.

    Raises: NotYourRole, TooMany, VersionConflict.
    Rule:   CS-23.
    """
    fates = cases.move_deadlines(given.case_ids, edition=given.edition, actor=actor, at=at)
    moved = sum(fate is not None and fate.status == 200 for fate in fates.values())
    return MovedOut(moved=moved, unchanged=len(given.case_ids) - moved)


def export_late(actor: Actor, filters: CaseFilter, suffix: str, *, at: datetime) -> HttpResponseBase:
    """Return the late cases as a file, and leave an audit row. Raises: NotYourRole, Unreadable."""
    if not actor.can("cases.export"):
        raise NotYourRole()
    answer = exporting.export_late(actor, filters, suffix, at=at)
    detail = {"filters": filters.model_dump(mode="json", exclude_defaults=True), "suffix": suffix}
    audit.record([("oversight.export", "case_list", "", detail)], actor=actor, at=at)
    return answer
