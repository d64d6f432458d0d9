"""What belongs to what, as the page of a place and the list of places show it. Rule: VE-22."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.venues import finding
from wangge.venues.finding import COUNTED, Found, Key
from wangge.venues.models import PartLink, Venue, VenueQuerySet
from wangge.venues.part_links import links_above, parts_of
from wangge.venues.part_rules import Link
from wangge.venues.part_schemas import PartPlace, PartsOut
from wangge.venues.schemas import VenueFilter

MOST = 100


def select(actor: Actor, filters: VenueFilter) -> VenueQuerySet:
    """Return the visible venues that the filter lets through, unordered; of a whole its parts alone."""
    found = finding.select(actor, filters)
    return found.filter(pk__in=parts_of(filters.part_of)) if filters.part_of else found


def page_of(actor: Actor, filters: VenueFilter, after: Key | None) -> Found:
    """Return the keys of a page in the order of grid and id; the parts of one place are few and counted."""
    if not filters.part_of:
        return finding.page_of(actor, filters, after)
    if not Venue.objects.visible_to(actor).filter(pk=filters.part_of).exists():
        raise NotVisible()
    found = select(actor, filters)
    total = found.order_by()[: COUNTED + 1].count()
    later = found
    if after is not None:
        path, pk = after
        later = found.filter(Q(grid_path__gt=path) | Q(grid_path=path, id__gt=pk))
    ids = list(later.order_by("grid_path", "id").values_list("pk", flat=True)[: filters.limit + 1])
    return Found(ids[: filters.limit], min(total, COUNTED), total <= COUNTED, len(ids) > filters.limit)


def list_parts(actor: Actor, venue_id: UUID) -> PartsOut:
    """Return what a place belongs to and what belongs to it. Raises: NotYourRole, NotVisible. Rule: VE-22."""
    actor.check_can("venues.read")
    if not Venue.objects.visible_to(actor).filter(pk=venue_id).exists():
        raise NotVisible()
    links = links_above([venue_id])
    chain = _chain(venue_id, links)
    former = sorted(
        (one for one in links.get(venue_id, ()) if one.until_on is not None),
        key=lambda one: one.until_on or date.min,
        reverse=True,
    )
    standing = PartLink.objects.filter(
        whole_id=venue_id, until_on__isnull=True, part__merged_into__isnull=True
    )
    shown = standing.filter(part__grid_path__startswith=actor.scope)
    below = [
        Link(*row)
        for row in shown.order_by("part__name", "part_id").values_list(
            "id", "part_id", "whole_id", "since_on", "until_on"
        )[:MOST]
    ]
    seen = _places(actor, {one.whole for one in (*chain, *former)} | {one.part for one in below})
    count, every = shown.count(), standing.count()
    wholes = [_out(one, one.whole, seen) for one in chain if one.whole in seen]
    ended = [_out(one, one.whole, seen) for one in former if one.whole in seen]
    return PartsOut(
        wholes=wholes,
        parts=[_out(one, one.part, seen) for one in below],
        parts_count=count,
        former=ended,
        hidden=every - count + len(chain) + len(former) - len(wholes) - len(ended),
    )


def wholes_of(ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str, str]]:
    """Return the (id, source, code) of what each of these places belongs to now, in one statement."""
    rows = PartLink.objects.filter(part_id__in=set(ids), until_on__isnull=True)
    told = rows.values_list("part_id", "whole_id", "whole__source", "whole__code")
    return {part: (whole, source, code) for part, whole, source, code in told}


def _chain(place: UUID, links: dict[UUID, list[Link]]) -> list[Link]:
    chain: list[Link] = []
    while (up := next((one for one in links.get(place, ()) if one.until_on is None), None)) is not None:
        chain.append(up)
        place = up.whole
    return chain


def _places(actor: Actor, ids: set[UUID]) -> dict[UUID, Venue]:
    found = Venue.objects.visible_to(actor).filter(pk__in=ids).select_related("venue_class")
    return {row.pk: row for row in found.only("code", "name", "address", "is_open", "venue_class")}


def _out(link: Link, other: UUID, places: dict[UUID, Venue]) -> PartPlace:
    place = places[other]
    return PartPlace(
        id=place.pk,
        code=place.code,
        name=place.name,
        class_zh=place.venue_class.name_zh,
        class_en=place.venue_class.name_en,
        address=place.address,
        is_open=place.is_open,
        since_on=link.since_on,
        until_on=link.until_on,
    )
