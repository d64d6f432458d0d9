"""The initials of the rows of a file: of what each dossier holds after the import (VE-14)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wangge.venues.models import Venue
from wangge.venues.row_reading import Draft
from wangge.venues.rules import initials_for

READ = ("name", "keeper_name", "address")


def initials_of_drafts(source: str, drafts: Sequence[Draft], present: Collection[str]) -> list[str]:
    """Return the initials of each draft; what the file leaves as it is counts as it stands."""
    standing: dict[str, tuple[str, ...]] = {}
    if not all(field in present for field in READ) or any(draft.keeper_name is None for draft in drafts):
        rows = Venue.objects.filter(source=source, code__in=[draft.code for draft in drafts])
        standing = {code: tuple(texts) for code, *texts in rows.values_list("code", *READ)}
    return [initials_for(*_texts(draft, standing.get(draft.code), present)) for draft in drafts]


def _texts(draft: Draft, old: tuple[str, ...] | None, present: Collection[str]) -> tuple[str, str, str]:
    name, keeper, address = old or (draft.name, "", "")
    return (
        draft.name if "name" in present else name,
        draft.keeper_name if "keeper_name" in present and draft.keeper_name is not None else keeper,
        draft.address if "address" in present else address,
    )
