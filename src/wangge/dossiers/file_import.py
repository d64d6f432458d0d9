"""People, facilities and licences from a file: read batch by batch, merged set by set, whole or not at all.

Rule: DS-16.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.dossiers import file_wording as wording
from wangge.dossiers.file_merge import Stage
from wangge.dossiers.file_rows import COLUMNS, Line, LineReader
from wangge.dossiers.file_sheets import RowWrong, Values, sheet_of
from wangge.dossiers.installing import RECKON
from wangge.dossiers.models import Venue
from wangge.dossiers.recording import SEALED, WRITE
from wangge.dossiers.rules import Sort
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel import audit, jobs, staging
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.run_work import Progress, Unwatched
from wangge.territory.rules import Problems
from wangge.territory.schemas import ImportProblem, ImportReport
from wangge.venues.queries import registers_of, standing_of

BATCH = 5_000
Row = tuple[int, Mapping[str, str]]


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
    """Add and change the people, facilities or licences of one list; with any error nothing is loaded.

    The same rows twice change nothing; a column that the file lacks is left as it is. Memory: a batch of
    rows; all of them lie in a temporary table of the database.
    Raises: NotYourRole.
    Rule:   DS-16, DS-1, DS-3, DS-4, DS-7.
    """
    actor.check_can(WRITE)
    problems, progress = problems or Problems(), progress or Unwatched()
    report = ImportReport(
        kind=f"dossiers.{sort.value}", file_name=file_name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    try:
        with transaction.atomic():
            staging.lock_name(f"dossiers:{sort.value}:{source}")
            _Loading(sort, source, actor, at, problems, report).load(rows, progress, is_dry=dry_run)
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


@dataclass(slots=True)
class _Places:
    """Places by code and register, and the class of each by id."""

    by_code: dict[str, dict[str, UUID]] = field(default_factory=dict)
    classes: dict[UUID, str] = field(default_factory=dict)


class _Loading:
    """One file on its way in."""

    def __init__(
        self, sort: Sort, source: str, actor: Actor, at: datetime, problems: Problems, report: ImportReport
    ) -> None:
        self.sort, self.source, self.actor, self.at = sort, source, actor, at
        self.problems, self.report, self.words = problems, report, words_in_force()
        self.sheet = sheet_of(sort, self.words, at.astimezone(CHINA).date())
        known = sorted(self.words.kinds.items(), key=lambda one: one[1].is_active)  # the names of today win
        kinds = {
            name: kind.code
            for (of, _), kind in known
            if of == sort.value
            for name in (kind.name_zh, kind.name_en, kind.code)
        }
        self.reader = LineReader(sort, source, kinds, problems)
        self.stage = Stage(self.sheet.model, sort, problems)
        self.registers = registers_of()

    def load(self, rows: Iterable[Row], progress: Progress, *, is_dry: bool) -> None:
        """Read and judge batch by batch; look at what only all rows show; write."""
        for batch in _batches(rows):
            lines = [line for row, cells in batch if (line := self.reader.read(row, cells)) is not None]
            self.stage.see((line.entry_id, line.row, line.number) for line in lines)
            self.stage.put(list(self._staged(lines)))  # it asks the database, which COPY keeps busy
            self.report.rows += len(batch)
            progress.read(self.report.rows)
        if not self.report.rows:
            self.problems.add(wording.EMPTY, None)
        self.stage.check_once()
        if self.sort is Sort.PERSON:
            self.stage.check_single(self.words)
        if not self.problems.error_count and not is_dry:
            self.stage.merge(self.actor, self.at, progress)
            if self.sort is Sort.FACILITY:  # the class of some may have become another meanwhile
                jobs.defer(RECKON, kinds=None, venue_ids=None)

    def _staged(self, lines: Sequence[Line]) -> Iterator[tuple[Any, ...]]:
        standing = {
            row["id"]: row
            for row in self.sheet.model._default_manager.filter(
                pk__in=[line.entry_id for line in lines]
            ).values()
        }
        places = self._places(lines)
        for line in lines:
            place = self._place(line, places)
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
        fields = _changes(values | {"kind": line.kind}, stood, ("kind", *self.sheet.said))
        if stood is not None and not fields:
            self.report.unchanged += 1
            return None
        version = stood["version"] if stood else 0
        head = {
            "id": line.entry_id, "venue_id": place, "kind": line.kind, "version": version + 1,
            "source": stood["source"] if stood else self.source, "removed_at": None, "updated_at": self.at,
            "created_at": stood["created_at"] if stood else self.at,
        }  # fmt: skip
        if stood is None:
            self.report.created += 1
        else:
            self.report.updated += 1
        whole = values | head
        changed = json.dumps(fields, ensure_ascii=False, default=_as_kept)
        return (
            line.row, line.number, stood is None, version, changed,
            *(whole[name] for name in self.stage.columns),
        )  # fmt: skip

    def _check_entry(self, line: Line, place: UUID, stood: Values) -> None:
        """Raises: RowWrong for the entry of another place or sort; for a removed one, which is left alone."""
        if stood["venue_id"] != place or stood.get("sort", self.sort.value) != self.sort.value:
            raise RowWrong(wording.ELSEWHERE, "number", line.number)
        if stood["removed_at"] is not None:
            raise RowWrong(wording.REMOVED, "number", line.number)

    def _places(self, lines: Sequence[Line]) -> _Places:
        """Return the places that the lines name, inside the caller's scope, in two statements."""
        found, places = Venue.objects.visible_to(self.actor), _Places()
        named = found.filter(source__in=self.registers, code__in={line.venue for line in lines if line.venue})
        for pk, source, code, class_code in named.values_list("pk", "source", "code", "venue_class_id"):
            places.by_code.setdefault(code, {})[source] = pk
            places.classes[pk] = class_code
        stands = standing_of(places.classes)
        for of in places.by_code.values():
            of.update({source: stands.get(pk, pk) for source, pk in of.items()})
        if stands:
            kept = found.filter(pk__in=set(stands.values())).values_list("pk", "venue_class_id")
            places.classes.update(kept)
        return places

    def _place(self, line: Line, places: _Places) -> UUID | None:
        """Return the place of a line; one that is not found, or stands in two registers, is noted."""
        of = places.by_code.get(line.venue, {})
        fitting = {source: pk for source, pk in of.items() if line.venue_source in ("", source)}
        column = COLUMNS[self.sort]["venue"]
        if len(fitting) > 1:
            sources = "、".join(sorted(fitting))
            self.problems.add(wording.TWO_PLACES, line.row, column, line.venue, sources=sources)
            return None
        place = next(iter(fitting.values()), None)
        if place is None or place not in places.classes:
            self.problems.add(wording.NO_PLACE, line.row, column, line.venue)
            return None
        return place


def _changes(values: Mapping[str, Any], stood: Values | None, kept: Sequence[str]) -> dict[str, list[Any]]:
    """Return what the history keeps: each field from what to what; of a sealed one only that it changed."""
    fields: dict[str, list[Any]] = {}
    for name in kept:
        before, after = (stood[name] if stood else None), values[name]
        if before == after or (stood is None and not after):
            continue
        fields[name] = [] if name in SEALED else [before, after]
    return fields


def _as_kept(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch
