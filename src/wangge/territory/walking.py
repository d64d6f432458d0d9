"""Who walks which grids on a day, of many people at once. Rule: TE-9."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import connection

Walked = Mapping[int, Sequence[tuple[str, str]]]  # person -> (layer, path), in order
_WALKED = """
SELECT DISTINCT user_id, layer, path FROM territory_gridmember
WHERE user_id = ANY(%s) AND starts_on <= %s AND (ends_on IS NULL OR ends_on > %s) ORDER BY 1, 2, 3
"""
_PRIMARY = """
SELECT DISTINCT ON (user_id) user_id, path FROM territory_gridmember
WHERE duty = 'primary' AND starts_on <= %s AND (ends_on IS NULL OR ends_on > %s) ORDER BY user_id, path
"""


def walked_by(user_ids: Iterable[int], on: date) -> Walked:
    """Return the grids that each person covers on a day in any duty, in one statement. Rule: TE-9."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_WALKED, [list(set(user_ids)), on, on])
        for user_id, layer, path in cursor.fetchall():
            found[user_id].append((layer, path))
    return found


def primary_walkers(on: date) -> dict[int, str]:
    """Return who leads a grid on a day, each with the first of the own grids. Rule: TE-9."""
    with connection.cursor() as cursor:
        cursor.execute(_PRIMARY, [on, on])
        return dict(cursor.fetchall())
