"""The history of a dossier as people read it (VE-15)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wangge.accounts.queries import names_of as people_names_of
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.secrets import mask_name
from wangge.territory.queries import names_of as grid_names_of
from wangge.venues.models import Venue, VenueChange, VenueClass
from wangge.venues.rules import KEPT, PART_OF, Way
from wangge.venues.schemas import FieldChange, VenueChangeOut, VenueHistory

PAGE = 20
SHOWN = (*KEPT, PART_OF)
PATHS = frozenset({"grid_path", "nearest_path"})
YES_NO = {True: ("是", "Yes"), False: ("否", "No")}
Names = dict[str, tuple[str, str]]


def list_history(actor: Actor, venue_id: UUID, before: int | None = None) -> VenueHistory:
    """Return up to 20 changes of a dossier, newest first, in four statements however many there are.

    Raises: NotVisible. Rule: VE-15; the keeper's name goes out masked (KE-10).
    """
    actor.check_can("venues.read")
    venue = Venue.objects.visible_to(actor).filter(pk=venue_id).only("created_at", "source").first()
    if venue is None:
        raise NotVisible
    found = VenueChange.objects.filter(venue_id=venue_id).order_by("-version")
    if before is not None:
        found = found.filter(version__lt=before)
    rows = list(found[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    people = people_names_of([row.by_id for row in rows if row.by_id is not None])
    names = _names(rows, actor)
    items = [
        VenueChangeOut(
            version=row.version,
            at=row.at,
            by=people.get(row.by_id, "") if row.by_id is not None else "",
            way=Way(row.way),
            source=row.source,
            reason=row.reason,
            fields=[_shown(name, row.fields[name], names) for name in SHOWN if name in row.fields],
        )
        for row in rows
    ]
    return VenueHistory(
        items=items,
        created_at=venue.created_at,
        source=venue.source,
        next_before=rows[-1].version if more else None,
    )


def _names(rows: list[VenueChange], actor: Actor) -> Names:
    """Return the names of the classes, grids and places that the changes speak of."""
    said = {name: {one for row in rows for one in row.fields.get(name, ()) if one} for name in SHOWN}
    names: Names = {}
    if said["class_code"]:
        known = VenueClass.objects.filter(code__in=said["class_code"])
        names = {code: (zh, en) for code, zh, en in known.values_list("code", "name_zh", "name_en")}
    if paths := said["grid_path"] | said["nearest_path"]:
        names |= {path: (name, name) for path, name in grid_names_of(paths).items()}
    if said[PART_OF]:
        elsewhere = ("（辖区外的场所）", "(a place of another territory)")
        seen = Venue.objects.visible_to(actor).filter(pk__in=said[PART_OF])
        told = {str(pk): (name, name) for pk, name in seen.values_list("pk", "name")}
        names |= dict.fromkeys(said[PART_OF], elsewhere) | told
    return names


def _shown(name: str, values: list[Any], names: Names) -> FieldChange:
    old, new = (_text(name, one, names) for one in values or ("", ""))
    return FieldChange(
        field=name, is_sealed=not values, old_zh=old[0], old_en=old[1], new_zh=new[0], new_en=new[1]
    )


def _text(name: str, value: Any, names: Names) -> tuple[str, str]:
    if value is None or value == "":
        return "", ""
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, list):
        return "、".join(value), ", ".join(value)
    if name in {"class_code", PART_OF} or name in PATHS:
        return names.get(value, (value, value))
    text = mask_name(value) if name == "keeper_name" else f"{value:g}" if name == "height_m" else str(value)
    return text, text
