"""Cases as lists show them: names in bulk, lights computed, the reporter hidden from those who handle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wangge.accounts import queries as accounts
from wangge.cases.deadlines import light
from wangge.cases.explaining import Line
from wangge.cases.models import Case
from wangge.cases.rules import Channel, Status
from wangge.cases.schemas import CaseRow, DeadlineLine
from wangge.cases.searching import Listed
from wangge.kernel.actor import Actor
from wangge.kernel.clock import deadline_words
from wangge.matters import queries as matters
from wangge.matters.rules import Severity
from wangge.territory import queries as territory
from wangge.venues import queries as venues


def row_of(case: Case, actor: Actor, at: datetime, rules: matters.Rulebook | None = None) -> CaseRow:
    """Return one case as a line of a list."""
    return rows_of([case], actor, at, rules)[0]


def rows_of(
    cases: Sequence[Case | Listed], actor: Actor, at: datetime, rules: matters.Rulebook | None = None
) -> list[CaseRow]:
    """Return cases as lines of a list; a handful of statements, however many cases.

    `rules`: those in force, if they are at hand.
    """
    if not cases:
        return []
    rules = rules or matters.in_force()
    kinds = matters.names_of((case.matter_code for case in cases), rules)
    stages = rules.stage_names
    grids = territory.names_of({case.grid_path for case in cases})
    places = venues.names_of({case.venue_id for case in cases if case.venue_id})
    departments = accounts.get_departments([case.department_id for case in cases if case.department_id])
    hides = actor.can("cases.handle")
    people = accounts.names_of(
        [key for case in cases for key in (case.reporter_id, case.handler_id) if key is not None]
    )
    return [
        CaseRow(
            id=case.id,
            status=Status(case.status),
            stage_name=stages.get(case.status, (case.status, ""))[0],
            stage_name_en=stages.get(case.status, ("", case.status))[1],
            matter_code=case.matter_code,
            matter_zh=kinds.get(case.matter_code, (case.matter_code, ""))[0],
            matter_en=kinds.get(case.matter_code, ("", case.matter_code))[1],
            severity=Severity(case.severity),
            text=case.text,
            address=case.address,
            grid_path=case.grid_path,
            grid_name=grids.get(case.grid_path, case.grid_path),
            venue_id=case.venue_id,
            venue_name=places.get(case.venue_id) if case.venue_id else None,
            lon=case.lon,
            lat=case.lat,
            channel=Channel(case.channel),
            department_name=departments[case.department_id].name
            if case.department_id in departments
            else None,
            reporter_name=None if hides else people.get(case.reporter_id),
            handler_name=people.get(case.handler_id) if case.handler_id else None,
            reported_at=case.reported_at,
            due_at=case.due_at,
            stage_due_at=case.stage_due_at,
            light=light(
                Status(case.status),
                [(case.reported_at, case.due_at), (case.stage_started_at, case.stage_due_at)],
                at,
                yellow_at_pct=rules.yellow_at_pct,
            ),
            rework=case.rework,
            version=case.version,
        )
        for case in cases
    ]


def lines_out(lines: Sequence[Line], due_at: datetime | None) -> list[DeadlineLine]:
    """Return the lines of a ledger; the last one says what stands, whatever was counted on the way."""
    shown = [DeadlineLine(at=line.at, zh=line.zh, en=line.en) for line in lines]
    if due_at is None or not shown:
        return shown
    day, time = deadline_words(due_at)
    end = f"{day} {time}"
    if not any(line.at == due_at or end in line.zh for line in lines):
        shown.append(DeadlineLine(at=due_at, zh=f"现行期限 {end}", en=f"The deadline that stands: {end}"))
    return shown
