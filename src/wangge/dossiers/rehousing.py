"""The dossier of a merged place goes along; due days follow the class of the place that stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wangge.dossiers.installing import RECKON
from wangge.kernel import jobs
from wangge.kernel.actor import Actor
from wangge.venues.services import Back, MergeMover, Moved, Pair, Standing, TableMover

_HOLDINGS = TableMover(
    "holding", "dossiers_holding", "项设施或证照", "facilities and licences", written="created_at"
)


@dataclass(frozen=True, slots=True)
class HoldingMover:
    """Facilities and licences: their due days hang on the class of the place (DS-4)."""

    kind: str = _HOLDINGS.kind
    zh: str = _HOLDINGS.zh
    en: str = _HOLDINGS.en

    def move(self, pairs: Sequence[Pair], *, actor: Actor, at: datetime) -> list[Moved]:
        """Write the place in one statement; a job reckons the due days."""
        moved = _HOLDINGS.move(pairs, actor=actor, at=at)
        _reckon(pair.stay for pair in pairs)
        return moved

    def put_back(self, things: Sequence[Back], *, actor: Actor, at: datetime) -> None:
        """Write the place in one statement; a job reckons the due days."""
        _HOLDINGS.put_back(things, actor=actor, at=at)
        _reckon(one.gone for one in things)

    def count_since(self, merges: Sequence[Standing]) -> dict[UUID, int]:
        """Count what was noted at the one place since."""
        return _HOLDINGS.count_since(merges)


def _reckon(venue_ids: Iterable[UUID]) -> None:
    places = sorted({str(one) for one in venue_ids})
    if places:
        jobs.defer(RECKON, kinds=None, venue_ids=places)


# Of some kinds a place has one person, of each fact one value: the place that stays is believed.
_SINGLE = "t.kind IN (SELECT code FROM dossiers_kind WHERE sort = 'person' AND is_single)"
MERGE_MOVERS: tuple[MergeMover, ...] = (
    TableMover(
        "dossier_person", "dossiers_person", "位责任人", "people responsible",
        written="created_at", one_a="kind", one_where=_SINGLE,
    ),
    HoldingMover(),
    TableMover("dossier_fact", "dossiers_fact", "项情况", "facts", written="created_at", one_a="kind"),
    TableMover("dossier_drawing", "dossiers_drawing", "张图纸", "drawings", written="created_at"),
    TableMover("dossier_change", "dossiers_change", "条档案记录", "lines of history", key_type="bigint"),
)  # fmt: skip
