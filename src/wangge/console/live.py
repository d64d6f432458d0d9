"""Reading the stream: what was committed between two moments, exactly (LV-1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from wangge.console.rules import LiveRow

# A long transaction may commit after many later ones: an order by number would lose its rows. A snapshot says
# which transactions were visible, so what lies between two of them is told once and never twice.
NOW = "SELECT pg_current_snapshot()::text"
_COLUMNS = "id, case_id::text, action, before, after, grid_path, matter_code, is_restricted, at"
SINCE = f"""
WITH moment AS MATERIALIZED (SELECT pg_current_snapshot() AS s)
SELECT (SELECT s::text FROM moment), {_COLUMNS} FROM (SELECT 1) one
LEFT JOIN cases_liveevent ON xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
  AND NOT pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)
  AND pg_visible_in_snapshot(xid, (SELECT s FROM moment))  -- not those of a restored backup
ORDER BY id LIMIT %(most)s
"""
BETWEEN = f"""
SELECT {_COLUMNS} FROM cases_liveevent
WHERE xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
  AND NOT pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)
  AND pg_visible_in_snapshot(xid, %(until)s::pg_snapshot)
ORDER BY id LIMIT %(most)s
"""
# A mark older than what is kept cannot be gone on from; the page is told to read everything anew.
IS_KEPT = """
SELECT (pg_snapshot_xmin(%(since)s::pg_snapshot) > forgotten_to
          OR forgotten_to > pg_snapshot_xmax(pg_current_snapshot()))
  AND pg_snapshot_xmax(%(since)s::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
FROM cases_forgotten
"""
NAMES = ("number", "case_id", "action", "before", "after", "grid_path", "matter_code", "is_restricted")
MOST = 5_000


def rows_of(found: Sequence[Sequence[Any]]) -> list[LiveRow]:
    return [
        LiveRow(**dict(zip(NAMES, row[:-1], strict=True)), at=row[-1].isoformat())
        for row in found
        if row[0] is not None
    ]


def message(mark: str, rows: Sequence[LiveRow]) -> bytes:
    """Return one message: its mark stands for all its rows, so half of one is never remembered."""
    body = [
        {
            "number": row.number,
            "case_id": row.case_id,
            "action": row.action,
            "before": row.before,
            "after": row.after,
            "grid_path": row.grid_path,
            "matter_code": row.matter_code,
            "at": row.at,
        }
        for row in rows
    ]
    return f"id: {mark}\nevent: steps\ndata: {json.dumps(body, ensure_ascii=False)}\n\n".encode()
