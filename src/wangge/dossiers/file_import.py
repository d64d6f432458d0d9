"""Facilities and licences from a file, batch by batch, whole or not at all. Rule: DS-16."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from wangge.dossiers import file_wording as wording
from wangge.dossiers.file_rows import COLUMNS, Line, LineReader
from wangge.dossiers.holdings import FACILITY, LICENCE, OF_FACILITY, OF_LICENCE
from wangge.dossiers.models import Change, Holding, Venue
from wangge.dossiers.recording import WRITE, Form, Ground, apply
from wangge.dossiers.rules import Sort
from wangge.dossiers.schemas import FacilityIn, LicenceIn
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel import audit, staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.ids import new_id
from wangge.kernel.run_work import Progress, Unwatched
from wangge.territory.rules import Problems
from wangge.territory.schemas import ImportProblem, ImportReport
from wangge.venues.queries import standing_of

BATCH = 1_000
SEEN = "holding_seen"
_TWICE = f"""
SELECT row, number, other
  FROM (SELECT row, number, min(row) OVER (PARTITION BY id) AS other FROM {SEEN}) n
 WHERE row > other ORDER BY row
"""
Row = tuple[int, Mapping[str, str]]


class Undo(Exception):
    """Leaves the transaction without a trace: a dry run, or errors."""


def import_holdings(
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
    """Add and change facilities or licences of one list; with any error nothing is loaded.

    The same rows twice change nothing; a column that the file lacks is left as it is. Memory: a batch.
    Raises: NotYourRole.
    Rule:   DS-16, DS-4, DS-7.
    """
    actor.check_can(WRITE)
    problems, progress = problems or Problems(), progress or Unwatched()
    report = ImportReport(
        kind=f"dossiers.{sort.value}", file_name=file_name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    try:
        with transaction.atomic():
            _Loading(sort, source, actor, at, problems, report).load(rows, progress)
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


class _Loading:
    """One file on its way in."""

    def __init__(
        self, sort: Sort, source: str, actor: Actor, at: datetime, problems: Problems, report: ImportReport
    ) -> None:
        self.sort, self.source, self.actor, self.at = sort, source, actor, at
        self.problems, self.report = problems, report
        self.form: Form[Any, Holding] = FACILITY if sort is Sort.FACILITY else LICENCE
        self.shape = FacilityIn if sort is Sort.FACILITY else LicenceIn
        self.kept = OF_FACILITY if sort is Sort.FACILITY else OF_LICENCE
        self.words = words_in_force()
        kinds = {
            name: kind.code
            for (of, _), kind in self.words.kinds.items()
            if of == sort.value and kind.is_active
            for name in (kind.name_zh, kind.name_en, kind.code)
        }
        self.reader = LineReader(sort, source, kinds, problems)

    def load(self, rows: Iterable[Row], progress: Progress) -> None:
        """Read, judge and write batch by batch; what only all rows show is looked for at the end."""
        staging.make_table(SEEN, "id uuid, row int, number varchar(64)")
        for batch in _batches(rows):
            lines = [line for row, cells in batch if (line := self.reader.read(row, cells)) is not None]
            staging.copy_rows(SEEN, ((line.entry_id, line.row, line.number) for line in lines))
            self._batch(lines)
            self.report.rows += len(batch)
            progress.read(self.report.rows)
        if not self.report.rows:
            self.problems.add(wording.EMPTY, None)
        with connection.cursor() as cursor:
            cursor.execute(_TWICE)
            for row, number, other in cursor.fetchall():
                self.problems.add(wording.TWICE, row, COLUMNS[self.sort]["number"], number, other=other)

    def _batch(self, lines: Sequence[Line]) -> None:
        entries = Holding.objects.filter(pk__in=[line.entry_id for line in lines]).in_bulk()
        places = self._places(lines)
        found = Venue.objects.visible_to(self.actor).filter(pk__in=set(places.values())).order_by("pk")
        classes = dict(found.select_for_update(no_key=True).values_list("pk", "venue_class_id"))
        ground: Ground[Holding] = Ground(self.actor, self.at, classes, entries, self.words)
        for line in lines:
            place = places.get(line.row)
            if place is not None:
                self._line(line, place, ground)
        _write(ground)

    def _places(self, lines: Sequence[Line]) -> dict[int, UUID]:
        """Return the place of each row; what is not found, or stands in two registers, is noted."""
        codes = {line.venue for line in lines if line.venue}
        seen = Venue.objects.visible_to(self.actor).filter(code__in=codes)
        known: dict[str, dict[str, UUID]] = {}
        for pk, source, code in seen.values_list("pk", "source", "code"):
            known.setdefault(code, {})[source] = pk
        stands = standing_of(pk for of in known.values() for pk in of.values())
        column = COLUMNS[self.sort]["venue"]
        places: dict[int, UUID] = {}
        for line in lines:
            of = known.get(line.venue, {})
            fitting = {source: pk for source, pk in of.items() if line.venue_source in ("", source)}
            if len(fitting) == 1:
                [pk] = fitting.values()
                places[line.row] = stands.get(pk, pk)
            elif fitting:
                sources = "、".join(sorted(fitting))
                self.problems.add(wording.TWO_PLACES, line.row, column, line.venue, sources=sources)
            else:
                self.problems.add(wording.NO_PLACE, line.row, column, line.venue)
        return places

    def _line(self, line: Line, place: UUID, ground: Ground[Holding]) -> None:
        row, columns = ground.standing.get(line.entry_id), COLUMNS[self.sort]
        if row is not None and (row.venue_id != place or row.sort != self.sort.value):
            self.problems.add(wording.ELSEWHERE, line.row, columns["number"], line.number)
            return
        if row is not None and row.removed_at is not None:
            self.problems.add(wording.REMOVED, line.row, columns["number"], line.number)
            return
        stood = {name: getattr(row, name) for name in self.kept} if row is not None else {}
        said = {**stood, **line.values}
        if row is not None and row.kind == line.kind and said == stood:
            self.report.unchanged += 1
            return
        head = {"id": new_id(), "entry_id": line.entry_id, "venue_id": place, "kind": line.kind}
        head |= {"base_version": row.version if row else 0, "source": row.source if row else self.source}
        if self.sort is Sort.LICENCE:
            head["photos"] = said.pop("photos", [])
        try:
            apply(self.shape.model_validate(head | said), self.form, ground)
        except Refused as refusal:
            zh, en = refusal.message("zh"), refusal.message("en")
            self.problems.add(wording.REFUSED, line.row, None, line.number, zh=zh, en_text=en)
        except ValidationError as error:
            en = "; ".join(str(one["msg"]) for one in error.errors())
            zh = "日期前后矛盾：检测、维保不能早于出厂，有效期止不能早于有效期起"
            self.problems.add(wording.REFUSED, line.row, None, line.number, zh=zh, en_text=en)
        else:
            became = "updated" if row is not None else "created"
            setattr(self.report, became, getattr(self.report, became) + 1)


def _write(ground: Ground[Holding]) -> None:
    """Write what a batch changed; what is new goes by COPY, as its history does: rows may be a million.

    The file leaves one audit row; what became of each entry is in its history (DS-7).
    """
    rows = ground.changed.values()
    _copy(Holding, [row for row in rows if row.pk in ground.made])
    fields = [f.name for f in Holding._meta.concrete_fields if f.name not in {"id", "venue", "created_at"}]
    Holding.objects.bulk_update([row for row in rows if row.pk not in ground.made], fields)
    _copy(Change, ground.changes)


def _copy(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    columns = [one for one in model._meta.concrete_fields if not isinstance(one, models.BigAutoField)]
    into = f"{model._meta.db_table} ({', '.join(str(one.column) for one in columns)})"
    staging.copy_rows(into, ([_as_copied(one, row) for one in columns] for row in rows))


def _as_copied(column: Any, row: models.Model) -> Any:
    value = getattr(row, column.attname)
    return Jsonb(value) if isinstance(column, models.JSONField) else value


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch
