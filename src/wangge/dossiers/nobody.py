"""Places for which nobody is named (HB-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from wangge.dossiers.list_answers import NobodyPage, NobodyRow
from wangge.dossiers.models import Person, Venue
from wangge.dossiers.people import holder_of
from wangge.dossiers.rules import Holder, Sort, missing_of
from wangge.dossiers.schemas import NobodyFilter
from wangge.dossiers.showing import missing_out
from wangge.dossiers.vocabulary import Words, words_in_force
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.kernel.paths import is_closed
from wangge.territory.queries import make_cursor, read_cursor
from wangge.venues.queries import get_places

READ = "venues.read"
COUNTED = 1_000


def select_nobody(actor: Actor, filters: NobodyFilter, words: Words, on: date) -> QuerySet[Venue]:
    """Return the visible open places without anybody of the kind.

    Without a kind: those without anybody of the kinds that every place must have, and those of a class
    that must have another kind and lack it. Of a kind that only some classes must have, places of these.
    Rule: DS-3.
    """
    found = Venue.objects.visible_to(actor).filter(is_open=True)
    somewhere = words.required_somewhere()
    if filters.kind:
        lacks = ~_stands([filters.kind], on)
        if filters.kind in somewhere:
            lacks &= Q(venue_class_id__in=somewhere[filters.kind])
    else:
        everywhere = words.required_everywhere()
        if not everywhere and not somewhere:
            return found.none()  # a pack that asks for nobody misses nobody
        lacks = ~_stands(everywhere, on) if everywhere else Q(pk__in=[])
        for kind, classes in somewhere.items():
            lacks |= Q(venue_class_id__in=classes) & ~_stands([kind], on)
    found = found.filter(lacks)
    if filters.venue_class:
        found = found.filter(venue_class_id=filters.venue_class)
    if filters.grid:
        path = filters.grid if is_closed(filters.grid) else f"{filters.grid}."
        found = found.filter(grid_path__startswith=path)
    return found


def _stands(kinds: Sequence[str], on: date) -> Q:
    """Return whether somebody of the kinds stands for the place on a day."""
    return Q(
        Exists(
            Person.objects.filter(
                Q(since_on__isnull=True) | Q(since_on__lte=on),
                Q(until_on__isnull=True) | Q(until_on__gt=on),
                venue_id=OuterRef("pk"),
                kind__in=kinds,
                removed_at__isnull=True,
            )
        )
    )


def list_nobody(actor: Actor, filters: NobodyFilter, *, at: datetime) -> NobodyPage:
    """Return a page in the order of grid and place, with what each lacks; the total is exact up to 1,000.

    Raises: NotYourRole; Unreadable for a strange cursor.
    Rule:   DS-3 (HB-04).
    """
    actor.check_can(READ)
    on, words = at.astimezone(CHINA).date(), words_in_force()
    if filters.kind:
        words.check_kind(Sort.PERSON, filters.kind)
    found = select_nobody(actor, filters, words, on)
    after = _read_key(filters.cursor) if filters.cursor else None
    some = list(found.order_by().values_list("grid_path", "pk")[: COUNTED + 1])
    if len(some) > COUNTED:
        keys = _walked(found, after, filters.limit + 1)
    else:  # the register would be walked to its end for the few that there are
        keys = [key for key in sorted(some) if after is None or key > after][: filters.limit + 1]
    more, keys = len(keys) > filters.limit, keys[: filters.limit]
    ids = [pk for _, pk in keys]
    places, holders = get_places(ids), _holders(ids)
    items = []
    for pk in ids:
        if (place := places.get(pk)) is None:
            continue
        required = words.required(place.class_code) or [filters.kind]
        missing = missing_out(missing_of(holders[pk], required, on), words)
        items.append(NobodyRow(**place.model_dump(), missing=missing))
    return NobodyPage(
        items=items,
        total=min(len(some), COUNTED),
        total_is_exact=len(some) <= COUNTED,
        next_cursor=make_cursor(f"{keys[-1][0]}|{keys[-1][1]}") if more else None,
    )


def _walked(found: QuerySet[Venue], after: tuple[str, UUID] | None, most: int) -> list[tuple[str, UUID]]:
    if after is not None:
        path, pk = after
        found = found.filter(grid_path__gte=path).filter(Q(grid_path__gt=path) | Q(pk__gt=pk))
    return list(found.order_by("grid_path", "pk").values_list("grid_path", "pk")[:most])


def _holders(ids: Sequence[UUID]) -> dict[UUID, list[Holder]]:
    found: dict[UUID, list[Holder]] = defaultdict(list)
    for row in Person.objects.filter(venue_id__in=ids, removed_at__isnull=True):
        found[row.venue_id].append(holder_of(row))
    return found


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
