"""A register from a file: read and placed batch by batch, merged by one statement, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from wangge.kernel import audit, jobs, staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import is_closed, is_within
from wangge.kernel.run_work import Progress, Unwatched
from wangge.kernel.secrets import decrypt, encrypt
from wangge.territory.rules import Problems
from wangge.territory.schemas import ImportProblem, ImportReport
from wangge.venues import history, wording
from wangge.venues.lettering import initials_of_drafts
from wangge.venues.models import Venue, VenueClass
from wangge.venues.part_import import WHOLE, count_only_linked, stage_links, write_links
from wangge.venues.placing import Place, Placer
from wangge.venues.row_reading import Draft, RowReader, VenueRecord
from wangge.venues.rules import RECKON_DUE
from wangge.venues.schemas import VenueImport
from wangge.venues.staged_rows import TABLE, check_staged

BATCH = 5_000
PART = 50_000  # rows that one statement adds
COLUMNS = (
    "row int, id uuid, code varchar(64), name varchar(128), class_code varchar(32), tags varchar(32)[],"
    ' grid_path varchar(64) COLLATE "C", is_orphan bool, nearest_path varchar(64), nearest_m float8,'
    " address varchar(255), lon float8, lat float8, area_m2 float8, height_m float8, credit_code varchar(18),"
    " keeper_name varchar(64), keeper_phone bytea, is_open bool, initials varchar(450),"
    " whole_code varchar(64)"
)
PLACED = ("class_code", "grid_path", "is_orphan", "nearest_path", "nearest_m", "lon", "lat", "initials")
OPTIONAL = (
    "name",
    "tags",
    "address",
    "area_m2",
    "height_m",
    "credit_code",
    "keeper_name",
    "keeper_phone",
    "is_open",
)  # a column that the file lacks is left as it is

ADD = f"""
INSERT INTO venues_venue (
  id, code, name, class_code, tags, grid_path, is_orphan, nearest_path, nearest_m,
  address, lon, lat, area_m2, height_m, credit_code, keeper_name, keeper_phone, is_open, initials,
  source, created_at, updated_at, version)
SELECT
  n.id, n.code, n.name, n.class_code, n.tags, n.grid_path, n.is_orphan, n.nearest_path, n.nearest_m,
  n.address, n.lon, n.lat, n.area_m2, n.height_m, n.credit_code,
  coalesce(n.keeper_name, ''), n.keeper_phone, n.is_open, n.initials,
  %s, %s, %s, 1
  FROM {TABLE} n
 WHERE n.row >= %s AND n.row < %s
   AND NOT EXISTS (SELECT FROM venues_venue v WHERE v.source = %s AND v.code = n.code)
 ORDER BY n.row
"""
COUNT = f"""
SELECT count(*) FILTER (WHERE v.code IS NULL), count(*) FILTER (WHERE v.code IS NOT NULL AND {{differs}})
  FROM {TABLE} n LEFT JOIN venues_venue v ON v.source = %s AND v.code = n.code
