"""The rows of a pack as accounts take them: kinds of leave, kinds of staff, sources of employment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wangge.accounts import services as accounts
from wangge.packs.entry import Entry
from wangge.packs.people_rows import StaffKind
from wangge.packs.schemas import Pack


def push_people(pack: Pack) -> None:
    """Put the pack's words about people into force. Rule: PK-4, AC-18."""
    lists: list[tuple[str, Sequence[Entry]]] = [
        ("leave", pack.leave_kinds),
        ("staff_class", pack.staff_classes),
        ("staff_kind", pack.staff_kinds),
        ("employment", pack.employments),
        ("education", pack.educations),
        ("politics", pack.politics),
        ("hiring", pack.hiring_criteria),
    ]
    rows = [_word(name, place, row) for name, some in lists for place, row in enumerate(some)]
    accounts.install_staff_words(rows, pack_version=pack.pack_version)


def _word(name: str, place: int, row: Entry) -> dict[str, Any]:
    return {
        "list": name,
        "code": row.code,
        "parent": row.group if isinstance(row, StaffKind) else "",
        "name_zh": row.zh,
        "name_en": row.en,
        "source": row.source,
        "is_confirmed": row.is_confirmed,
        "position": place,
    }
