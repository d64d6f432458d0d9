"""Fires reported, and taken through the loop, in batches. Rule: FR-2, FR-3, FR-6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.fires.models import Fire, FireEvent, FireWord
from wangge.fires.queries import WRITE
from wangge.fires.rules import (
    FireAction,
    FireStatus,
    FireWrong,
    check_reason,
    check_times,
    step,
)
from wangge.fires.schemas import FireIn, FireStepIn
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.batches import apply_once
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.territory import queries as territory
from wangge.venues import queries as venues
from wangge.venues.schemas import VenueRow

LAYER = "comprehensive"
MOMENTS = {
    FireAction.CONFIRM: "confirmed_at",
    FireAction.TURN_OUT: "out_at",
    FireAction.END: "ended_at",
    FireAction.DISMISS: "ended_at",
}
FIGURES = ("cause", "place", "dead", "injured", "loss_fen")


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of the places that a batch names."""

    places: Mapping[UUID, VenueRow]
    paths: Mapping[str, str]
    words: frozenset[str]
    there: Mapping[UUID, str]  # fires that are recorded already, and where


def report_fires(given: Sequence[FireIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Record fires that were heard of, one fate an item.

    Raises: NotYourRole, TooMany.
    Rule:   FR-2 (HB-01: it begins with what was heard of), FR-6 (inside the own territory).
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[FireIn]) -> dict[UUID, Fate]:
        ground = look(fresh)
        fates: dict[UUID, Fate] = {}
        rows, events = list[Fire](), list[FireEvent]()
        for one in fresh:
            try:
                row = _reported(one, ground, {row.pk for row in rows}, actor, at)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
                continue
            rows.append(row)
            events.append(_event(one.id, row.pk, "report", one.occurred_at, actor, at, {"text": one.text}))
            fates[one.id] = Fate.applied(one.id, fire_id=str(row.pk), version=1)
        Fire.objects.bulk_create(rows)
        FireEvent.objects.bulk_create(events)
        audit.record([("fires.report", "fire", str(row.pk), {}) for row in rows], actor=actor, at=at)
        return fates

    return apply_once(given, settle, kind="fires.report", actor=actor, at=at)


def take_fire_steps(given: Sequence[FireStepIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Take fires through the loop, and state their figures; one fate an item, in order.

    Raises: NotYourRole, TooMany.
    Rule:   FR-2, FR-3: what is corrected after the end has a reason and stays in the steps.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[FireStepIn]) -> dict[UUID, Fate]:
        own = Fire.objects.visible_to(actor).filter(pk__in={one.fire_id for one in fresh})
        fires = own.select_for_update().order_by("pk").in_bulk()
        words = known_words()
        fates, events = {}, []
        for one in fresh:
            try:
                detail = _step(fires.get(one.fire_id), one, words, at)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
                continue
            events.append(_event(one.id, one.fire_id, one.action.value, one.at or at, actor, at, detail))
            fire = fires[one.fire_id]
            fates[one.id] = Fate.applied(one.id, status=fire.status, version=fire.version)
        changed = {event.fire_id for event in events}
        Fire.objects.bulk_update(
            [fires[pk] for pk in changed],
            ["status", *set(MOMENTS.values()), *FIGURES, "version", "updated_at"],
        )
        FireEvent.objects.bulk_create(events)
        told = [(f"fires.{event.action}", "fire", str(event.fire_id), event.detail) for event in events]
        audit.record(told, actor=actor, at=at)
        return fates

    return apply_once(given, settle, kind="fires.step", actor=actor, at=at)


def known_words() -> frozenset[str]:
    """Return the codes of causes and places of the pack, and none."""
    return frozenset({"", *FireWord.objects.values_list("code", flat=True)})


def look(fresh: Sequence[FireIn]) -> Ground:
    """Return what is known of the places that are named, in a fixed number of statements."""
    return Ground(
        venues.get_places({one.venue_id for one in fresh if one.venue_id}),
        territory.names_of({one.grid_path for one in fresh if one.grid_path}),
        known_words(),
        dict(Fire.objects.filter(pk__in={one.fire_id for one in fresh}).values_list("pk", "grid_path")),
    )


def _reported(one: FireIn, ground: Ground, made: set[UUID], actor: Actor, at: datetime) -> Fire:
    if not actor.covers(ground.there.get(one.fire_id, actor.scope)):
        raise NotVisible()
    if one.fire_id in ground.there or one.fire_id in made:
        raise FireWrong(why_zh="这起火情已登记", why_en="this fire is recorded already")
    check_words(one.cause, one.place, ground.words)
    check_times(last_at=one.occurred_at, at=one.occurred_at, now=at)
    place = ground.places.get(one.venue_id) if one.venue_id else None
    if one.venue_id and (place is None or not actor.covers(place.grid_path or "")):
        raise NotVisible()
    lon, lat = (one.lon, one.lat) if one.lon is not None and one.lat is not None else (None, None)
    if place and lon is None:
        lon, lat = place.lon, place.lat
    path = place.grid_path if place else where(one.grid_path, lon, lat, ground.paths, at)
    if not path or not actor.covers(path):
        raise NotVisible()
    return Fire(
        id=one.fire_id,
        grid_path=path,
        lon=lon,
        lat=lat,
        address=one.address or (place.address if place else "")[:128],
        venue_id=one.venue_id,
        source=one.source.value,
        cause=one.cause,
        place=one.place,
        status=FireStatus.REPORTED.value,
        occurred_at=one.occurred_at,
        text=one.text,
        recorded_at=at,
        updated_at=at,
    )


def where(
    path: str, lon: float | None, lat: float | None, known: Mapping[str, str], at: datetime
) -> str | None:
    """Return the grid or territory of a fire. Raises: FireWrong if nothing says where it was. Rule: FR-6."""
    if path:
        return path if path in known else None
    if lon is None or lat is None:
        raise FireWrong(why_zh="应写明位置、场所或网格", why_en="say a point, a place or a grid")
    return territory.locate(lon, lat, LAYER, at)


def check_words(cause: str, place: str, words: frozenset[str]) -> None:
    """Raises: FireWrong for a cause or kind of place that the pack does not know. Rule: FR-5."""
    for code in (cause, place):
        if code not in words:
            raise FireWrong(why_zh=f"规则包没有“{code}”", why_en=f"the pack does not know {code}")


def _step(fire: Fire | None, one: FireStepIn, words: frozenset[str], now: datetime) -> dict[str, Any]:
    """Change the fire, and return what the step says."""
    if fire is None:
        raise NotVisible()
    if fire.version != one.base_version:
        raise VersionConflict(current=fire.version, given=one.base_version)
    status = FireStatus(fire.status)
    after = step(status, one.action)
    check_reason(status, one.action, one.note)
    check_words(one.cause or "", one.place or "", words)
    if moment := MOMENTS.get(one.action):
        last = max(filter(None, (fire.occurred_at, fire.confirmed_at, fire.out_at)))
        setattr(fire, moment, check_times(last_at=last, at=one.at or now, now=now))
    detail: dict[str, Any] = {"note": one.note} if one.note else {}
    for name in FIGURES:
        value = getattr(one, name)
        if value is not None and value != getattr(fire, name):
            detail[name] = f"{getattr(fire, name)} → {value}"
            setattr(fire, name, value)
    fire.status, fire.version, fire.updated_at = after.value, fire.version + 1, now
    return detail


def _event(
    key: UUID, fire: UUID, action: str, moment: datetime, actor: Actor, at: datetime, detail: dict[str, Any]
) -> FireEvent:
    return FireEvent(
        id=key, fire_id=fire, action=action, at=moment, written_at=at, by_id=actor.user_id, detail=detail
    )
