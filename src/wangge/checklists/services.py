"""Installing checklists: a change is a new version, and the old one stays for the orders done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from wangge.checklists.models import Checklist
from wangge.checklists.schemas import ChecklistIn


@transaction.atomic
def install_checklists(lists: Sequence[ChecklistIn], *, pack_version: str, effective_on: date) -> int:
    """Make `lists` the ones in force from `effective_on`; return how many versions are new.

    Rule: CK-5. An unchanged list keeps its version; a changed one becomes version n + 1 and the old is
          withdrawn; a list that is no longer given is withdrawn.
    """
    latest: dict[str, Checklist] = {}
    for row in Checklist.objects.select_for_update().order_by("version"):
        latest[row.code] = row
    new, over = [], []
    for given in lists:
        old = latest.pop(given.code, None)
        if old is not None and old.withdrawn_on is None and _content(given) == _stored(old):
            continue
        if old is not None:
            over.append(old)
        new.append(_version(given, old.version + 1 if old else 1, pack_version, effective_on))
    for row in [*over, *latest.values()]:
        if row.withdrawn_on is None:
            row.withdrawn_on = max(effective_on, row.effective_on)
            row.save(update_fields=["withdrawn_on"])
    Checklist.objects.bulk_create(new)
    return len(new)


def _version(given: ChecklistIn, version: int, pack_version: str, effective_on: date) -> Checklist:
    return Checklist(
        code=given.code,
        version=version,
        name_zh=given.name_zh,
        name_en=given.name_en,
        items=[item.model_dump() for item in given.items],
        pack_version=pack_version,
        effective_on=effective_on,
    )


def _content(given: ChecklistIn) -> tuple[str, str, list[object]]:
    return given.name_zh, given.name_en, [item.model_dump() for item in given.items]


def _stored(row: Checklist) -> tuple[str, str, list[object]]:
    return row.name_zh, row.name_en, list(row.items)
