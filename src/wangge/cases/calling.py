"""Teams are called to a case: each step is an event of it. Rule: CS-45 (SX-19, TM-6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.cases.briefs import CaseBrief, get_briefs
from wangge.cases.call_rules import Call, Called, check_call
from wangge.cases.call_schemas import CallIn, CallOutRow
from wangge.cases.marking import MarkCommand
from wangge.cases.models import CaseEvent
from wangge.cases.rules import ENDED, Mark, MarkNotAllowed
from wangge.cases.services import add_marks
from wangge.kernel import batches, staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused
from wangge.kernel.fates import Fate
from wangge.teams import queries as teams
from wangge.teams.queries import CallableTeam

CALL = "teams.call"
Steps = dict[tuple[UUID, UUID], list[Called]]


def call_teams(commands: Sequence[CallIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Note that teams were called to cases, answered, came or left; a fate each, in order.

    Raises: NotYourRole, TooMany; for a single item nothing: a refusal is a fate.
    Rule:   CS-45. Two who note at once wait for each other.
    """
    actor.check_can(CALL)

    def settle(fresh: Sequence[CallIn]) -> dict[UUID, Fate]:
        cases = get_briefs(actor, {one.case_id for one in fresh})
        for case_id in sorted(cases):
            staging.lock_name(f"cases.calls:{case_id}")
        known = teams.callable_teams(actor, {one.team_id for one in fresh})
        steps, fates, marks = steps_of(cases), {}, []
        for one in fresh:
            try:
                marks.append(_decide(one, cases, known, steps, actor, at))
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
        return fates | {fate.command_id: fate for fate in add_marks(marks, actor=actor, at=at)}

    return batches.apply_once(commands, settle, kind="cases.call_teams", actor=actor, at=at)


def _decide(
    one: CallIn,
    cases: Mapping[UUID, CaseBrief],
    known: Mapping[UUID, CallableTeam],
    steps: Steps,
    actor: Actor,
    at: datetime,
) -> MarkCommand:
    """Return the mark. Raises: NotVisible, MarkNotAllowed for a case that ended, CallNotAllowed."""
    case, team = cases.get(one.case_id), known.get(one.team_id)
    if case is None or team is None:
        raise NotVisible()
    if one.what is Call.CALLED and case.status in ENDED:
        raise MarkNotAllowed(status=case.status, mark=Mark.CALL_OUT)
    happened_at = one.happened_at or at
    past = steps[one.case_id, one.team_id]
    check_call(team.name, one.what, happened_at, past, at)
    past.append(Called(one.team_id, one.what, happened_at, actor.name, one.note))
    detail: dict[str, Any] = {
        "team": str(one.team_id), "team_name": team.name, "what": one.what.value,
        "happened_at": happened_at.isoformat(), "reason": one.note,
    }  # fmt: skip
    return MarkCommand(one.id, one.case_id, Mark.CALL_OUT, detail=detail)


def steps_of(case_ids: Iterable[UUID]) -> Steps:
    """Return what was noted of each team in each of these cases, in order; one statement."""
    found: Steps = defaultdict(list)
    rows = CaseEvent.objects.filter(case_id__in=list(case_ids), action=Mark.CALL_OUT.value)
    for case_id, by, detail in rows.order_by("case_id", "seq").values_list("case_id", "actor_name", "detail"):
        step = Called(
            UUID(detail["team"]), Call(detail["what"]), datetime.fromisoformat(detail["happened_at"]),
            by, detail.get("reason", ""),
        )  # fmt: skip
        found[case_id, step.team_id].append(step)
    return found


def list_calls(actor: Actor, case_id: UUID) -> list[CallOutRow]:
    """Return the teams that were called to a case, the first called first. Raises: NotVisible."""
    if case_id not in get_briefs(actor, [case_id]):
        raise NotVisible()
    names = {
        detail["team"]: detail["team_name"]
        for detail in CaseEvent.objects.filter(case_id=case_id, action=Mark.CALL_OUT.value)
        .order_by("seq")
        .values_list("detail", flat=True)
    }
    minutes = teams.target_minutes_of([UUID(pk) for pk in names])
    rows = [_row(steps, names, minutes) for steps in steps_of([case_id]).values()]
    return sorted(rows, key=lambda row: row.called_at)


def _row(steps: Sequence[Called], names: Mapping[str, str], minutes: Mapping[UUID, int]) -> CallOutRow:
    first = max(n for n, one in enumerate(steps) if one.what is Call.CALLED)  # of the call that counts
    times = {one.what: one.at for one in steps[first:]}
    last, arrived = steps[-1], times.get(Call.ARRIVED)
    taken = int((arrived - times[Call.CALLED]).total_seconds() // 60) if arrived else None
    return CallOutRow(
        team_id=last.team_id,
        name=names.get(str(last.team_id), ""),
        state=last.what,
        called_at=times[Call.CALLED],
        called_by=steps[first].by,
        answered_at=times.get(Call.ANSWERED),
        arrived_at=arrived,
        left_at=times.get(Call.LEFT),
        minutes=taken,
        target_minutes=minutes.get(last.team_id),
        note=last.note,
    )
