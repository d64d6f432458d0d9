"""Which cases a list holds: the filters, over the open cases alone wherever they ask for no other (CS-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from wangge.cases.models import Case, OpenCase
from wangge.cases.rules import ENDED, Light
from wangge.cases.schemas import CaseFilter
from wangge.cases.waiting import waiting_for
from wangge.cases.work import WorkQuerySet
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.paths import is_closed
from wangge.kernel.terms import stands_in
from wangge.matters import queries as matters
from wangge.venues import queries as venues

INDEXED = ("text", "address")
MOST_PLACES = 500  # a name that so many places bear tells them no more apart
WORDS_OF_A_MATTER = 2  # a single letter names no matter


class Elsewhere(NamedTuple):
    """Where else than in text and address words are found."""

    places: list[UUID]
    codes: list[str]  # of matters
    ids: tuple[UUID, UUID] | None  # from, to: cases whose id begins so


def select(actor: Actor, filters: CaseFilter, at: datetime) -> WorkQuerySet[Any]:
    """Return the visible cases that the filters ask for, as rows of `Case` or, if all are open, `OpenCase`.

    Raises: NotYourRole, Unreadable.
    """
    actor.check_can("cases.read")
    rows: WorkQuerySet[Any] = (OpenCase if asks_for_open(filters) else Case).objects.visible_to(actor)
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
    sought = _sought(seek_elsewhere(filters.q, actor, matters.in_force()))
    return rows.filter(sought if inside is None else sought | inside)


def owned_by(actor: Actor) -> Q:
    """Return the cases that the actor reported or signed for."""
    return Q(handler_id=actor.user_id) | Q(reporter_id=actor.user_id)


def asks_for_open(filters: CaseFilter) -> bool:
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


def seek_elsewhere(words: str, actor: Actor, rules: matters.Rulebook) -> Elsewhere:
    """Return where else than in text and address the words are found: place, matter, start of the id."""
    words = words.strip()
    places = venues.named(actor, words, most=MOST_PLACES)
    return Elsewhere(places, _matters(words, rules), _ids(words))


def _sought(elsewhere: Elsewhere) -> Q:
    found = Q(venue_id__in=elsewhere.places) | Q(matter_code__in=elsewhere.codes)
    return found | Q(pk__range=elsewhere.ids) if elsewhere.ids else found


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


def _ids(words: str) -> tuple[UUID, UUID] | None:
    digits = words.replace("-", "").lower()
    if not 4 <= len(digits) <= 32 or any(c not in "0123456789abcdef" for c in digits):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
