"""Which registers the places come from."""

from __future__ import annotations

from django.db import connection

_REGISTERS = """
WITH RECURSIVE one AS (
  (SELECT source FROM venues_venue ORDER BY source LIMIT 1)
  UNION ALL
  SELECT (SELECT v.source FROM venues_venue v WHERE v.source > one.source ORDER BY v.source LIMIT 1)
    FROM one WHERE one.source IS NOT NULL)
SELECT source FROM one WHERE source IS NOT NULL
"""  # a step of the index a register, whatever its length


def registers_of() -> list[str]:
    """Return the names of all registers: with them a code is found by the index of registers and codes."""
    with connection.cursor() as cursor:
        cursor.execute(_REGISTERS)
        return [source for (source,) in cursor.fetchall()]
