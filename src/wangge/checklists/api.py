"""HTTP face of checklists."""

from __future__ import annotations

from ninja import Router

from wangge.checklists import queries
from wangge.checklists.schemas import ChecklistOut
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal

router = Router(tags=["checklists"])


@router.get("", response=list[ChecklistOut], operation_id="list_checklists")
def list_checklists(request: ActorRequest) -> list[ChecklistOut]:
    """The version in force today of every list."""
    return queries.list_in_force(clock.today())


@router.get("/{int:checklist_id}", response={200: ChecklistOut, 404: Refusal}, operation_id="get_checklist")
def get_checklist(request: ActorRequest, checklist_id: int) -> ChecklistOut:
    return queries.get_checklist(checklist_id)
