"""Cases follow their place when it is merged into another, and go back when it is parted again (CS-43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from wangge.cases import writing
from wangge.cases.marking import MOST, note
from wangge.cases.merging import id_beside
from wangge.cases.rules import Mark
from wangge.cases.schemas import CaseReport
from wangge.kernel import audit, prepared
from wangge.kernel.actor import Actor
from wangge.venues import queries as venues
from wangge.venues import services as venue_services
from wangge.venues.services import Back, Moved, Pair, Standing, TableMover

FIND = """
SELECT n.merge, c.id, n.stay FROM cases_case c
  JOIN unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS n(merge, gone, stay) ON c.venue_id = n.gone ORDER BY c.id
"""
ROWS = TableMover("case", "cases_case", "个案件", "cases", written="reported_at")


@dataclass(frozen=True, slots=True)
class CaseMergeMover:
    """Open and ended cases alike get a mark that says so; their chains hold, their versions stay."""

    kind: str = ROWS.kind
    zh: str = ROWS.zh
    en: str = ROWS.en

    def move(self, pairs: Sequence[Pair], *, actor: Actor, at: datetime) -> list[Moved]:
        """Mark the cases, in the caller's transaction."""
        with connection.cursor() as cursor:
            columns = [p.merge for p in pairs], [p.gone for p in pairs], [p.stay for p in pairs]
            cursor.execute(FIND, list(columns))
            found = cursor.fetchall()
        ways = {case: (stay, id_beside(merge, case, at)) for merge, case, stay in found}
        _mark(ways, Mark.PLACE_MERGED, actor, at)
        return [Moved(merge, str(case), {}) for merge, case, _ in found]

    def put_back(self, things: Sequence[Back], *, actor: Actor, at: datetime) -> None:
        """Mark the cases again."""
        ways = {
            case: (one.gone, id_beside(UUID(int=one.merge.int ^ 1), case, at))
            for one in things
            for case in [UUID(one.subject)]
        }
        _mark(ways, Mark.PLACE_PARTED, actor, at)

    def count_since(self, merges: Sequence[Standing]) -> dict[UUID, int]:
        """Count the cases that were reported at the one place since."""
        return ROWS.count_since(merges)


def _mark(ways: Mapping[UUID, tuple[UUID, UUID]], mark: Mark, actor: Actor, at: datetime) -> None:
    """Mark the cases: where each goes, and the id of its event."""
    ids = sorted(ways)
    for start in range(0, len(ids), MOST):
        cases = writing.lock_many(ids[start : start + MOST])
        changed, events, rows = [], [], []
        for case in cases.values():
            place, identifier = ways[case.id]
            after, event = note(
                case, identifier, mark, detail={}, facts={}, actor=actor, at=at, told={"venue_id": place}
            )
            changed.append(after)
            events.append(event)
            rows.append(("cases.rehouse", "case", str(case.id), {"venue": str(place)}))
        with prepared.together():
            writing.save_rehoused(changed, {case.id: ways[case.id][0] for case in changed})
            writing.append_events(events)
            audit.record(rows, actor=actor, at=at)


def stand_in(reports: Sequence[CaseReport]) -> tuple[Sequence[CaseReport], dict[UUID, UUID]]:
    """Return the reports with the place that stands for a merged one, and which place each had named.

    Rule: CS-43. A phone that was off line knows the old dossier.
    """
    named = {one.id: one.venue_id for one in reports if one.venue_id is not None}
    stands = venues.standing_of(named.values()) if named else {}
    if not stands:
        return reports, {}
    moved = {pk: place for pk, place in named.items() if place in stands}
    return [
        one.model_copy(update={"venue_id": stands[moved[one.id]]}) if one.id in moved else one
        for one in reports
    ], moved


def note_arrived(moved: Mapping[UUID, UUID], applied: set[UUID]) -> None:
    """Let an undo of the merge put these cases where they were reported."""
    venue_services.note_arrived(ROWS.kind, {str(pk): gone for pk, gone in moved.items() if pk in applied})
