"""A register of somebody else beside ours: in both, only here, only there (CE-6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from wangge.accounts.queries import names_of as people_names_of
from wangge.census.models import ComparedRow, Comparison
from wangge.census.progress import inner
from wangge.census.queries import READ, get_census
from wangge.census.rules import Side
from wangge.census.schemas import ComparedOut, ComparedPage, CompareIn, ComparisonOut
from wangge.kernel import audit, staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.spreadsheets import read_rows
from wangge.territory.queries import make_cursor, read_cursor

OPEN = "census.open"
MOST = 500_000
TABLE = "compared_new"
COLUMNS = "row int, code varchar(64), name varchar(128), address varchar(255), credit_code varchar(18)"
# By the code of the licence; then by name and address; then by a name that only one place of each side has.
MATCH = """
CREATE TEMP TABLE compared_match ON COMMIT DROP AS
WITH here AS (
  SELECT id, credit_code, kernel_folded(name) AS name, kernel_folded(address) AS address FROM venues_venue
   WHERE starts_with(grid_path, %(path)s) AND is_open AND merged_into_id IS NULL),
there AS (
  SELECT row, credit_code, kernel_folded(name) AS name, kernel_folded(address) AS address FROM {table}),
ones AS (SELECT name FROM there GROUP BY 1 HAVING count(*) = 1
   INTERSECT SELECT name FROM here GROUP BY 1 HAVING count(*) = 1),
found AS (
  SELECT t.row, h.id, 1 AS rank FROM there t JOIN here h USING (credit_code) WHERE credit_code <> ''
  UNION ALL SELECT t.row, h.id, 2 FROM there t JOIN here h USING (name, address) WHERE address <> ''
  UNION ALL SELECT t.row, h.id, 3 FROM there t JOIN here h USING (name) JOIN ones USING (name))
SELECT DISTINCT ON (row) row, id FROM found ORDER BY row, rank, id
"""
KEEP = """
INSERT INTO census_comparedrow (comparison_id, row, code, name, address, credit_code, venue_id, side)
SELECT %s, n.row, n.code, n.name, n.address, n.credit_code, m.id,
       CASE WHEN m.id IS NULL THEN 'only_there' ELSE 'both' END
  FROM {table} n LEFT JOIN compared_match m USING (row) ORDER BY n.row
"""
ONLY_HERE = """
SELECT v.id, v.code, v.name, v.address, v.credit_code FROM venues_venue v
 WHERE starts_with(v.grid_path, %s) AND v.is_open AND v.merged_into_id IS NULL AND v.id > %s
   AND NOT EXISTS (SELECT FROM census_comparedrow c WHERE c.comparison_id = %s AND c.venue_id = v.id)
 ORDER BY v.id LIMIT %s
"""
COUNT_HERE = """
SELECT count(*) FROM venues_venue v
 WHERE starts_with(v.grid_path, %s) AND v.is_open AND v.merged_into_id IS NULL
   AND NOT EXISTS (SELECT FROM census_comparedrow c WHERE c.comparison_id = %s AND c.venue_id = v.id)
