"""What is due in a territory, by day: late and coming, facilities and licences in one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from wangge.dossiers.list_answers import DuePage, DueRow
from wangge.dossiers.models import Holding, OfVenueQuerySet
from wangge.dossiers.rules import What, state_of
from wangge.dossiers.schemas import DueFilter
from wangge.dossiers.vocabulary import Words, words_in_force
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.kernel.paths import is_closed
from wangge.territory.queries import make_cursor, read_cursor
from wangge.territory.queries import names_of as grid_names_of

READ = "venues.read"
COUNTED = 1_000  # totals beyond are "more than"
Key = tuple[date | None, UUID]


def select_due(actor: Actor, filters: DueFilter, on: date) -> OfVenueQuerySet:
    """Return the visible entries that the filter lets through, unordered; closed places have none.

    Rule: DS-6.
    """
    found = Holding.objects.visible_to(actor).standing().filter(venue__is_open=True)
    until = on + timedelta(days=filters.days)
    if filters.due == "unknown":
        found = found.filter(due_what=What.UNKNOWN.value)
    else:
        found = found.filter(due_on__isnull=False)
        found = found.filter(due_on__lt=on) if filters.due == "overdue" else found.filter(due_on__lte=until)
        if filters.due == "coming":
            found = found.filter(due_on__gte=on)
    if filters.sort:
        found = found.filter(sort=filters.sort)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.venue_class:
        found = found.filter(venue__venue_class_id=filters.venue_class)
    if filters.grid:
        path = filters.grid if is_closed(filters.grid) else f"{filters.grid}."
        found = found.filter(venue__grid_path__startswith=path)
    return found


def list_due(actor: Actor, filters: DueFilter, *, at: datetime) -> DuePage:
    """Return a page by due day, the oldest first; the total is exact up to 1,000.

    Raises: NotYourRole; Unreadable for a strange cursor.
    Rule:   DS-6.
    """
    actor.check_can(READ)
    on = at.astimezone(CHINA).date()
    found = select_due(actor, filters, on)
    after = _read_key(filters.cursor) if filters.cursor else None
    some = list(found.order_by().values_list("due_on", "pk")[: COUNTED + 1])
    if len(some) > COUNTED:
        keys = _walked(found, filters, after, filters.limit + 1)
    else:  # the index would be walked to its end for the few that there are
        ordered = sorted(some, key=_place)
        keys = [key for key in ordered if after is None or _place(key) > _place(after)][: filters.limit + 1]
    more, keys = len(keys) > filters.limit, keys[: filters.limit]
    return DuePage(
        items=rows_of([pk for _, pk in keys], on),
        total=min(len(some), COUNTED),
        total_is_exact=len(some) <= COUNTED,
        next_cursor=make_cursor(_key_text(keys[-1])) if more else None,
    )


def due_pages(actor: Actor, filters: DueFilter, *, on: date, size: int) -> Iterator[list[DueRow]]:
    """Yield the whole list, a page at a time, for a file."""
    found, after = select_due(actor, filters, on), None
    while keys := _walked(found, filters, after, size):
        yield rows_of([pk for _, pk in keys], on)
        after = keys[-1]


def _place(key: Key) -> tuple[date, UUID]:
    return key[0] or date.max, key[1]


def _walked(found: OfVenueQuerySet, filters: DueFilter, after: Key | None, most: int) -> list[Key]:
    is_dated = filters.due != "unknown"
    if after is not None and is_dated and after[0] is not None:
        found = found.filter(due_on__gte=after[0]).filter(Q(due_on__gt=after[0]) | Q(pk__gt=after[1]))
    elif after is not None:
        found = found.filter(pk__gt=after[1])
    order = ("due_on", "pk") if is_dated else ("pk",)
    return list(found.order_by(*order).values_list("due_on", "pk")[:most])


def rows_of(ids: Sequence[UUID], on: date) -> list[DueRow]:
    """Return the entries in the order of `ids`, which the caller was allowed to see."""
    found = Holding.objects.filter(pk__in=ids).select_related("venue__venue_class")
    rows = {row.pk: row for row in found.defer("venue__words", "venue__keeper_phone", "venue__initials")}
    words = words_in_force()
    names = grid_names_of({row.venue.grid_path for row in rows.values()})
    return [_row(rows[pk], words, names, on) for pk in ids if pk in rows]


def _row(row: Holding, words: Words, names: dict[str, str], on: date) -> DueRow:
    rule = words.rules.get(row.due_rule)
    facts: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("id", "version", "sort", "kind", "venue_id", "count", "place", "number", "due_on")
    }
    zh, en = words.named(row.sort, row.kind)
    place = row.venue
    return DueRow(
        **facts,
        kind_zh=zh,
        kind_en=en,
        venue_name=place.name,
        class_zh=place.venue_class.name_zh,
        class_en=place.venue_class.name_en,
        grid_path=place.grid_path,
        grid_name=names.get(place.grid_path, place.grid_path),
        what=What(row.due_what),
        days=(row.due_on - on).days if row.due_on else None,
        state=state_of(row.due_on, row.due_what, on, words.soon_days(row.sort, row.kind)),
        rule_zh=rule.name_zh if rule else "",
        rule_en=rule.name_en if rule else "",
        source=rule.source if rule else "",
        is_confirmed=rule.is_confirmed if rule else True,
    )


def _key_text(key: Key) -> str:
    day, pk = key
    return f"{day.isoformat() if day else ''}|{pk}"


def _read_key(cursor: str) -> Key:
    day, _, identifier = read_cursor(cursor).partition("|")
    try:
        return (date.fromisoformat(day) if day else None), UUID(identifier)
    except ValueError:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="start again from the first page",
        ) from None
