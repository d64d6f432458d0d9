"""A month of orders made in bulk: filled bare, indexed afterwards, then attached.

Filling a table under its indexes costs four times as much as indexing it afterwards.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.kernel.clock import CHINA
from wangge.kernel.ids import assemble

TABLE = "orders_order"
REST = f"{TABLE}_rest"
SORTING = "256MB"  # of memory for an index; a million orders take 60 MB
FEW_ROWS = 10  # a first look of ANALYZE at 3,000 rows; autovacuum looks again


def name_of(month: date) -> str:
    return f"{TABLE}_{month:%Y_%m}"


def lock() -> None:
    """Let one planner at a time make months; held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"partitions of {TABLE}"])


def is_free(month: date) -> bool:
    """Return whether the month has no table yet, and no row of it lies in the DEFAULT partition."""
    low, high = bounds(month)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_regclass(%s) IS NULL AND NOT EXISTS (SELECT FROM {REST} WHERE id >= %s AND id < %s)",
            [name_of(month), low, high],
        )
        return bool(cursor.fetchone()[0])


def create_bare(month: date) -> str:
    """Make the month's table without indexes, outside the partitioned one; return its name."""
    name = name_of(month)
    with connection.cursor() as cursor:
        like = f"LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
        cursor.execute(f"CREATE TABLE {name} ({like}) WITH (fillfactor = 80)")
        for _, definition in _triggers(cursor, TABLE):
            cursor.execute(re.sub(rf" ON \S*{TABLE} ", f" ON {name} ", definition))
    return name


def _triggers(cursor: Any, table: str) -> list[tuple[str, str]]:
    """Return the triggers that rooms above hung on the table: filling a bare month sets them off as well."""
    cursor.execute(
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgparentid = 0",
        [table],
    )
    return [(str(name), str(definition)) for name, definition in cursor.fetchall()]


def attach(month: date) -> None:
    """Index the month's table as its parent is, and make it a partition; readers of other months go on."""
    name, (low, high) = name_of(month), bounds(month)
    with connection.cursor() as cursor:
        for trigger, _ in _triggers(cursor, name):  # from here on its parent has them
            cursor.execute(f"DROP TRIGGER {trigger} ON {name}")
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{SORTING}'")
        cursor.execute(f"SET LOCAL default_statistics_target = {FEW_ROWS}")
        cursor.execute(f"ALTER TABLE {name} ADD PRIMARY KEY (id)")
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisprimary",
            [TABLE],
        )
        for (definition,) in cursor.fetchall():
            cursor.execute(re.sub(r"INDEX \S+ ON (ONLY )?\S+ ", f"INDEX ON {name} ", definition))
        within = f"id >= '{low}' AND id < '{high}'"
        cursor.execute(f"ALTER TABLE {name} ADD CONSTRAINT {name}_month CHECK ({within})")
        cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES FROM ('{low}') TO ('{high}')")
        cursor.execute(f"ALTER TABLE {name} DROP CONSTRAINT {name}_month")
        cursor.execute(f"ANALYZE {name}")


def bounds(month: date) -> tuple[UUID, UUID]:
    """Return the least id of a month's orders, and the least of those after it."""
    first = month.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return _lowest(first), _lowest(following)


def _lowest(day: date) -> UUID:
    """Return the first UUID of a month of China, as kernel.partitions draws the line."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)
    return UUID(int=assemble(midnight, 0).int >> 80 << 80)
