"""Escalation of late cases, piece by piece: each piece is a transaction that nobody waits long for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.cases import queries as cases
from wangge.cases import services as case_services
from wangge.cases.queries import CaseBrief
from wangge.cases.rules import Mark
from wangge.cases.services import MOST_MARKS, MarkCommand
from wangge.kernel import calendars, prepared
from wangge.kernel.calendars import Calendars
from wangge.kernel.fates import Outcome
from wangge.oversight.models import Escalation, Promise
from wangge.oversight.promising import settle_promises
from wangge.oversight.rulebook import Rulebook, in_force
from wangge.oversight.rules import Climb, Running, climb_id, climbs, clocks_of

CLOCKS = 2  # of a case, beside what its reporter was promised
PIECE = 250  # late cases looked at in one transaction, fewer where the ladder is long
INSERT = prepared.insert(
    "oversight_escalation",
    {
        "id": "uuid",
        "case_id": "uuid",
        "grid_path": "text",
        "department_id": "bigint",
        "clock": "text",
        "started_at": "timestamptz",
        "level": "int",
        "code": "text",
        "role": "text",
        "since": "timestamptz",
        "at": "timestamptz",
    },
)


@transaction.atomic
def escalate_late(beyond: UUID | None, *, at: datetime) -> tuple[int, UUID | None]:
    """Escalate the next late cases by id; return how many rungs were climbed, and where to go on.

    Rule: OV-1, OV-2 (a rung of a clock is climbed once, however often and by however many it is asked).
    """
    rules, around = in_force(), calendars.in_force()
    piece = min(PIECE, MOST_MARKS // (CLOCKS * max(1, len(rules.ladder))))
    late = cases.list_open_past(at, beyond=beyond, limit=piece)
    found = [
        (case, climb)
        for case in late
        for climb in climbs(_clocks(case), rules.ladder, around.of(case.grid_path), at=at)
    ]
    return _write(found, at), late[-1].id if len(late) == piece else None


@transaction.atomic
def escalate_promises(beyond: int, *, at: datetime) -> tuple[int, int | None]:
    """Escalate the next promises that were not kept in time; as `escalate_late`, by the promise's id."""
    rules, around = in_force(), calendars.in_force()
    page = list(
        Promise.objects.filter(kept_at__isnull=True, due_at__lte=at, pk__gt=beyond).order_by("pk")[:PIECE]
    )
    owed = settle_promises(page, at=at)
    known = {case.id: case for case in cases.list_by_ids({one.case_id for one in owed})}
    found = [
        (known[one.case_id], climb)
        for one in owed
        for climb in _promise_climbs(one, known, rules, around, at)
    ]
    return _write(found, at), page[-1].pk if len(page) == PIECE else None


def _clocks(case: CaseBrief) -> list[Running]:
    return clocks_of(
        reported_at=case.reported_at,
        due_at=case.due_at,
        stage_started_at=case.stage_started_at,
        stage_due_at=case.stage_due_at,
    )


def _promise_climbs(
    promise: Promise, known: dict[UUID, CaseBrief], rules: Rulebook, around: Calendars, at: datetime
) -> Iterable[Climb]:
    case = known.get(promise.case_id)
    if case is None or promise.due_at is None:
        return []
    running = Running(promise.code, promise.starts_at, promise.due_at)
    return climbs([running], rules.ladder, around.of(case.grid_path), at=at)


def _write(found: Sequence[tuple[CaseBrief, Climb]], at: datetime) -> int:
    """Mark the cases with the rungs that are new, and note each; returns how many."""
    ids = {climb_id(case.id, climb): (case, climb) for case, climb in found}
    known = set(Escalation.objects.filter(pk__in=ids).values_list("pk", flat=True))
    fresh = {pk: pair for pk, pair in ids.items() if pk not in known}
    marks = [
        MarkCommand(pk, case.id, Mark.ESCALATE, detail=_told(climb)) for pk, (case, climb) in fresh.items()
    ]
    fates = case_services.add_marks(marks, actor=None, at=at)
    done = {fate.command_id for fate in fates if fate.outcome is Outcome.APPLIED}
    INSERT.send([_row(pk, *fresh[pk], at) for pk in fresh if pk in done])
    return len(done)


def _told(climb: Climb) -> dict[str, object]:
    rung, running = climb.rung, climb.running
    return {
        "level": rung.level,
        "code": rung.code,
        "role": rung.role,
        "clock": running.clock,
        "due_at": running.due_at,
        "reason": rung.name_zh,
    }


def _row(pk: UUID, case: CaseBrief, climb: Climb, at: datetime) -> dict[str, object]:
    return {
        "id": pk,
        "case_id": case.id,
        "grid_path": case.grid_path,
        "department_id": case.department_id,
        "clock": climb.running.clock,
        "started_at": climb.running.started_at,
        "level": climb.rung.level,
        "code": climb.rung.code,
        "role": climb.rung.role,
        "since": climb.since,
        "at": at,
    }
