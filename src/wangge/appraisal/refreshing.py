"""Bringing the kept counts up to date: the months of grids that changed, as sets."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from wangge.appraisal.counting import (
    FACTS,
    HOUR_KEYS,
    HOURS,
    KEYS,
    SEEN,
    count_hours,
    count_keys,
    count_seen,
)
from wangge.appraisal.rules import MEASURES, Counted

AT_ONCE = 50_000  # marks in one transaction
LOCK = "SELECT pg_advisory_xact_lock(hashtext('appraisal facts'))"
TAKE = """
CREATE TEMP TABLE appraisal_keys ON COMMIT DROP AS
WITH taken AS (
  DELETE FROM appraisal_changed WHERE id IN (
    SELECT id FROM appraisal_changed WHERE subject = %s ORDER BY id LIMIT %s)
  RETURNING month, grid_path)
SELECT DISTINCT month, grid_path FROM taken
"""


def refresh() -> int:
    """Count anew what changed; return how many months of grids that were.

    A mark that comes in meanwhile stays for the next turn, and readers count it themselves.
    Rule:   IN-7, IN-8.
    """
    return sum(_refresh(subject) for subject in Counted)


def _refresh(subject: Counted) -> int:
    whole = 0
    while keys := _turn(subject):
        whole += keys
    return whole


@transaction.atomic
def _turn(subject: Counted) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(TAKE, [subject.value, AT_ONCE])
        keys = cursor.rowcount
        if keys > 0:
            cursor.execute("ANALYZE appraisal_keys")
            columns = (*KEYS[subject], *MEASURES[subject])
            _replace(cursor, FACTS[subject], columns, count_keys(subject, "appraisal_keys"))
            if subject is Counted.CASES:
                _replace(cursor, HOURS, (*HOUR_KEYS, "closed"), count_hours("appraisal_keys"))
            else:
                _replace(cursor, SEEN, ("month", "grid_path", "seen"), count_seen("appraisal_keys"))
        cursor.execute("DROP TABLE appraisal_keys")
    return int(max(keys, 0))


def _replace(cursor: CursorWrapper, table: str, columns: tuple[str, ...], counted: str) -> None:
    cursor.execute(
        f"DELETE FROM {table} f USING appraisal_keys k WHERE f.month = k.month AND f.grid_path = k.grid_path"
    )
    cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) {counted}")
