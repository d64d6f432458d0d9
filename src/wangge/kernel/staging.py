"""Bulk rows into a temporary table by COPY, for set-based merges."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def make_table(name: str, columns: str) -> None:
    """Make a temporary table that ends with the transaction. `name` and `columns` are SQL, never input."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")  # an earlier one of the same transaction
        cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")


def copy_rows(name: str, rows: Iterable[Sequence[Any]]) -> int:
    """Copy `rows` into the table `name` and return how many. None is NULL.

    The database is heard only when all are sent: whoever wants to end it in between copies in batches.
    """
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def lock_name(name: str) -> None:
    """Wait for every other transaction that locked the same name, until this one ends."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
