"""The register in and out as background work: what somebody asks for, and what the worker does (VE-20)."""

from __future__ import annotations

import gzip
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from wangge.kernel import audit, runs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.models import FileRun
from wangge.kernel.run_rules import Outcome, Way
from wangge.kernel.run_work import Desk
from wangge.kernel.runs import Asked
from wangge.kernel.spreadsheets import count_rows
from wangge.territory.rules import Problems
from wangge.territory.services import outcome_of
from wangge.venues import export
from wangge.venues.part_lists import select
from wangge.venues.reading import read_file
from wangge.venues.schemas import VenueFilter, VenueImport
from wangge.venues.venue_import import check_territory, import_venues

IMPORT, EXPORT = "venues.import", "venues.export"
TOLD_EVERY = 5_000


def ask_import(
    file: UploadedFile[Any], options: VenueImport, run_id: UUID, *, actor: Actor, at: datetime
) -> FileRun:
    """Ask for an import of a file; a worker does it, as whoever asks.

    Raises: NotYourRole; NotVisible and Unreadable as the import; CommandIdReused.
    Rule:   VE-20, KE-33.
    """
    actor.check_can("venues.write")
    check_territory(options.territory, actor)
    return runs.ask_run(asked_import(options, run_id, file.name or ""), file, actor=actor, at=at)


def asked_import(options: VenueImport, run_id: UUID, file_name: str) -> Asked:
    """Return an import as a run takes it."""
    told = options.model_dump(mode="json")
    return Asked(run_id, IMPORT, Way.IN, "venues.write", told, options.dry_run, file_name)


def work_import(desk: Desk) -> Outcome:
    """Do an import that was asked for. Raises: as import_venues; Unreadable. Rule: VE-20."""
    options = VenueImport.model_validate(desk.run.options)
    problems = Problems(tell=desk.problems.add)
    if desk.given is None:
        raise Unreadable(field="file", why_zh="文件不在", why_en="there is no file")
    name, stream = desk.run.file_name, desk.given
    if name.lower().endswith(".gz"):
        name, stream = name[:-3], cast(Any, gzip.GzipFile(fileobj=stream))
    else:
        desk.watch.expect(count_rows(stream, name))
    records, columns = read_file(stream, name, options, problems)
    report = import_venues(
        records, options=options, actor=desk.actor, at=desk.at, columns=columns,
        file_name=desk.run.file_name, problems=problems, progress=desk.watch,
    )  # fmt: skip
    return outcome_of(report, problems)


def ask_export(filters: VenueFilter, suffix: str, run_id: UUID, *, actor: Actor, at: datetime) -> FileRun:
    """Ask for the filtered register as a file. Raises: NotYourRole, Unreadable. Rule: VE-20, VE-6."""
    export.check_suffix(suffix)
    told = {"suffix": suffix, "filters": filters.model_dump(mode="json", exclude={"cursor", "limit"})}
    asked = Asked(run_id, EXPORT, Way.OUT, "venues.export", told, file_name=f"venues.{suffix}")
    return runs.ask_run(asked, None, actor=actor, at=at)


def work_export(desk: Desk) -> Outcome:
    """Write the file that was asked for, in the author's scope. Rule: VE-20, VE-6, VE-8."""
    filters = VenueFilter.model_validate(desk.run.options["filters"])
    asked = {name: value for name, value in desk.run.options["filters"].items() if value not in ("", None)}
    told = {"suffix": desk.run.options["suffix"], "filters": asked}
    audit.record([("venues.export", "venue", "", told)], actor=desk.actor, at=desk.at)
    desk.watch.expect(select(desk.actor, filters).order_by().count())
    rows = 0

    def counted() -> Any:
        nonlocal rows
        for row in export.venue_rows(desk.actor, filters):
            yield row
            rows += 1
            if rows % TOLD_EVERY == 0:
                desk.watch.read(rows)

    for piece in export.pieces_of(counted(), desk.run.options["suffix"]):
        desk.result.write(piece)
    return Outcome(rows=rows)
