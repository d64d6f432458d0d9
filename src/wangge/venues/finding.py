"""Which venues a list holds, and the pages of a search: frequent words by walking, others by index (VE-14).

A word that stands in every hundredth place fills a page from the next few thousand places in order; by the
index all its places would be sorted for it. The first thousand tell how often it stands: a word that is rare
there the index knows sooner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, F, Q, Window

from wangge.kernel.actor import Actor
from wangge.kernel.paths import is_closed
from wangge.kernel.terms import stands_in
from wangge.venues.models import Venue, VenueQuerySet
from wangge.venues.schemas import VenueFilter

WALKED = 1_000  # places in order, to see how frequent the words are
FREQUENT = 10  # of those have them: then it is walked on, as far as a page should reach
FURTHER = 1.5  # times as far: places of a kind stand together
COUNTED = 10_000  # totals beyond are "more than"
Key = tuple[str, UUID]  # where a page begins: grid and id


@dataclass(frozen=True, slots=True)
class Found:
    ids: list[UUID]
    total: int
    is_exact: bool
    has_more: bool


def select(actor: Actor, filters: VenueFilter) -> VenueQuerySet:
    """Return the visible venues that the filter lets through, unordered."""
    found = _narrowed(Venue.objects.visible_to(actor), filters)
    return _with(found, filters.q, "words") if filters.q.strip() else found


def page_of(actor: Actor, filters: VenueFilter, after: Key | None) -> Found:
    """Return the keys of a page in the order of grid and id; the total is exact up to 10,000."""
    if filters.q.strip():
        return _search(actor, filters, after)
    found = select(actor, filters)
    counted = found.order_by()[: COUNTED + 1].count()
    ids = list(
        _after(found, after).order_by("grid_path", "id").values_list("pk", flat=True)[: filters.limit + 1]
    )
    return _page(ids, filters.limit, min(counted, COUNTED), is_exact=counted <= COUNTED)


def _search(actor: Actor, filters: VenueFilter, after: Key | None) -> Found:
    if stands_in(filters.q, "words") is None:
        return Found([], 0, is_exact=True, has_more=False)
    near, is_whole = _walked(actor, filters, after, WALKED)
    if is_whole and after is None:
        return _sorted(near.alias(place=F("grid_path")), filters.limit)
    ids = _first(near, filters.limit)
    if not is_whole and FREQUENT <= len(ids) <= filters.limit:
        far = int(FURTHER * WALKED * (filters.limit + 1) / len(ids))
        ids = _first(_walked(actor, filters, after, far)[0], filters.limit)
    if len(ids) > filters.limit:
        found = _page(ids, filters.limit, filters.limit, is_exact=False)
    else:
        found = _sorted(_after(_rare(actor, filters), after, "place"), filters.limit)
    return found if after is None else _counted(found, _rare(actor, filters))


def _rare(actor: Actor, filters: VenueFilter) -> VenueQuerySet:
    """Return what has the words, to be found by their index alone."""
    return _with(_narrowed(Venue.objects.visible_by_words(actor), filters, "place"), filters.q, "words")


def _walked(actor: Actor, filters: VenueFilter, after: Key | None, count: int) -> tuple[VenueQuerySet, bool]:
    """Return what stands among the next so many places in order, and whether these are all that are left."""
    visible = Venue.objects.visible_to(actor)
    walk = _after(visible, after).order_by("grid_path", "id")
    edge = walk.values_list("grid_path", "pk")[count : count + 1].first()
    near = _with(_after(_narrowed(visible, filters), after), filters.q)
    if edge is None:
        return near, True
    return near.filter(grid_path__lte=edge[0]).exclude(grid_path=edge[0], pk__gt=edge[1]), False


def _first(found: VenueQuerySet, limit: int) -> list[UUID]:
    return list(found.order_by("grid_path", "id").values_list("pk", flat=True)[: limit + 1])


def _with(found: VenueQuerySet, words: str, *indexed: str) -> VenueQuerySet:
    holds = stands_in(words, "words", *indexed)
    return found.none() if holds is None else found.filter(holds)


def _counted(page: Found, every: VenueQuerySet) -> Found:
    """Return a later page with the total of all pages."""
    counted = every.order_by()[: COUNTED + 1].count()
    return replace(page, total=min(counted, COUNTED), is_exact=counted <= COUNTED)


def _sorted(found: VenueQuerySet, limit: int) -> Found:
    """Return the first of what the index finds: all of it is counted and sorted, as it is not much."""
    rows = list(found.order_by(F("place"), "id").values_list("pk", Window(Count("*")))[: limit + 1])
    total = rows[0][1] if rows else 0
    return _page([pk for pk, _ in rows], limit, min(total, COUNTED), is_exact=total <= COUNTED)


def _page(ids: list[UUID], limit: int, total: int, *, is_exact: bool) -> Found:
    return Found(ids[:limit], total, is_exact, has_more=len(ids) > limit)


def _after(found: VenueQuerySet, key: Key | None, place: str = "grid_path") -> VenueQuerySet:
    if key is None:
        return found
    path, pk = key
    return found.filter(**{f"{place}__gte": path}).filter(Q(**{f"{place}__gt": path}) | Q(id__gt=pk))


def _narrowed(visible: VenueQuerySet, filters: VenueFilter, place: str = "grid_path") -> VenueQuerySet:
    """Return what the filters beside the words let through."""
    found = visible.filter(merged_into__isnull=True)  # VE-18
    if filters.venue_class:
        found = found.filter(venue_class=filters.venue_class)
    if filters.tag:
        found = found.filter(tags__contains=[filters.tag])
    if filters.grid:
        path = filters.grid if is_closed(filters.grid) else f"{filters.grid}."
        found = found.filter(**{f"{place}__startswith": path})
    if filters.orphan is not None:
        found = found.filter(is_orphan=filters.orphan)
    if filters.is_open is not None:
        found = found.filter(is_open=filters.is_open)
    return found
