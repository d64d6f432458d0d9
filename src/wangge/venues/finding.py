"""Which venues a list holds, and the pages of a search: frequent words by walking, others by index (VE-14).

A word that stands in every hundredth place fills a page from the next few thousand places in order; by the
index all its places would be sorted for it. A word that fills no page from these is rare: the index knows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, F, Q, Value, Window
from django.db.models.functions import Concat

from wangge.kernel.actor import Actor
from wangge.kernel.paths import is_closed
from wangge.kernel.terms import stands_in
from wangge.venues.models import Venue, VenueQuerySet
from wangge.venues.schemas import VenueFilter

WALKED = 5_000  # places in order
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
    found = _narrowed(actor, filters)
    if not filters.q.strip():
        return found
    words = stands_in(filters.q, "words", "words")
    return found.none() if words is None else found.filter(words)


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
    looked_at = stands_in(filters.q, "words")
    if looked_at is None:
        return Found([], 0, is_exact=True, has_more=False)
    walk = _after(Venue.objects.visible_to(actor), after).order_by("grid_path", "id")
    edge = walk.values_list("grid_path", "pk")[WALKED : WALKED + 1].first()
    near = _after(_narrowed(actor, filters), after).filter(looked_at)
    if edge is not None:
        near = near.filter(grid_path__lte=edge[0]).exclude(grid_path=edge[0], pk__gt=edge[1])
    if edge is None and after is None:  # the whole scope was walked
        return _sorted(near, filters.limit)
    ids = list(near.order_by("grid_path", "id").values_list("pk", flat=True)[: filters.limit + 1])
    if len(ids) > filters.limit:
        found = _page(ids, filters.limit, filters.limit, is_exact=False)
    else:
        found = _sorted(_after(select(actor, filters), after), filters.limit)
    return found if after is None else _counted(found, select(actor, filters))


def _counted(page: Found, every: VenueQuerySet) -> Found:
    """Return a later page with the total of all pages."""
    counted = every.order_by()[: COUNTED + 1].count()
    return replace(page, total=min(counted, COUNTED), is_exact=counted <= COUNTED)


def _sorted(found: VenueQuerySet, limit: int) -> Found:
    """Return the first of what the index finds: all of it is counted and sorted, as it is not much."""
    unindexed = Concat(F("grid_path"), Value(""))  # else the planner walks the whole register in order
    rows = list(found.order_by(unindexed, "id").values_list("pk", Window(Count("*")))[: limit + 1])
    total = rows[0][1] if rows else 0
    return _page([pk for pk, _ in rows], limit, min(total, COUNTED), is_exact=total <= COUNTED)


def _page(ids: list[UUID], limit: int, total: int, *, is_exact: bool) -> Found:
    return Found(ids[:limit], total, is_exact, has_more=len(ids) > limit)


def _after(found: VenueQuerySet, key: Key | None) -> VenueQuerySet:
    if key is None:
        return found
    path, pk = key
    return found.filter(grid_path__gte=path).filter(Q(grid_path__gt=path) | Q(id__gt=pk))


def _narrowed(actor: Actor, filters: VenueFilter) -> VenueQuerySet:
    """Return what the filters beside the words let through."""
    found = Venue.objects.visible_to(actor).filter(merged_into__isnull=True)  # VE-18
    if filters.venue_class:
        found = found.filter(venue_class=filters.venue_class)
    if filters.tag:
        found = found.filter(tags__contains=[filters.tag])
    if filters.grid:
        path = filters.grid if is_closed(filters.grid) else f"{filters.grid}."
        found = found.filter(grid_path__startswith=path)
    if filters.orphan is not None:
        found = found.filter(is_orphan=filters.orphan)
    if filters.is_open is not None:
        found = found.filter(is_open=filters.is_open)
    return found