"""


@transaction.atomic
def compare(
    census_id: UUID, file: UploadedFile[Any], given: CompareIn, *, actor: Actor, at: datetime
) -> ComparisonOut:
    """Lay a file beside the register and keep what stands where; the register stays as it is.

    Raises: NotYourRole, NotVisible, Unreadable. Rule: CE-6. The same id again is the same comparison.
    """
    actor.check_can(OPEN)
    census = get_census(actor, census_id)
    before = Comparison.objects.filter(pk=given.id).first()
    if before is not None:
        if before.census_id != census.pk or before.by != actor.user_id:
            raise NotVisible
        return comparison_out(before, inner(census, actor))
    staging.make_table(TABLE, COLUMNS)
    if file.file is None:
        raise ValueError("an upload without a file")
    rows = staging.copy_rows(TABLE, _read(file, given))
    if not rows:
        raise Unreadable(field="file", why_zh="文件没有数据行", why_en="the file holds no rows")
    path = inner(census, actor)
    row = Comparison.objects.create(
        id=given.id, census=census, name=given.name, file_name=(file.name or "")[:255], rows=rows, both=0,
        at=at, by=actor.user_id,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.compared_match")
        cursor.execute(f"ANALYZE {TABLE}")
        cursor.execute(MATCH.format(table=TABLE), {"path": path})
        cursor.execute(KEEP.format(table=TABLE), [row.pk])
    row.both = ComparedRow.objects.filter(comparison=row, side=Side.BOTH.value).count()
    row.save(update_fields=["both"])
    audit.record(
        [("census.compare", "census", str(census.pk), {"rows": rows, "of": given.name})], actor=actor, at=at
    )
    return comparison_out(row, path)


def _read(file: UploadedFile[Any], given: CompareIn) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the file. Raises: Unreadable for a column that is not there."""
    assert file.file is not None
    for n, (number, values) in enumerate(read_rows(file.file, file.name or "")):
        if n == 0 and given.name_column not in values:
            there = "、".join(values)
            raise Unreadable(
                field="name_column",
                why_zh=f"文件没有“{given.name_column}”列（现有：{there}）",
                why_en=f"the file has no column {given.name_column} (it has: {there})",
            )
        if n >= MOST:
            raise Unreadable(field="file", why_zh=f"最多 {MOST} 行", why_en=f"at most {MOST} rows")
        name = _cell(values, given.name_column, 128)
        if name:
            yield (
                number, _cell(values, given.code_column, 64), name, _cell(values, given.address_column, 255),
                _cell(values, given.credit_column, 18).upper(),
            )  # fmt: skip


def _cell(values: Mapping[str, Any], column: str, longest: int) -> str:
    return str(values.get(column) or "").replace("\0", "").strip()[:longest] if column else ""


def comparison_out(row: Comparison, path: str) -> ComparisonOut:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_HERE, [path, row.pk])
        [(only_here,)] = cursor.fetchall()
    plain = ("id", "name", "file_name", "rows", "both", "at")
    return ComparisonOut(
        **{name: getattr(row, name) for name in plain},
        only_there=row.rows - row.both,
        only_here=only_here,
        by=people_names_of([row.by]).get(row.by, ""),
    )


def list_comparisons(actor: Actor, census_id: UUID) -> list[ComparisonOut]:
    """Return the comparisons that were made, newest first, at most 20."""
    census = get_census(actor, census_id)
    rows = Comparison.objects.filter(census=census).order_by("-at", "id")[:20]
    return [comparison_out(row, inner(census, actor)) for row in rows] if actor.can(OPEN) else []


def list_compared(actor: Actor, comparison_id: UUID, side: Side, *, cursor: str, limit: int) -> ComparedPage:
    """Return what stands on one side. Raises: NotYourRole, NotVisible. Rule: CE-6."""
    actor.check_can(READ)
    actor.check_can(OPEN)
    row = Comparison.objects.filter(pk=comparison_id).select_related("census").first()
    if row is None:
        raise NotVisible
    census = get_census(actor, row.census_id)
    if side is Side.ONLY_HERE:
        return _only_here(row, inner(census, actor), cursor, limit)
    found = ComparedRow.objects.filter(comparison=row, side=side.value).order_by("row")
    if side is Side.BOTH:
        found = found.filter(venue__grid_path__startswith=actor.scope)
    if cursor:
        found = found.filter(row__gt=_number(cursor))
    rows = list(found[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    plain = ("row", "code", "name", "address", "credit_code", "venue_id")
    return ComparedPage(
        items=[ComparedOut(side=side, **{name: getattr(one, name) for name in plain}) for one in rows],
        next_cursor=make_cursor(str(rows[-1].row)) if more else None,
    )


def _only_here(row: Comparison, path: str, cursor: str, limit: int) -> ComparedPage:
    after = read_cursor(cursor) if cursor else "00000000-0000-0000-0000-000000000000"
    with connection.cursor() as asked:
        asked.execute(ONLY_HERE, [path, after, row.pk, limit + 1])
        rows = asked.fetchall()
    more, rows = len(rows) > limit, rows[:limit]
    items = [
        ComparedOut(
            side=Side.ONLY_HERE,
            row=None,
            venue_id=pk,
            code=code,
            name=name,
            address=address,
            credit_code=credit,
        )
        for pk, code, name, address, credit in rows
    ]
    return ComparedPage(items=items, next_cursor=make_cursor(str(rows[-1][0])) if more else None)


def _number(cursor: str) -> int:
    try:
        return int(read_cursor(cursor))
    except ValueError:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="start again from the first page",
        ) from None