"""


class Undo(Exception):
    """Leaves the transaction without a trace: a dry run, or errors."""


def import_venues(
    records: Iterable[VenueRecord],
    *,
    options: VenueImport,
    actor: Actor,
    at: datetime,
    columns: Mapping[str, str] | None = None,
    file_name: str = "",
    problems: Problems | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Add and change the venues of one source; with any error nothing is loaded. Twice changes nothing.

    Memory: a batch of rows; all of them lie in a temporary table of the database. A dry run writes nothing.

    `columns` is our field → the file's column: fields outside it keep what is there, and problems name the
    file's own column; None: the records name our fields, and all of the first record's keys count.
    Raises: NotYourRole; NotVisible for a territory outside the caller's scope; Unreadable for no path.
    Rule:   VE-1 to VE-6.
    """
    actor.check_can("venues.write")
    check_territory(options.territory, actor)
    problems = problems or Problems()
    report = ImportReport(
        kind="venues", file_name=file_name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    try:
        with transaction.atomic():
            staging.lock_name(f"venues:{options.source}")
            if problems.error_count:  # of the whole file: its rows would only repeat it
                raise Undo
            progress = progress or Unwatched()
            present = _stage(records, columns, options, at, report, problems, progress)
            code = (columns or {}).get("code", "code")
            if check_staged(code, options, actor, problems) and WHOLE in present:
                stage_links((columns or {}).get(WHOLE, WHOLE), options, actor, problems)
            if not problems.error_count:
                _merge(present, options, actor, at, report, progress)
            if problems.error_count or options.dry_run:
                raise Undo
            if report.created or report.updated:
                detail = {"created": report.created, "updated": report.updated, "file": file_name}
                detail["territory"] = options.territory
                audit.record([("venues.import", "source", options.source, detail)], actor=actor, at=at)
            report.loaded = True
    except Undo:
        if problems.error_count:
            report.created = report.updated = report.unchanged = 0
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    report.problem_count = problems.count
    return report


def check_territory(territory: str, actor: Actor) -> None:
    """Raises: Unreadable if it is no closed path, NotVisible outside the actor's scope. Rule: VE-4."""
    if not is_closed(territory):
        raise Unreadable(
            field="territory", why_zh="应为以点号结尾的路径", why_en="a closed path, as 44.03.05."
        )
    if not is_within(territory, actor.scope):
        raise NotVisible


def _stage(
    records: Iterable[VenueRecord],
    columns: Mapping[str, str] | None,
    options: VenueImport,
    at: datetime,
    report: ImportReport,
    problems: Problems,
    progress: Progress,
) -> list[str]:
    """Copy every good row to the staging table and return the optional fields that the file has."""
    staging.make_table(TABLE, COLUMNS)
    reader = RowReader(_classes(), options.class_code, columns or {}, problems)
    placer = Placer(options, at, reader, problems)
    present = set(columns or ())
    for batch in _batches(records):
        if columns is None:
            present |= batch[0].values.keys()
        drafts = [reader.read(record) for record in batch]
        points = placer.points_of(batch, drafts)
        if any(draft.area_m2 is not None for draft in drafts):
            present.add("area_m2")
        places = placer.places_of(drafts, points)
        phones = _sealed(options.source, drafts) if "keeper_phone" in present else {}
        letters = initials_of_drafts(options.source, drafts, present)
        staging.copy_rows(TABLE, _rows(drafts, places, phones, letters, problems))
        report.rows += len(batch)
        report.orphans = placer.orphans
        progress.read(report.rows)
    placer.finish()
    if not report.rows:
        problems.add(wording.EMPTY, None)
    return [field for field in (*OPTIONAL, WHOLE) if field in present]


def _classes() -> dict[str, tuple[str, str]]:
    known = list(VenueClass.objects.values_list("code", "name_zh"))
    return {name: (code, name) for code, name in known} | {code: (code, name) for code, name in known}


def _batches(records: Iterable[VenueRecord]) -> Iterator[list[VenueRecord]]:
    rest = iter(records)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _rows(
    drafts: Sequence[Draft],
    places: Sequence[Place | None],
    phones: Mapping[str, bytes],
    letters: Sequence[str],
    problems: Problems,
) -> Iterator[tuple[Any, ...]]:
    for draft, place, initials in zip(drafts, places, letters, strict=True):
        if place is None or problems.is_bad(draft.row):  # its code alone: another row may have it too
            yield (draft.row, None, draft.code, *[None] * 18)
            continue
        yield (
            draft.row, draft.id, draft.code, draft.name, draft.class_code, draft.tags,
            place.grid_path, place.is_orphan, place.nearest_path, place.nearest_m,
            draft.address, draft.lon, draft.lat, draft.area_m2, draft.height_m, draft.credit_code,
            draft.keeper_name, phones.get(draft.code), draft.is_open, initials, draft.whole_code,
        )  # fmt: skip


def _sealed(source: str, drafts: Sequence[Draft]) -> dict[str, bytes]:
    """Return the encrypted phone of each code; an unchanged one keeps its bytes: no seal is like another.

    Rule: VE-6.
    """
    codes = [draft.code for draft in drafts]
    rows = Venue.objects.filter(source=source, code__in=codes, keeper_phone__isnull=False)
    standing = {code: bytes(sealed or b"") for code, sealed in rows.values_list("code", "keeper_phone")}
    sealed = {}
    for draft in drafts:
        old = standing.get(draft.code)
        if old is not None and draft.keeper_phone in (None, decrypt(old)):
            sealed[draft.code] = old
        elif draft.keeper_phone:
            sealed[draft.code] = encrypt(draft.keeper_phone)
    return sealed


def _merge(
    present: Sequence[str],
    options: VenueImport,
    actor: Actor,
    at: datetime,
    report: ImportReport,
    progress: Progress,
) -> None:
    """Change what differs, add what is new; an equal row is not touched. A dry run counts. Rule: VE-1."""
    fields = [*PLACED, *(field for field in present if field in OPTIONAL)]
    new = [f"coalesce(n.{f}, v.{f})" if f == "keeper_name" else f"n.{f}" for f in fields]
    differs = f"({', '.join(f'v.{f}' for f in fields)}) IS DISTINCT FROM ({', '.join(new)})"
    linked = count_only_linked(differs, options.source) if WHOLE in present else 0
    with connection.cursor() as cursor:
        if options.dry_run:
            cursor.execute(COUNT.format(differs=differs), [options.source])
            report.created, report.updated = cursor.fetchone()
        else:
            history.write_import(TABLE, fields, new, options.source, actor=actor, at=at)
            cursor.execute(
                f"UPDATE venues_venue v SET version = v.version + 1, updated_at = %s,"
                f" {', '.join(f'{f} = {n}' for f, n in zip(fields, new, strict=True))}"
                f" FROM {TABLE} n WHERE v.source = %s AND v.code = n.code AND {differs}",
                [at, options.source],
            )
            report.updated = cursor.rowcount
            if report.updated:  # the class of some may be another than before
                jobs.defer(RECKON_DUE, kinds=None, venue_ids=None)
            _add(options, at, report, progress)
            if WHOLE in present:
                write_links(options, actor=actor, at=at)
    report.updated += linked
    report.unchanged = report.rows - report.updated - report.created


def _add(options: VenueImport, at: datetime, report: ImportReport, progress: Progress) -> None:
    """Add the new rows, a part at a time, so that people see how far it is and can end it."""
    with connection.cursor() as cursor:
        # The words of many rows reach their index in few strokes: a stroke gathers what work_mem holds.
        cursor.execute("SET LOCAL gin_pending_list_limit = '256MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(f"CREATE INDEX ON {TABLE} (row)")
        cursor.execute(f"SELECT max(row) FROM {TABLE}")
        [last] = cursor.fetchone()
        for first in range(0, last + 1, PART):
            cursor.execute(ADD, [options.source, at, at, first, first + PART, options.source])
            report.created += cursor.rowcount
            progress.wrote(report.updated + report.created)
