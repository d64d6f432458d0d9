"""Reading checklists. They belong to no grid: everybody who inspects may read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from wangge.checklists.models import Checklist
from wangge.checklists.schemas import ChecklistOut
from wangge.kernel.errors import NotVisible

MOST_KNOWN = 500
_known: dict[tuple[str, int], ChecklistOut] = {}  # by database and id: a version is never edited (CK-5)


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
    wanted, base = set(checklist_ids), str(connection.settings_dict["NAME"])
    found = {key: _known[base, key] for key in wanted if (base, key) in _known}
    if len(found) == len(wanted):
        return found
    if len(_known) > MOST_KNOWN:
        _known.clear()
    for row in Checklist.objects.filter(id__in=wanted - found.keys()):
        found[row.id] = _known[base, row.id] = to_out(row)
    if len(found) < len(wanted):
        raise NotVisible()
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """A version of a list, and the days on which it holds: `[effective_on, withdrawn_on)`."""

    id: int
    code: str
    version: int
    effective_on: date
    withdrawn_on: date | None


def spans_beside(checklist_ids: Iterable[int]) -> dict[int, Span]:
    """Return every version of the lists of which a version is given, by id. Rule: CK-5."""
    codes = Checklist.objects.filter(id__in=set(checklist_ids)).values("code")
    rows = Checklist.objects.filter(code__in=codes).order_by("code", "version")
    columns = ("id", "code", "version", "effective_on", "withdrawn_on")
    return {row[0]: Span(*row) for row in rows.values_list(*columns)}


def replaced_on(on: date) -> dict[int, int]:
    """Return which versions are withdrawn on the day, and by which they are replaced. Rule: CK-5."""
    now = dict(_valid_on(on).values_list("code", "id"))
    old = Checklist.objects.filter(withdrawn_on__lte=on, code__in=now).values_list("id", "code")
    return {identifier: now[code] for identifier, code in old}


def to_out(row: Checklist) -> ChecklistOut:
    """Return the shape of a list at the edge."""
    return ChecklistOut.model_validate(row, from_attributes=True)


def _valid_on(on: date) -> QuerySet[Checklist]:
    holds = Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on)
    return Checklist.objects.filter(holds, effective_on__lte=on).order_by("code", "version")
