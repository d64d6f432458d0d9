"""Keeping the rows of the live stream few."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

KEPT = timedelta(hours=24)
_FORGET = """
WITH gone AS (DELETE FROM cases_liveevent WHERE at < %s RETURNING xid)
UPDATE cases_forgotten SET forgotten_to = greatest(forgotten_to, (SELECT max(xid) FROM gone))
WHERE EXISTS (SELECT FROM gone)
"""


@transaction.atomic
def forget_live(*, at: datetime) -> None:
    """Take away the rows of the stream that are older than a day, and remember up to which. Rule: LV-3."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [at - KEPT])
