"""Teams in as background work. Rule: TM-14, KE-33."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from wangge.kernel import runs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.models import FileRun
from wangge.kernel.run_rules import Outcome, Way
from wangge.kernel.run_work import Desk
from wangge.kernel.runs import Asked
from wangge.kernel.spreadsheets import count_rows, read_rows
from wangge.teams.file_import import import_teams
from wangge.teams.saving import WRITE
from wangge.teams.schemas import TeamsImport
from wangge.territory.rules import Problems
from wangge.territory.services import outcome_of

IMPORT = "teams.import"


def ask_import(
    file: UploadedFile[Any], options: TeamsImport, run_id: UUID, *, actor: Actor, at: datetime
) -> FileRun:
    """Ask for an import of teams; a worker does it. Raises: NotYourRole; CommandIdReused. Rule: TM-14."""
    told = options.model_dump(mode="json")
    asked = Asked(run_id, IMPORT, Way.IN, WRITE, told, options.dry_run, file.name or "")
    return runs.ask_run(asked, file, actor=actor, at=at)


def work_import(desk: Desk) -> Outcome:
    """Do an import that was asked for. Raises: as import_teams; Unreadable. Rule: TM-14."""
    options = TeamsImport.model_validate(desk.run.options)
    if desk.given is None:
        raise Unreadable(field="file", why_zh="文件不在", why_en="there is no file")
    problems, name = Problems(tell=desk.problems.add), desk.run.file_name
    desk.watch.expect(count_rows(desk.given, name))
    report = import_teams(
        read_rows(desk.given, name), datum=options.datum, actor=desk.actor, at=desk.at, file_name=name,
        dry_run=options.dry_run, problems=problems, progress=desk.watch,
    )  # fmt: skip
    return outcome_of(report, problems)
