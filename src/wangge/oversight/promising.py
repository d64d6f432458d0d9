"""Promises to reporters: noted when a tip comes in, kept by a verdict or by an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from wangge.cases import queries as cases
from wangge.cases.queries import CaseBrief
from wangge.kernel import calendars
from wangge.oversight.models import Promise
from wangge.oversight.rulebook import in_force
from wangge.oversight.rules import KeptBy, promises_for


def note_promises(case_ids: Iterable[UUID]) -> int:
    """Note what the reporters of these cases were promised, and return how much; done twice, it is done once.

    Rule: OV-4.
    """
    made = [one for case in cases.list_by_ids(case_ids) for one in promises_of(case)]
    Promise.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def promises_of(case: CaseBrief) -> list[Promise]:
    """Return the promises of a case, not saved."""
    rules = promises_for(in_force().promises, channel=case.channel, matter_code=case.matter_code)
    calendar = calendars.in_force().of(case.grid_path)
    return [
        Promise(
            case_id=case.id,
            code=rule.code,
            kept_by=rule.kept_by,
            starts_at=case.reported_at,
            due_at=cases.deadline_if_known(case.reported_at, rule.clock, calendar),
        )
        for rule in rules
    ]


def settle_promises(promises: Sequence[Promise], *, at: datetime) -> list[Promise]:
    """Note which of the promises were kept meanwhile, with the moment; return those that are still owed.

    Rule: OV-4.
    """
    kept = find_kept(promises)
    Promise.objects.bulk_update(kept, ["kept_at"])
    return [one for one in promises if one.kept_at is None]


def find_kept(promises: Sequence[Promise]) -> list[Promise]:
    """Set the moment on those that a verdict has kept and that do not say so yet; nothing is saved. OV-4."""
    open_ = [one for one in promises if one.kept_by == KeptBy.VERIFIED and one.kept_at is None]
    verdicts = cases.judged_at({one.case_id for one in open_}) if open_ else {}
    kept = [one for one in open_ if one.case_id in verdicts]
    for one in kept:
        one.kept_at = verdicts[one.case_id]
    return kept


def count_unknown(limit: int) -> int:
    """Give promises whose year was unknown their deadline once it is known; return how many."""
    waiting = list(Promise.objects.filter(kept_at__isnull=True, due_at__isnull=True).order_by("pk")[:limit])
    known = {case.id: case for case in cases.list_by_ids({one.case_id for one in waiting})}
    found = []
    for one in waiting:
        again = {made.code: made.due_at for made in promises_of(known[one.case_id])}
        if due_at := again.get(one.code):
            one.due_at = due_at
            found.append(one)
    Promise.objects.bulk_update(found, ["due_at"])
    return len(found)
