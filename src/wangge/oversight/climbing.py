"""Escalation of late cases, piece by piece: each piece is a transaction that nobody waits long for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from wangge.cases import queries as cases
from wangge.cases import services as case_services
from wangge.cases.queries import CaseBrief
from wangge.cases.rules import Mark
from wangge.cases.services import MOST_MARKS, MarkCommand
from wangge.kernel import calendars, prepared
from wangge.kernel.calendars import Calendars
from wangge.kernel.fates import Outcome
from wangge.oversight.models import NextRung, Promise
from wangge.oversight.promising import settle_promises
from wangge.oversight.rulebook import Rulebook, in_force
from wangge.oversight.rules import NEVER, Climb, Running, climb_id, climbs, clocks_of, next_rung_at

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


NEXT = prepared.insert(
    "oversight_nextrung",
    {
        "case_id": "uuid",
        "due_at": "timestamptz",
        "stage_started_at": "timestamptz",
        "stage_due_at": "timestamptz",
        "basis": "text",
        "next_at": "timestamptz",
    },
    anew=("case_id",),
)
KNOWN = "SELECT id FROM oversight_escalation WHERE id = ANY(%s::uuid[])"


@transaction.atomic
def escalate_late(beyond: UUID | None, *, at: datetime) -> tuple[int, UUID | None]:
    """Escalate the next late cases by id; return how many rungs were climbed, and where to go on.

    Cases that reach their next rung later are not read at all.
    Rule: OV-1, OV-2 (a rung of a clock is climbed once, however often and by however many it is asked), OV-9.
    """
    rules, around = in_force(), calendars.in_force()
    basis = _basis(rules, around)
    piece = min(PIECE, MOST_MARKS // (CLOCKS * max(1, len(rules.ladder))))
    late = cases.list_open_past(at, beyond=beyond, limit=piece, but=_waits(basis, at))
    found, following = [], []
    for case in late:
        calendar, clocks = around.of(case.grid_path), _clocks(case)
        found += [(case, climb) for climb in climbs(clocks, rules.ladder, calendar, at=at)]
        following.append(_following(case, basis, next_rung_at(clocks, rules.ladder, calendar, at=at)))
    done = _write(found, at)
    NEXT.send(following)
    return done, late[-1].id if len(late) == piece else None


@transaction.atomic
def escalate_promises(beyond: int, *, at: datetime) -> tuple[int, int | None]:
    """Escalate the next promises that were not kept in time; as `escalate_late`, by the promise's id."""
    rules, around = in_force(), calendars.in_force()
    basis = _basis(rules, around)
    waits = Q(next_at__gt=at, basis=basis)
    owing = Promise.objects.filter(~waits | Q(next_at__isnull=True), kept_at__isnull=True, due_at__lte=at)
    page = list(owing.filter(pk__gt=beyond).order_by("pk")[:PIECE])
    known = {case.id: case for case in cases.list_by_ids({one.case_id for one in page})}
    found = []
    for one in settle_promises(page, at=at):
        case = known[one.case_id]
        calendar, clocks = around.of(case.grid_path), _promise_clocks(one)
        found += [(case, climb) for climb in climbs(clocks, rules.ladder, calendar, at=at)]
        one.basis, one.next_at = basis, next_rung_at(clocks, rules.ladder, calendar, at=at)
    Promise.objects.bulk_update(page, ["basis", "next_at"])
    return _write(found, at), page[-1].pk if len(page) == PIECE else None


def forget_ended() -> int:
    """Take away what was kept for cases that have ended meanwhile; returns how many. Rule: OV-9."""
    return NextRung.objects.filter(case__closed_at__isnull=False).delete()[0]


def _basis(rules: Rulebook, around: Calendars) -> str:
    return f"{rules.pack_version}|{around.name}"


def _waits(basis: str, at: datetime) -> Exists:
    """Return whether the next rung of an open case is known to come later, by clocks that still run so."""
    return Exists(
        NextRung.objects.filter(
            case_id=OuterRef("pk"),
            due_at=Coalesce(OuterRef("due_at"), NEVER),
            stage_started_at=OuterRef("stage_started_at"),
            stage_due_at=Coalesce(OuterRef("stage_due_at"), NEVER),
            basis=basis,
            next_at__gt=at,
        )
    )


def _following(case: CaseBrief, basis: str, next_at: datetime) -> dict[str, object]:
    return {
        "case_id": case.id,
        "due_at": case.due_at or NEVER,
        "stage_started_at": case.stage_started_at,
        "stage_due_at": case.stage_due_at or NEVER,
        "basis": basis,
        "next_at": next_at,
    }


def _clocks(case: CaseBrief) -> list[Running]:
    return clocks_of(
        reported_at=case.reported_at,
        due_at=case.due_at,
        stage_started_at=case.stage_started_at,
        stage_due_at=case.stage_due_at,
    )


def _promise_clocks(promise: Promise) -> list[Running]:
    return [Running(promise.code, promise.starts_at, promise.due_at)] if promise.due_at else []


def _write(found: Sequence[tuple[CaseBrief, Climb]], at: datetime) -> int:
    """Mark the cases with the rungs that are new, and note each; returns how many."""
    if not found:
        return 0
    ids = {climb_id(case.id, climb): (case, climb) for case, climb in found}
    known = {pk for (pk,) in prepared.send(KNOWN, list(ids), binary=True).fetchall()}
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
