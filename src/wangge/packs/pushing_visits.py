"""The rows of a pack as the rooms of visits and ledgers take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wangge.ledgers import services as ledgers
from wangge.packs.entry import Entry
from wangge.packs.schemas import Pack
from wangge.visits import services as visits


def push_visits(pack: Pack) -> None:
    """Put groups, triggers, kinds of reports and the bounds of proof into force. Rule: PK-4, VI-1."""
    visits.install_visits(
        groups=_rows(pack.visit_groups),
        triggers=_rows(pack.arrival_triggers),
        reports=_rows(pack.report_kinds),
        limits=[
            {"code": row.code, "value": row.value, "source": row.source, "is_confirmed": row.is_confirmed}
            for row in pack.proof_limits
        ],
        pack_version=pack.pack_version,
    )


def push_ledgers(pack: Pack) -> None:
    """Put the sections of the ledgers into force. Rule: PK-4, LE-1."""
    ledgers.install_ledgers(_rows(pack.ledgers), pack_version=pack.pack_version)


def _rows(rows: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {"name_zh": row.zh, "name_en": row.en, "is_confirmed": row.is_confirmed}
        | row.model_dump(exclude={"zh", "en", "certainty"}, mode="json")
        for row in rows
    ]
