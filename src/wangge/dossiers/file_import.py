"""Entries of dossiers from a file: read batch by batch, merged set by set, whole or not at all.

Rule: DS-16, DS-17.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.dossiers import file_wording as wording
from wangge.dossiers.file_facts import FactLoading
from wangge.dossiers.file_loading import Asked, Loading, Row
from wangge.dossiers.file_rows import COLUMNS, Line, LineReader
from wangge.dossiers.file_sheets import RowWrong, Values, sheet_of
from wangge.dossiers.installing import RECKON
from wangge.dossiers.recording import WRITE
from wangge.dossiers.rules import Sort
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel import audit, jobs, staging
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.run_work import Progress, Unwatched
from wangge.territory.rules import Problems
from wangge.territory.schemas import ImportProblem, ImportReport


class Undo(Exception):
    """Leaves the transaction without a trace: a dry run, or errors."""


def import_entries(
    rows: Iterable[Row],
    *,
    sort: Sort,
    source: str,
    actor: Actor,
    at: datetime,
    file_name: str = "",
    dry_run: bool = False,
    problems: Problems | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Add and change the people, facilities, licences or facts of one list; with any error nothing is loaded.

    The same rows twice change nothing; a column that the file lacks is left as it is. Memory: a batch of
    rows; all of them lie in a temporary table of the database.
    Raises: NotYourRole.
    Rule:   DS-16, DS-17, DS-1, DS-3, DS-4, DS-7.
    """
    actor.check_can(WRITE)
    problems, progress = problems or Problems(), progress or Unwatched()
    report = ImportReport(
        kind=f"dossiers.{sort.value}", file_name=file_name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    asked = Asked(sort, source, actor, at, problems, report)
    try:
        with transaction.atomic():
            staging.lock_name(f"dossiers:{sort.value}:{source}")
            loading_of(asked).load(rows, progress, is_dry=dry_run)
            if problems.error_count or dry_run:
                raise Undo
            if report.created or report.updated:
                detail = {"created": report.created, "updated": report.updated, "file": file_name}
                audit.record([("dossiers.import", sort.value, source, detail)], actor=actor, at=at)
            report.loaded = True
    except Undo:
        if problems.error_count:
            report.created = report.updated = report.unchanged = 0
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    report.problem_count = problems.count
    return report


def loading_of(asked: Asked) -> Loading:
    """Return how a file of the sort comes in."""
    return FactLoading(asked) if asked.sort is Sort.FACT else EntryLoading(asked)


class EntryLoading(Loading):
    """People, facilities or licences: a row is an entry, known by its number in the list."""

    def __init__(self, asked: Asked) -> None:
        self.sheet = sheet_of(asked.sort, words_in_force(), asked.at.astimezone(CHINA).date())
        super().__init__(asked, self.sheet.model)
        known = sorted(self.words.kinds.items(), key=lambda one: one[1].is_active)  # the names of today win
        kinds = {
            name: kind.code
            for (of, _), kind in known
            if of == self.sort.value
            for name in (kind.name_zh, kind.name_en, kind.code)
        }
        self.reader = LineReader(self.sort, self.source, kinds, self.problems)

    def take(self, batch: Sequence[Row]) -> None:
        lines = [line for row, cells in batch if (line := self.reader.read(row, cells)) is not None]
        self.stage.see((line.entry_id, line.row, line.number) for line in lines)
        self.stage.put(list(self._staged(lines)))  # it asks the database, which COPY keeps busy

    def check_all(self) -> None:
        if self.sort is Sort.PERSON:
            self.stage.check_single(self.words)

    def follow(self, progress: Progress) -> None:
        if self.sort is Sort.FACILITY:  # the class of some may have become another meanwhile
            jobs.defer(RECKON, kinds=None, venue_ids=None)

    def _staged(self, lines: Sequence[Line]) -> Iterator[tuple[Any, ...]]:
        standing = {
            row["id"]: row
            for row in self.sheet.model._default_manager.filter(
                pk__in=[line.entry_id for line in lines]
            ).values()
        }
        places = self.places(lines)
        for line in lines:
            place = self.place(line, places)
            if place is None:
                continue
            try:
                row = self._row(line, place, places.classes[place], standing.get(line.entry_id))
            except RowWrong as wrong:
                column = COLUMNS[self.sort].get(wrong.key or "")
                self.problems.add(wrong.kind, line.row, column, wrong.value, **wrong.facts)
            else:
                if row is not None:
                    yield row

    def _row(self, line: Line, place: UUID, class_code: str, stood: Values | None) -> tuple[Any, ...] | None:
        """Return the row as it is to be written, None where nothing changes. Raises: RowWrong."""
        if stood is not None:
            self._check_entry(line, place, stood)
        kind = self.words.kinds[self.sort.value, line.kind]
        if not kind.is_active and (stood is None or stood["kind"] != line.kind):
            raise RowWrong(wording.BAD_KIND, "kind", kind.name_zh, choice=self.reader.choice)
        values = self.sheet.entry(line.values, stood, line.kind, class_code)
        values |= {
            "id": line.entry_id, "venue_id": place, "kind": line.kind,
            "source": stood["source"] if stood else self.source,
        }  # fmt: skip
        return self.staged(line.row, line.number, values, stood, ("kind", *self.sheet.said))

    def _check_entry(self, line: Line, place: UUID, stood: Values) -> None:
        """Raises: RowWrong for the entry of another place or sort; for a removed one, which is left alone."""
        if stood["venue_id"] != place or stood.get("sort", self.sort.value) != self.sort.value:
            raise RowWrong(wording.ELSEWHERE, "number", line.number)
        if stood["removed_at"] is not None:
            raise RowWrong(wording.REMOVED, "number", line.number)
