"""Month partitions of big append-only tables, by the time inside their UUIDv7 key (KE-13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from wangge.kernel.clock import CHINA
from wangge.kernel.ids import assemble

NAME_OF_REST = "{table}_rest"  # the DEFAULT partition: nothing is lost when nobody made the month


def make_partitioned(cursor: CursorWrapper, table: str) -> None:
    """Turn the empty table a migration has just made into a partitioned one, with its DEFAULT partition.

    Constraints and indexes keep their names: later migrations find them. For `RunPython` after `CreateModel`.
    """
    constraints = _definitions(cursor, _CONSTRAINTS, table)
    indexes = _definitions(cursor, _INDEXES, table)
    parent, old = sql.Identifier(table), sql.Identifier(f"{table}_old")
    _run(cursor, "ALTER TABLE {} RENAME TO {}", parent, old)
    _run(cursor, "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS) PARTITION BY RANGE (id)", parent, old)
    _run(cursor, "DROP TABLE {}", old)
    for name, definition in constraints:
        given = sql.Identifier(name), sql.SQL(definition)
        _run(cursor, "ALTER TABLE {} ADD CONSTRAINT {} {}", parent, *given)
    for _, definition in indexes:
        cursor.execute(definition)
    rest = sql.Identifier(NAME_OF_REST.format(table=table))
    _run(cursor, "CREATE TABLE {} PARTITION OF {} DEFAULT", rest, parent)


def ensure_months(table: str, first: date, last: date) -> list[str]:
    """Make the partitions of every month of China from `first` to `last` that is missing; return their names.

    Rows that already lie in the DEFAULT partition move into their month. Two callers at once make each once.
    Rule: KE-13.
    """
    made = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"partitions of {table}"])
        there = _partitions(cursor, table)
        for month in _months(first, last):
            name = f"{table}_{month:%Y_%m}"
            if name not in there:
                _make_month(cursor, table, name, month)
                made.append(name)
    return made


def _make_month(cursor: CursorWrapper, table: str, name: str, month: date) -> None:
    parent, partition = sql.Identifier(table), sql.Identifier(name)
    rest = sql.Identifier(NAME_OF_REST.format(table=table))
    low, high = _lowest_id(month), _lowest_id(_next(month))
    bounds = sql.SQL("FROM ({}) TO ({})").format(sql.Literal(str(low)), sql.Literal(str(high)))
    _run(cursor, "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", parent)
    _run(cursor, "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)", partition, parent)
    _run(cursor, _MOVE, rest, sql.Literal(low), sql.Literal(high), partition)
    _run(cursor, "ALTER TABLE {} ATTACH PARTITION {} FOR VALUES {}", parent, partition, bounds)


def _lowest_id(month: date) -> UUID:
    """Return the lowest UUID of the month: its first millisecond, then zeros."""
    midnight = datetime(month.year, month.month, 1, tzinfo=CHINA)
    return UUID(int=assemble(midnight, 0).int >> 80 << 80)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _partitions(cursor: CursorWrapper, table: str) -> set[str]:
    cursor.execute(_CHILDREN, [table])
    return {name for (name,) in cursor.fetchall()}


_MOVE = """
WITH moved AS (DELETE FROM {} WHERE id >= {} AND id < {} RETURNING *)
INSERT INTO {} SELECT * FROM moved
"""
_CHILDREN = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass
"""
_CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'c', 'f') ORDER BY contype = 'f', conname
"""
_INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)
ORDER BY c.relname
"""


def _definitions(cursor: CursorWrapper, query: str, table: str) -> list[tuple[str, str]]:
    cursor.execute(query, [table])
    return list(cursor.fetchall())


def _run(cursor: CursorWrapper, statement: str, *parts: sql.Composable) -> None:
    cursor.execute(sql.SQL(statement).format(*parts).as_string(cursor.cursor))
