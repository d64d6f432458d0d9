"""What a change of the calendar would move, as a list to look at first (CS-23)."""

from __future__ import annotations

from uuid import UUID

from wangge.cases import queries as cases
from wangge.cases.queries import CaseBrief, Move, Window
from wangge.kernel import calendars
from wangge.kernel.actor import Actor
from wangge.kernel.models import CalendarEdition
from wangge.matters import queries as matters
from wangge.oversight.schemas import MovePage, MoveRow, StoppedRow
from wangge.territory import queries as territory

LIMIT = 200
STOPPED = 50  # suspended cases that are named; of more the number is told


def list_moves(actor: Actor, *, beyond: UUID | None) -> MovePage:
    """Return open cases whose deadlines the calendar in force counts otherwise, by id, and who stands still.

    Raises: NotYourRole.
    Rule:   CS-23.
    """
    actor.check_can("oversight.read")
    edition = calendars.in_force().edition
    if edition is None:
        return MovePage(edition=0, note_zh="", note_en="", items=[], stopped=[], stopped_total=0, beyond=None)
    change = CalendarEdition.objects.get(pk=edition)
    moves, further = cases.list_deadline_moves(actor, Window(), beyond=beyond, limit=LIMIT)
    stopped, total = cases.list_stopped(actor, limit=STOPPED) if beyond is None else ([], 0)
    shown = [*(move.case for move in moves), *stopped]
    kinds = matters.names_of(case.matter_code for case in shown)
    grids = territory.names_of({case.grid_path for case in shown})
    return MovePage(
        edition=edition,
        note_zh=change.note_zh,
        note_en=change.note_en,
        items=[_row(move, kinds, grids) for move in moves],
        stopped=[_stopped(case, kinds, grids) for case in stopped],
        stopped_total=total,
        beyond=further,
    )


def _row(move: Move, kinds: dict[str, tuple[str, str]], grids: dict[str, str]) -> MoveRow:
    case = move.case
    zh, en = kinds.get(case.matter_code, (case.matter_code, case.matter_code))
    return MoveRow(
        case_id=case.id,
        matter_zh=zh,
        matter_en=en,
        grid_name=grids.get(case.grid_path, case.grid_path),
        status=case.status.value,
        due_at=case.due_at,
        new_due_at=case.due_at if move.due_at == case.due_at else move.due_at,
        stage_due_at=case.stage_due_at,
        new_stage_due_at=case.stage_due_at if move.stage_due_at == case.stage_due_at else move.stage_due_at,
    )


def _stopped(case: CaseBrief, kinds: dict[str, tuple[str, str]], grids: dict[str, str]) -> StoppedRow:
    zh, en = kinds.get(case.matter_code, (case.matter_code, case.matter_code))
    return StoppedRow(
        case_id=case.id,
        matter_zh=zh,
        matter_en=en,
        grid_name=grids.get(case.grid_path, case.grid_path),
        due_at=case.due_at,
    )
