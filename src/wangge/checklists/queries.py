"""Reading checklists. They belong to no grid: everybody who inspects may read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from wangge.checklists.models import Checklist
from wangge.checklists.schemas import ChecklistOut
from wangge.kernel.errors import NotVisible


def in_force(codes: Iterable[str], on: date) -> dict[str, ChecklistOut]:
    """Return the version of each list that holds on the day `on`; a code without one is left out."""
    rows = _valid_on(on).filter(code__in=list(codes))
    return {row.code: to_out(row) for row in rows}


def list_in_force(on: date) -> list[ChecklistOut]:
    """Return every list that holds on the day `on`, by code."""
    return [to_out(row) for row in _valid_on(on)]


def get_checklist(checklist_id: int) -> ChecklistOut:
    """Return one version of a list, in force or not. Raises: NotVisible."""
    return get_many([checklist_id])[checklist_id]


def get_many(checklist_ids: Iterable[int]) -> dict[int, ChecklistOut]:
    """Return the given versions. Raises: NotVisible if one is not there."""
    wanted = set(checklist_ids)
    found = {row.id: to_out(row) for row in Checklist.objects.filter(id__in=wanted)}
    if len(found) < len(wanted):
        raise NotVisible()
    return found


def to_out(row: Checklist) -> ChecklistOut:
    """Return the shape of a list at the edge."""
    return ChecklistOut.model_validate(row, from_attributes=True)


def _valid_on(on: date) -> QuerySet[Checklist]:
    holds = Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on)
    return Checklist.objects.filter(holds, effective_on__lte=on).order_by("code", "version")
