"""Reads of fires. Every one starts from visible_to(actor)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.fires.counting import count_fires as count_fires
from wangge.fires.counting import count_span as count_span
from wangge.fires.models import Fire, FireQuerySet, FireWord
from wangge.fires.rules import NOTICE_EN, NOTICE_ZH, STEPS, FireAction, FireStatus
from wangge.fires.schemas import (
    FireDetail,
    FireEventOut,
    FireFilter,
    FirePage,
    FirePoint,
    FirePoints,
    FireRow,
    FireWordOut,
)
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_closed
from wangge.territory import queries as territory
from wangge.venues import queries as venues

READ, WRITE, EXPORT = "fires.read", "fires.write", "fires.export"
POINTS = 2_000
EVENTS = 200
Words = Mapping[str, tuple[str, str]]


def list_words(actor: Actor) -> list[FireWordOut]:
    """Return causes and kinds of places of the active pack. Rule: FR-5."""
    actor.check_can(READ)
    rows = FireWord.objects.order_by("kind", "position")
    return [FireWordOut.model_validate(row, from_attributes=True) for row in rows]


def list_fires(actor: Actor, filters: FireFilter) -> FirePage:
    """Return a page of fires, the newest first, and how many there are. Raises: NotYourRole, NotVisible."""
    actor.check_can(READ)
    fires = filtered(actor, filters)
    total = fires.count()
    if filters.cursor:
        after = fires.filter(pk=filters.cursor).values_list("occurred_at", flat=True).first()
        if after is None:
            raise NotVisible()
        fires = fires.filter(Q(occurred_at__lt=after) | Q(occurred_at=after, pk__lt=filters.cursor))
    found = list(fires.order_by("-occurred_at", "-pk")[: filters.limit + 1])
    shown = found[: filters.limit]
    return FirePage(
        items=rows_of(shown),
        total=total,
        next_cursor=shown[-1].pk if len(found) > filters.limit else None,
        notice_zh=NOTICE_ZH,
        notice_en=NOTICE_EN,
    )


def filtered(actor: Actor, filters: FireFilter) -> FireQuerySet:
    """Return the fires that a filter lets through. Raises: NotVisible outside the scope. Rule: FR-6."""
    fires = Fire.objects.visible_to(actor)
    if filters.within:
        if not is_closed(filters.within) or not actor.covers(filters.within):
            raise NotVisible()
        fires = fires.filter(grid_path__startswith=filters.within)
    if filters.first_on:
        fires = fires.filter(occurred_at__gte=_midnight(filters.first_on))
    if filters.last_on:
        fires = fires.filter(occurred_at__lt=_midnight(filters.last_on + timedelta(days=1)))
    for name in ("status", "cause", "place"):
        if value := getattr(filters, name):
            fires = fires.filter(**{name: value})
    if words := filters.q.strip():
        fires = fires.filter(Q(address__contains=words) | Q(text__contains=words) | Q(code=words))
    return fires


def get_fire(actor: Actor, fire_id: UUID) -> FireDetail:
    """Return a fire with its steps and what this post may do next. Raises: NotYourRole, NotVisible."""
    actor.check_can(READ)
    fire = Fire.objects.visible_to(actor).filter(pk=fire_id).first()
    if fire is None:
        raise NotVisible()
    [row] = rows_of([fire])
    events = list(fire.events.order_by("at", "written_at", "pk")[:EVENTS])
    names = accounts.names_of([one.by_id for one in events])
    may = [action for action in FireAction if (FireStatus(fire.status), action) in STEPS]
    return FireDetail(
        **row.model_dump(),
        events=[
            FireEventOut(
                id=one.pk,
                action=one.action,
                at=one.at,
                by=names.get(one.by_id, ""),
                detail={key: str(value) for key, value in one.detail.items()},
            )
            for one in events
        ],
        may=may if actor.can(WRITE) else [],
    )


def list_points(actor: Actor, *, bbox: str, first_on: date, last_on: date) -> FirePoints:
    """Return the fires of a span of days inside a box, the newest 2,000; false alarms left out.

    Raises: NotYourRole, Unreadable. Rule: FR-9.
    """
    actor.check_can(READ)
    west, south, east, north = territory.read_box(bbox)
    asked = FireFilter.model_validate({"first_on": first_on, "last_on": last_on})
    fires = filtered(actor, asked).exclude(status=FireStatus.DISMISSED)
    fires = fires.filter(lon__range=(west, east), lat__range=(south, north))
    found = list(fires.order_by("-occurred_at", "-pk")[: POINTS + 1])
    return FirePoints(
        items=[FirePoint.model_validate(one, from_attributes=True) for one in found[:POINTS]],
        is_complete=len(found) <= POINTS,
    )


def count_open(actor: Actor) -> int:
    """Return how many fires of the territory have not ended. Rule: FR-2."""
    return Fire.objects.visible_to(actor).filter(status__in=("reported", "confirmed", "out")).count()


def words_of() -> Words:
    """Return code -> Chinese and English of each word of the pack."""
    return {code: (zh, en) for code, zh, en in FireWord.objects.values_list("code", "name_zh", "name_en")}


def rows_of(fires: Sequence[Fire]) -> list[FireRow]:
    """Return fires as a list shows them, in a fixed number of statements."""
    words, names = words_of(), territory.names_of({one.grid_path for one in fires})
    places = _places(one.venue_id for one in fires)
    return [_row(one, words, names, places) for one in fires]


def _places(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in ids if one}
    return {pk: place.name for pk, place in venues.get_places(wanted).items()} if wanted else {}


def _row(one: Fire, words: Words, names: Mapping[str, str], places: Mapping[UUID, str]) -> FireRow:
    plain = {
        name: getattr(one, name)
        for name in FireRow.model_fields
        if name not in {"grid_name", "venue_name", "notice_zh", "notice_en"}
        and name[-3:] not in {"_zh", "_en"}
    }
    cause, place = (words.get(code, (code, code)) for code in (one.cause, one.place))
    return FireRow(
        **plain,
        grid_name=names.get(one.grid_path, one.grid_path),
        venue_name=places.get(one.venue_id, "") if one.venue_id else "",
        cause_zh=cause[0],
        cause_en=cause[1],
        place_zh=place[0],
        place_en=place[1],
        notice_zh=NOTICE_ZH,
        notice_en=NOTICE_EN,
    )


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), CHINA)
