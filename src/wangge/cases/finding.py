"""Which cases a list holds: the filters, over the open cases alone wherever they ask for no other (CS-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import RawSQL

from wangge.cases.models import Case, OpenCase
from wangge.cases.rules import ENDED, Light
from wangge.cases.schemas import CaseFilter
from wangge.cases.waiting import waiting_for
from wangge.cases.work import WorkQuerySet
from wangge.kernel import prepared
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.paths import is_closed
from wangge.kernel.terms import stands_in
from wangge.matters import queries as matters
from wangge.venues import queries as venues

WINDOWS = (400, 5_000)  # of the newest cases
NEWEST = "SELECT reported_at FROM cases_case ORDER BY reported_at DESC OFFSET %s LIMIT 1"
INDEXED = ("text", "address")
MOST_PLACES = 500  # a name that so many places bear tells them no more apart
WORDS_OF_A_MATTER = 2  # a single letter names no matter


def select(actor: Actor, filters: CaseFilter, at: datetime, *, sought: Q | None = None) -> WorkQuerySet[Any]:
    """Return the visible cases that the filters ask for, as rows of `Case` or, if all are open, `OpenCase`.

    `sought`: where the words stand beside text and address, if that was looked up before.
    Raises: NotYourRole, Unreadable.
    """
    actor.check_can("cases.read")
    rows: WorkQuerySet[Any] = (OpenCase if _asks_for_open(filters) else Case).objects.visible_to(actor)
    rows = rows.filter(**_exact(filters))
    if filters.is_open is False:
        rows = rows.filter(closed_at__isnull=False) if rows.model is Case else rows.none()
    if filters.light:
        rows = rows.with_light(filters.light, at, yellow_at_pct=matters.in_force().yellow_at_pct)
    if filters.waiting_for_me:
        rows = rows.filter(waiting_for(actor))
    if filters.mine:
        rows = rows.filter(owned_by(actor))
    if not filters.q.strip():
        return rows
    inside = stands_in(filters.q, "words", *(() if rows.model is OpenCase else INDEXED))
    sought = seek_elsewhere(filters.q, actor) if sought is None else sought
    return rows.filter(sought if inside is None else sought | inside)


def is_first_sought_among_recent(filters: CaseFilter) -> bool:
    """Return whether the first page may be found among the newest cases alone, looked at one by one.

    A word that stands in every tenth case is found there at once. By the index all its cases would be sorted
    for the first page. A word that stands in none of the smallest window stands in few: the index knows them.
    """
    is_first_page = bool(filters.q.strip()) and not filters.cursor and filters.sort == "newest"
    return is_first_page and not _asks_for_open(filters)


def select_recent(
    actor: Actor, filters: CaseFilter, at: datetime, *, sought: Q, newest: int
) -> WorkQuerySet[Any] | None:
    """Return what is found among so many of the newest cases; each row says in `found` how many that are.

    None if there are no more cases than these. The edge is asked for by itself: a plan that does not know it
    reads every case.
    """
    edge = prepared.send(NEWEST, newest).fetchone()
    if edge is None:
        return None
    rows = select(actor, filters.model_copy(update={"q": ""}), at)
    rows = rows.filter(reported_at__gte=edge[0])
    inside = stands_in(filters.q, "words")
    rows = rows.filter(sought if inside is None else sought | inside)
    return rows.annotate(found=RawSQL("count(*) OVER ()", ()))


def owned_by(actor: Actor) -> Q:
    """Return the cases that the actor reported or signed for."""
    return Q(handler_id=actor.user_id) | Q(reporter_id=actor.user_id)


def _asks_for_open(filters: CaseFilter) -> bool:
    """Return whether nothing that has ended can be found."""
    if filters.is_open is not None:
        return filters.is_open
    if filters.waiting_for_me or filters.mine or (filters.light and filters.light is not Light.NONE):
        return True
    return bool(filters.status) and not ENDED.intersection(filters.status)


def _exact(filters: CaseFilter) -> dict[str, Any]:
    if filters.grid and not is_closed(filters.grid):
        raise Unreadable(field="grid", why_zh="路径应以点号结尾", why_en="a path ends with a dot")
    exact: Mapping[str, object] = {
        "grid_path__startswith": filters.grid or None,
        "pk__in": filters.ids or None,
        "severity": filters.severity,
        "department_id": filters.department_id,
        "venue_id": filters.venue_id,
        "reported_at__gte": filters.reported_from,
        "reported_at__lt": filters.reported_to,
        "status__in": filters.status or None,
        "matter_code__startswith": filters.matter or None,
    }
    return {name: value for name, value in exact.items() if value is not None}


def seek_elsewhere(words: str, actor: Actor, rules: matters.Rulebook | None = None) -> Q:
    """Return where else than in text and address the words are found: place, matter, start of the id."""
    words = words.strip()
    found = Q(pk__in=[])
    if places := venues.named(actor, words, most=MOST_PLACES):
        found |= Q(venue_id__in=places)
    if codes := _matters(words, rules or matters.in_force()):
        found |= Q(matter_code__in=codes)
    return found | _id_prefix(words)


def _matters(words: str, rules: matters.Rulebook) -> list[str]:
    """Return the matters with this code, or with the words in their name."""
    small = words.lower()
    if len(small) < WORDS_OF_A_MATTER:
        return []
    return [
        code
        for code, one in rules.matters.items()
        if small == code.lower() or small in one.name_zh.lower() or small in one.name_en.lower()
    ]


def _id_prefix(words: str) -> Q:
    digits = words.replace("-", "").lower()
    if not 4 <= len(digits) <= 32 or any(c not in "0123456789abcdef" for c in digits):
        return Q()
    low, high = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    return Q(pk__range=(low, high))
