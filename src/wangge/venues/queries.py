"""Reads of the register. Every one starts from visible_to(actor)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from wangge.kernel import prepared
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.secrets import decrypt, mask_name, mask_phone
from wangge.kernel.terms import patterns as patterns_of
from wangge.kernel.terms import query_of
from wangge.territory.queries import make_cursor, read_box, read_cursor
from wangge.territory.queries import names_of as grid_names_of
from wangge.territory.schemas import FeatureCollection
from wangge.venues.accepting import fields_since
from wangge.venues.contacts import classes_in, contact_names, contacts_of, keeper_lines_of, list_contacts
from wangge.venues.models import Venue, VenueClass, VenueTag
from wangge.venues.part_lists import list_parts, page_of, select, wholes_of
from wangge.venues.registers import registers_of
from wangge.venues.schemas import VenueClassOut, VenueDetail, VenueFilter, VenuePage, VenueRow, VenueShort
from wangge.venues.sites import Sites, count_sites, list_sites
from wangge.venues.standing import standing_of
from wangge.venues.timeline import list_history

__all__ = [
    "Sites",
    "classes_in",
    "contact_names",
    "contacts_of",
    "count_sites",
    "facts_of",
    "fields_since",
    "get_detail",
    "get_many",
    "get_places",
    "get_standing",
    "keeper_lines_of",
    "keepers_of",
    "list_classes",
    "list_contacts",
    "list_doors",
    "list_history",
    "list_parts",
    "list_points",
    "list_sites",
    "list_tags",
    "list_venues",
    "masked_phone",
    "names_of",
    "registers_of",
    "select",
    "shown",
    "standing_of",
    "tags_named",
    "wholes_of",
]
_NAMED = """
SELECT id FROM venues_venue
WHERE starts_with(grid_path, %s){likes} AND kernel_terms(words) @@ %s::tsquery LIMIT %s
"""  # as `visible_to` says
READ = "venues.read"
SHOWN_POINTS = 5_000
_NAMES = "SELECT id, name FROM venues_venue WHERE id = ANY(%s)"
HIDDEN = ("keeper_phone", "initials", "words")


def list_venues(actor: Actor, filters: VenueFilter) -> VenuePage:
    """Return a page in the order of grid and id; the total is exact up to 10,000. Rule: VE-14."""
    actor.check_can(READ)
    found = page_of(actor, filters, _read_key(filters.cursor) if filters.cursor else None)
    rows = list(
        Venue.objects.filter(pk__in=found.ids)
        .select_related("venue_class")
        .defer(*HIDDEN)
        .order_by("grid_path", "id")
    )
    return VenuePage(
        items=shown(rows),
        total=found.total,
        total_is_exact=found.is_exact,
        next_cursor=make_cursor(f"{rows[-1].grid_path}|{rows[-1].pk}") if found.has_more else None,
    )


def named(actor: Actor, words: str, *, most: int) -> list[UUID]:
    """Return the visible venues with the words in their name; none if more than `most` have them (KE-30)."""
    query, patterns = query_of(words), patterns_of(words)
    if not query:
        return []
    found = prepared.ask(
        _NAMED.format(likes=" AND kernel_folded(name) LIKE %s" * len(patterns)),
        actor.scope,
        *patterns,
        query,
        most + 1,
    ).fetchall()
    return [pk for (pk,) in found] if len(found) <= most else []


def list_classes() -> list[VenueClassOut]:
    """Return the kinds of places of the installed packs."""
    return [
        VenueClassOut(code=c.code, name_zh=c.name_zh, name_en=c.name_en)
        for c in VenueClass.objects.order_by("code")
    ]


def list_points(actor: Actor, bbox: str) -> FeatureCollection:
    """Return the venues in the box as GeoJSON points; `is_complete` tells whether there are more."""
    actor.check_can(READ)
    west, south, east, north = read_box(bbox)
    inside = Venue.objects.visible_to(actor).filter(
        lon__range=(west, east), lat__range=(south, north), merged_into__isnull=True
    )
    columns = ("id", "name", "venue_class_id", "grid_path", "is_orphan", "lon", "lat")
    rows = list(inside.values_list(*columns)[: SHOWN_POINTS + 1])
    features = [
        {
            "type": "Feature",
            "id": str(pk),
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {
                "id": str(pk),
                "name": name,
                "class_code": class_code,
                "grid_path": path,
                "is_orphan": is_orphan,
            },
        }
        for pk, name, class_code, path, is_orphan, lon, lat in rows[:SHOWN_POINTS]
    ]
    return FeatureCollection(features=features, is_complete=len(rows) <= SHOWN_POINTS)


def get_detail(actor: Actor, venue_id: UUID) -> VenueDetail:
    """Return one dossier, personal fields masked. Raises: NotVisible. Rule: VE-6."""
    actor.check_can(READ)
    venue = Venue.objects.visible_to(actor).select_related("venue_class").filter(pk=venue_id).first()
    if venue is None:
        raise NotVisible
    stands = next(iter(_short(standing_of([venue_id]).values())), None)
    merged = _short(Venue.objects.filter(merged_into=venue_id).values_list("pk", flat=True))
    return _details([venue])[0].model_copy(update={"merged_into": stands, "merged": merged})


def facts_of(ids: Iterable[UUID]) -> dict[UUID, VenueDetail]:
    """Return whole dossiers, personal fields masked, for rows that the caller was already allowed to see."""
    found = list(Venue.objects.filter(pk__in=set(ids)).select_related("venue_class"))
    return {detail.id: detail for detail in _details(found)}


def _details(rows: Sequence[Venue]) -> list[VenueDetail]:
    return [
        VenueDetail(
            **row.model_dump(),
            area_m2=venue.area_m2,
            height_m=venue.height_m,
            credit_code=venue.credit_code,
            keeper_name=mask_name(venue.keeper_name),
            keeper_phone=masked_phone(venue),
            source=venue.source,
            updated_at=venue.updated_at,
            merged_into=None,
            merged=[],
        )
        for venue, row in zip(rows, shown(rows), strict=True)
    ]


def _short(ids: Iterable[UUID]) -> list[VenueShort]:
    found = Venue.objects.filter(pk__in=set(ids)).order_by("code")
    return [
        VenueShort(id=pk, code=code, name=name) for pk, code, name in found.values_list("pk", "code", "name")
    ]


def get_many(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, VenueRow]:
    """Return the visible ones among `ids`."""
    found = Venue.objects.visible_to(actor).filter(pk__in=set(ids))
    return {row.id: row for row in shown(list(found.select_related("venue_class").defer(*HIDDEN)))}


def get_places(ids: Iterable[UUID]) -> dict[UUID, VenueRow]:
    """Return the places of orders and cases that the caller was already allowed to see."""
    if not (wanted := set(ids)):
        return {}
    found = Venue.objects.filter(pk__in=wanted).select_related("venue_class").defer(*HIDDEN)
    return {row.id: row for row in shown(list(found))}


def get_standing(ids: Iterable[UUID]) -> dict[UUID, VenueRow]:
    """Return the places by the id that was asked for; of a merged one the place that stands for it (VE-18).

    For rows that the caller was already allowed to see.
    """
    rows = get_places(ids)
    ways = standing_of(pk for pk, row in rows.items() if row.is_merged)
    return rows | _by_way(ways) if ways else rows


def _by_way(ways: Mapping[UUID, UUID]) -> dict[UUID, VenueRow]:
    rows = get_places(ways.values())
    return {asked: rows[pk] for asked, pk in ways.items()}


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return names by id, for rows that the caller was already allowed to see."""
    wanted = list(set(ids))
    return dict(prepared.send(_NAMES, wanted).fetchall()) if wanted else {}


