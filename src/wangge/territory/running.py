"""Imports of the territory as background work (KE-33): divisions are many; a file of grids is small."""

from __future__ import annotations

import gzip
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from wangge.kernel import runs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.models import FileRun
from wangge.kernel.run_rules import SHOWN_PROBLEMS, Outcome, Way
from wangge.kernel.run_work import Desk
from wangge.kernel.runs import Asked
from wangge.kernel.spreadsheets import count_rows
from wangge.territory.division_import import import_divisions
from wangge.territory.file_reading import Table, read_divisions
from wangge.territory.rules import Problems
from wangge.territory.schemas import DivisionImport, ImportReport

IMPORT_DIVISIONS = "territory.import_divisions"


def outcome_of(report: ImportReport, problems: Problems) -> Outcome:
    """Return what the run did; of the problems the first hundred, as all of them are in its error file."""
    shown = report.model_copy(update={"problems": report.problems[:SHOWN_PROBLEMS]})
    return Outcome(
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        bad_rows=problems.bad_row_count,
        problems=report.problem_count,
        is_refused=problems.error_count > 0,
        report=shown.model_dump(mode="json"),
        whole=report.model_dump(mode="json"),
    )


def ask_division_import(
    file: UploadedFile[Any], options: DivisionImport, run_id: UUID, *, actor: Actor, at: datetime
) -> FileRun:
    """Ask for an import of divisions; a worker does it. Raises: NotYourRole; CommandIdReused. Rule: KE-33."""
    told = options.model_dump(mode="json")
    asked = Asked(run_id, IMPORT_DIVISIONS, Way.IN, "territory.write", told, options.dry_run, file.name or "")
    return runs.ask_run(asked, file, actor=actor, at=at)


def work_division_import(desk: Desk) -> Outcome:
    """Do an import of divisions, inside the author's scope. Raises: as import_divisions; Unreadable."""
    options = DivisionImport.model_validate(desk.run.options)
    problems = Problems(tell=desk.problems.add)
    if desk.given is None:
        raise Unreadable(field="file", why_zh="文件不在", why_en="there is no file")
    name, stream = desk.run.file_name, desk.given
    if name.lower().endswith(".gz"):
        stream = cast(Any, gzip.GzipFile(fileobj=stream))
    else:
        desk.watch.expect(count_rows(stream, name))
    rows = read_divisions([Table(stream, name)], options.code_column, options.name_column, problems)
    report = import_divisions(
        rows, actor=desk.actor, at=desk.at, file_name=name, dry_run=options.dry_run,
        problems=problems, within=desk.actor.scope, progress=desk.watch,
    )  # fmt: skip
    return outcome_of(report, problems)
