"""Keeping the live stream short."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

KEPT = timedelta(hours=24)
_FORGET = """
WITH gone AS (DELETE FROM console_liveevent WHERE at < %s RETURNING xid)
UPDATE console_forgotten SET forgotten_to = greatest(forgotten_to, (SELECT max(xid) FROM gone))
WHERE EXISTS (SELECT FROM gone)
"""


@transaction.atomic
def forget(*, at: datetime) -> None:
    """Take away what is older than a day. Rule: LV-3."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [at - KEPT])
