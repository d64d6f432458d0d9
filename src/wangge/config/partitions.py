"""Month partitions made ahead: every partitioned table of the house, whoever owns it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from wangge.kernel import partitions

MONTHS_AHEAD = 3
MADE_BY_PLANNING = {"orders_order"}  # a month without a table is filled bare, four times as fast


def make_ahead(today: date) -> list[str]:
    """Make the partitions of this month and the next three; return the names of those made."""
    last = today + timedelta(days=31 * MONTHS_AHEAD)
    return [name for table in list_tables() for name in partitions.ensure_months(table, today, last)]


def list_tables() -> list[str]:
    """Return the partitioned tables whose months are made here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall() if name not in MADE_BY_PLANNING]


def list_missing(first: date, last: date) -> list[str]:
    """Return the partitions of the months from `first` to `last` that are not there."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + timedelta(days=31)).replace(day=1)
    wanted = {f"{table}_{month:%Y_%m}" for table in list_tables() for month in months}
    return sorted(wanted - set(connection.introspection.table_names()))
