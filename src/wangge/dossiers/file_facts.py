"""Facts of places from a file: a row a place, a column a fact. Rule: DS-17, DS-9, DS-10."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from wangge.dossiers import file_wording as wording
from wangge.dossiers.classing import reckon_classes
from wangge.dossiers.file_fact_rows import FactLine, FactReader, column_of, fact_kinds
from wangge.dossiers.file_loading import Asked, Loading, Row
from wangge.dossiers.file_sheets import Values
from wangge.dossiers.models import Fact
from wangge.dossiers.rules import Sort
from wangge.kernel.ids import new_id
from wangge.kernel.run_work import Progress

Known = Mapping[tuple[UUID, str], Values]


class FactLoading(Loading):
    """A row is a place: each of its facts is known by the place and the fact, so a file needs no numbers."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked, Fact)
        self.reader = FactReader(fact_kinds(self.words), self.problems)

    def take(self, batch: Sequence[Row]) -> None:
        lines = [line for row, cells in batch if (line := self.reader.read(row, cells)) is not None]
        places = self.places(lines)
        placed = [(line, pk) for line in lines if (pk := self.place(line, places)) is not None]
        self.stage.see((pk, line.row, line.venue[:64]) for line, pk in placed)
        known = _known({pk for _, pk in placed}, {code for line, _ in placed for code in line.values})
        self.stage.put([row for line, pk in placed for row in self._staged(line, pk, known)])

    def check_all(self) -> None:
        self.stage.check_facts()

    def follow(self, progress: Progress) -> None:
        """Reckon what the facts make of the classes, as by hand in the same transaction. Rule: DS-10."""
        for done, piece in self.stage.places():
            reckon_classes(piece, at=self.at)
            progress.wrote(self.report.created + self.report.updated + done)

    def _staged(self, line: FactLine, place: UUID, known: Known) -> Iterator[tuple[Any, ...]]:
        for code, value in line.values.items():
            stood = known.get((place, code))
            if stood is not None and stood["removed_at"] is not None:
                if stood["value"] == value:
                    kind = self.words.kinds[Sort.FACT.value, code]
                    self.problems.add(
                        wording.FACT_REMOVED, line.row, column_of(kind), line.venue, zh=kind.name_zh,
                        en_text=kind.name_en,
                    )  # fmt: skip
                    continue
                stood = None  # another value than was taken out: a new entry, as by hand
            values: Values = {
                "id": stood["id"] if stood else new_id(), "venue_id": place, "kind": code, "value": value,
                "source": self.source,
            }  # fmt: skip
            row = self.staged(line.row, line.venue[:64], values, stood, ("kind", "value"))
            if row is not None:
                yield row


def _known(places: set[UUID], codes: set[str]) -> Known:
    """Return of each place the fact that stands, else the one that was taken out last."""
    found = Fact.objects.filter(venue_id__in=places, kind__in=codes)
    ordered = found.order_by(F("removed_at").asc(nulls_last=True))
    return {(row["venue_id"], row["kind"]): row for row in ordered.values()}
