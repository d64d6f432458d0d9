"""The division tree from tables of codes and names: COPY, then one set-based merge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from wangge.kernel import audit, staging
from wangge.kernel.actor import Actor
from wangge.kernel.run_work import Progress, Unwatched
from wangge.territory import wording
from wangge.territory.rules import Problems, path_of
from wangge.territory.schemas import ImportProblem, ImportReport

TABLE = "division_new"
COLUMNS = (
    "path varchar(64), code varchar(12), name varchar(64), tier smallint, parent_path varchar(64),"
    " row int, file text"
)
TOLD_EVERY = 5_000
TIERS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}

ORPHANS = f"""
SELECT n.row, n.file, n.code, n.parent_path FROM {TABLE} n
 WHERE n.parent_path IS NOT NULL
   AND NOT EXISTS (SELECT FROM {TABLE} p WHERE p.path = n.parent_path)
   AND NOT EXISTS (SELECT FROM territory_division d WHERE d.path = n.parent_path)
 ORDER BY n.file, n.row
"""
OUTSIDE = f"""
SELECT n.row, n.file, n.code FROM {TABLE} n
 WHERE NOT starts_with(n.path, %s)
   AND NOT (starts_with(%s, n.path)
            AND NOT EXISTS (SELECT FROM territory_division d WHERE d.path = n.path))
   AND NOT EXISTS (SELECT FROM territory_division d WHERE d.path = n.path AND d.name = n.name)
 ORDER BY n.file, n.row
"""
CHANGE = f"""
UPDATE territory_division d SET name = n.name
  FROM {TABLE} n WHERE d.path = n.path AND d.name IS DISTINCT FROM n.name
"""
ADD = f"""
INSERT INTO territory_division (path, code, name, tier, parent_path)
SELECT n.path, n.code, n.name, n.tier, n.parent_path FROM {TABLE} n
 WHERE NOT EXISTS (SELECT FROM territory_division d WHERE d.path = n.path)
 ORDER BY n.path
"""  # in the order of the key, the index fills page by page


class DivisionRow(NamedTuple):
    code: str
    name: str
    row: int | None = None  # 1 is the first row of data
    file: str | None = None


class Undo(Exception):
    """Leaves the transaction without a trace: a dry run, or errors."""


def import_divisions(
    rows: Iterable[DivisionRow | tuple[str, str]],
    *,
    actor: Actor,
    at: datetime,
    file_name: str = "",
    dry_run: bool = False,
    problems: Problems | None = None,
    within: str = "",
    progress: Progress | None = None,
) -> ImportReport:
    """Add and rename divisions; with any error nothing is loaded. The same rows twice change nothing.

    `within`: the only territory in which something may become another; rows elsewhere must be as they
    stand, but for the way down to it where it is not there yet.
    Raises: NotYourRole.
    Rule:   TE-1, TE-2, TE-10.
    """
    actor.check_can("territory.write")
    problems = problems or Problems()
    report = ImportReport(
        kind="divisions", file_name=file_name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    try:
        with transaction.atomic():
            _load(rows, report, problems, within, progress or Unwatched())
            if problems.error_count or dry_run:
                raise Undo
            if report.created or report.updated:
                detail = {"created": report.created, "updated": report.updated, "file": file_name}
                audit.record([("territory.import_divisions", "division", "", detail)], actor=actor, at=at)
            report.loaded = True
    except Undo:
        if problems.error_count:
            report.created = report.updated = report.unchanged = 0
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    report.problem_count = problems.count
    return report


def _load(
    rows: Iterable[DivisionRow | tuple[str, str]],
    report: ImportReport,
    problems: Problems,
    within: str,
    progress: Progress,
) -> None:
    staging.lock_name("territory.divisions")
    staging.make_table(TABLE, COLUMNS)
    seen: dict[str, int | None] = {}
    good = staging.copy_rows(TABLE, _checked(rows, report, problems, seen, progress))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX ON {TABLE} (path)")
        cursor.execute(f"ANALYZE {TABLE}")
        cursor.execute(ORPHANS)
        for row, file, code, parent in cursor:
            problems.add(wording.NO_PARENT, row, "code", code, file=file, parent=parent)
        cursor.execute(OUTSIDE, [within, within])
        for row, file, code in cursor:
            problems.add(wording.NOT_YOURS, row, "code", code, file=file, within=within)
        if not report.rows:
            problems.add(wording.EMPTY, None)
        if problems.error_count:
            return
        cursor.execute(CHANGE)
        report.updated = cursor.rowcount
        cursor.execute(ADD)
        report.created = cursor.rowcount
        report.unchanged = good - report.created - report.updated


def _checked(
    rows: Iterable[DivisionRow | tuple[str, str]],
    report: ImportReport,
    problems: Problems,
    seen: dict[str, int | None],
    progress: Progress,
) -> Iterator[tuple[str, str, str, int, str | None, int, str | None]]:
    for number, given in enumerate(rows, 1):
        code, name, row, file = given if len(given) == 4 else DivisionRow(*given)
        row = row or number
        report.rows += 1
        if report.rows % TOLD_EVERY == 0:
            progress.read(report.rows)
        tier = TIERS.get(len(code))
        if tier is None or not (code.isascii() and code.isdigit()):
            problems.add(wording.BAD_CODE, row, "code", code, file=file)
        elif not name or len(name) > 64:
            problems.add(wording.NO_NAME, row, "name", name, file=file)
        elif code in seen:
            problems.add(wording.TWICE, row, "code", code, file=file, other=seen[code])
        else:
            seen[code] = row
            path = path_of(code)
            parent = path[: path.rindex(".", 0, -1) + 1] if tier > 1 else None
            yield path, code, name, tier, parent, row, file
