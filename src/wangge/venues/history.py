"""What became of each field of a dossier: who, when, by what way, from what to what (VE-15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from wangge.kernel.actor import Actor
from wangge.venues.models import Venue, VenueChange
from wangge.venues.rules import KEPT, SEALED, Way

Values = Mapping[str, Any]
_INTO = "INSERT INTO venues_venuechange (venue_id, version, at, by_id, way, source, reason, fields)"
SET_OPEN = f"""
WITH turned AS (
  UPDATE venues_venue SET is_open = %s, version = version + 1, updated_at = %s
   WHERE id = ANY(%s) AND is_open <> %s RETURNING id, version, is_open)
{_INTO}
SELECT id, version, %s, %s, %s, %s, %s, jsonb_build_object('is_open', jsonb_build_array(NOT is_open, is_open))
  FROM turned
"""
MOVE = f"""
WITH n AS (SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS n(id, before, after)),
moved AS (
  UPDATE venues_venue v SET grid_path = n.after, version = version + 1, updated_at = %s
    FROM n WHERE v.id = n.id RETURNING v.id, v.version)
{_INTO}
SELECT id, version, %s, %s, %s, '', '', jsonb_build_object('grid_path', jsonb_build_array(before, after))
  FROM moved JOIN n USING (id)
"""


def values_of(venue: Venue) -> Values:
    """Return what is kept of a dossier as it stands; a sealed field as its bytes."""
    values = {name: getattr(venue, name) for name in KEPT if name not in {"class_code", *SEALED}}
    sealed = {name: bytes(getattr(venue, name) or b"") for name in SEALED}
    return {**values, "tags": list(venue.tags), "class_code": venue.venue_class_id, **sealed}


def change_of(before: Values | None, venue: Venue, way: Way, *, actor: Actor, at: datetime) -> VenueChange:
    """Return what the version that is about to be written changed; of a new dossier no field."""
    after = values_of(venue)
    fields: dict[str, list[Any]] = {}
    for name in KEPT if before else ():
        if before and before[name] != after[name]:
            fields[name] = [] if name in SEALED else [before[name], after[name]]
    return VenueChange(
        venue=venue, version=venue.version, at=at, by_id=actor.user_id, way=way.value, fields=fields
    )


def write(changes: Iterable[VenueChange]) -> None:
    """Write the changes in one statement."""
    VenueChange.objects.bulk_create(changes)


def write_import(
    table: str, fields: Sequence[str], new: Sequence[str], source: str, *, actor: Actor, at: datetime
) -> None:
    """Write what the merge of a staging table is about to change, in one statement whatever its length.

    Rule: VE-15. Before the merge: it reads what still stands.
    """
    parts = ", ".join(
        f"'{field}', CASE WHEN v.{field} IS DISTINCT FROM {value} THEN "
        + ("'[]'::jsonb" if field in SEALED else f"jsonb_build_array(v.{field}, {value})")
        + " END"
        for field, value in zip(fields, new, strict=True)
        if field in KEPT
    )
    sql = (
        f"{_INTO} SELECT v.id, v.version + 1, %s, %s, %s, v.source, '',"
        f" jsonb_strip_nulls(jsonb_build_object({parts}))"
        f" FROM venues_venue v JOIN {table} n ON v.code = n.code WHERE v.source = %s"
        f" AND ({', '.join(f'v.{f}' for f in fields)}) IS DISTINCT FROM ({', '.join(new)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [at, actor.user_id, Way.IMPORT.value, source])


def set_open(
    ids: Sequence[Any],
    is_open: bool,
    way: Way,
    *,
    reason: str = "",
    source: str = "",
    actor: Actor,
    at: datetime,
) -> int:
    """Close or reopen places, with a change each; return how many were not so before. Rule: VE-10, VE-15."""
    with connection.cursor() as cursor:
        who: list[Any] = [at, actor.user_id, way.value, source, reason]
        cursor.execute(SET_OPEN, [is_open, at, list(ids), is_open, *who])
        return int(cursor.rowcount)


def move(
    ids: Sequence[Any], before: Sequence[str], after: Sequence[str], *, by: Actor | None, at: datetime
) -> None:
    """Carry dossiers to other grids, with a change each, in one statement. Rule: VE-13, VE-15."""
    with connection.cursor() as cursor:
        who = by.user_id if by else None
        cursor.execute(MOVE, [list(ids), list(before), list(after), at, at, who, Way.GRIDS.value])