def list_doors(
    actor: Actor, *, ids: Collection[UUID] = (), grid: str = "", most: int
) -> list[tuple[UUID, str, str]]:
    """Return (id, name, grid) of visible places that stand, by their ids or of a territory, in its order."""
    found = Venue.objects.visible_to(actor).filter(merged_into__isnull=True)
    found = found.filter(pk__in=ids) if ids else found.filter(grid_path__startswith=grid, is_open=True)
    return list(found.order_by("grid_path", "id").values_list("pk", "name", "grid_path")[:most])


def keepers_of(ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return name and phone of each keeper, plain: whoever shows them masks them or has a reason (KE-10)."""
    rows = Venue.objects.filter(pk__in=set(ids)).values_list("pk", "keeper_name", "keeper_phone")
    return {pk: (name, decrypt(phone) if phone else "") for pk, name, phone in rows}


def shown(rows: Sequence[Venue]) -> list[VenueRow]:
    """Return rows as lists show them, the names of grids and of tags in one query each."""
    tags = tags_named({tag for row in rows for tag in row.tags})
    names = grid_names_of({p for row in rows for p in (row.grid_path, row.nearest_path) if p})
    return [
        VenueRow(
            id=row.id,
            code=row.code,
            name=row.name,
            class_code=row.venue_class.code,
            class_zh=row.venue_class.name_zh,
            class_en=row.venue_class.name_en,
            tags=row.tags,
            tag_names=[tags[tag] for tag in row.tags],
            address=row.address,
            grid_path=row.grid_path,
            grid_name=names.get(row.grid_path, row.grid_path),
            is_orphan=row.is_orphan,
            nearest_name=names.get(row.nearest_path, row.nearest_path) if row.nearest_path else None,
            nearest_m=row.nearest_m,
            lon=row.lon,
            lat=row.lat,
            is_open=row.is_open,
            is_merged=row.merged_into_id is not None,
            last_visited_on=row.last_visited_on,
            version=row.version,
        )
        for row in rows
    ]


def list_tags() -> list[VenueClassOut]:
    """Return every tag that a pack named. Rule: VE-23."""
    return [
        VenueClassOut.model_validate(one, from_attributes=True) for one in VenueTag.objects.order_by("code")
    ]


def tags_named(codes: Collection[str]) -> dict[str, VenueClassOut]:
    """Return tags by code; one that no pack names is called by its code. Rule: VE-23."""
    found = VenueTag.objects.filter(pk__in=codes) if codes else ()
    unknown = {code: VenueClassOut(code=code, name_zh=code, name_en=code) for code in codes}
    return unknown | {one.code: VenueClassOut.model_validate(one, from_attributes=True) for one in found}


def masked_phone(venue: Venue) -> str:
    """Return the keeper's phone as it may go out, "" for none. Rule: VE-6 (KE-10)."""
    return mask_phone(decrypt(venue.keeper_phone)) if venue.keeper_phone else ""


def _read_key(cursor: str) -> tuple[str, UUID]:
    path, _, identifier = read_cursor(cursor).partition("|")
    try:
        return path, UUID(identifier)
    except ValueError:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="start again from the first page",
        ) from None
