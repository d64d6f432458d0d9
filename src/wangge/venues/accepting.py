"""What was found out in the field, written into the register once somebody accepts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.fates import Fate
from wangge.venues.models import Venue, VenueChange
from wangge.venues.rules import Way
from wangge.venues.saving import save_venues
from wangge.venues.schemas import VenueIn

AS_IT_IS = "*"  # VE-6: what is masked changes nothing


@dataclass(frozen=True, slots=True)
class Found:
    """Values of one place: of a new one with its position, of another those that differ."""

    id: UUID  # whose fate it is
    venue_id: UUID
    values: Mapping[str, Any]
    point_wgs84: tuple[float, float] | None = None  # of a new one


def accept_found(found: Sequence[Found], *, source: str, actor: Actor, at: datetime) -> list[Fate]:
    """Write what was found into the dossiers, one fate an item, in order; the history names the source.

    Shape:  len(fates) == len(found); a fate carries the id of its item.
    Raises: NotYourRole; Unreadable beyond 500 items.
    Rule:   VE-4, VE-7, VE-15.
    """
    ids = [one.venue_id for one in found]
    rows = {row.pk: row for row in Venue.objects.visible_to(actor).filter(pk__in=ids)}
    fates: dict[UUID, Fate] = {}
    given: list[tuple[UUID, VenueIn]] = []
    for one in found:
        row = rows.get(one.venue_id)
        if row is not None:
            given.append((one.id, _changed(row, one.values)))
        elif one.point_wgs84 is not None:
            given.append((one.id, _new(one, one.point_wgs84)))
        else:
            fates[one.id] = Fate.refused(one.id, NotVisible())
    saved = save_venues([venue for _, venue in given], actor=actor, at=at, way=Way.CENSUS, source=source)
    for (identifier, _), fate in zip(given, saved, strict=True):
        fates[identifier] = fate
    return [fates[one.id] for one in found]


def _changed(row: Venue, values: Mapping[str, Any]) -> VenueIn:
    now: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("id", "code", "name", "tags", "address", "lon", "lat", "area_m2", "height_m", "is_open")
    }
    kept = {"class_code": row.venue_class_id, "credit_code": row.credit_code, "base_version": row.version}
    return VenueIn(**{**now, **kept, "keeper_name": AS_IT_IS, "keeper_phone": AS_IT_IS, **values})


def _new(one: Found, point: tuple[float, float]) -> VenueIn:
    code = f"P{one.venue_id.hex[-12:].upper()}"
    return VenueIn(**{"id": one.venue_id, "code": code, "lon": point[0], "lat": point[1], **one.values})


def fields_since(versions: Iterable[tuple[UUID, int]]) -> dict[UUID, set[str]]:
    """Return what was changed of each dossier after a version of it, in one statement. Rule: VE-15."""
    known = dict(versions)
    found: dict[UUID, set[str]] = {}
    rows = VenueChange.objects.filter(venue_id__in=known).values_list("venue_id", "version", "fields")
    for pk, version, fields in rows:
        if version > known[pk]:
            found.setdefault(pk, set()).update(fields)
    return found
