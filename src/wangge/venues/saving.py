"""Dossiers written by hand: a fate each, the grid found from the point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from django.db import transaction

from wangge.kernel import audit, jobs, receipts, staging
from wangge.kernel.actor import Actor
from wangge.kernel.datum import check_position
from wangge.kernel.errors import NotVisible, Refused, Unreadable, VersionConflict
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.identity import check_credit_code
from wangge.kernel.secrets import decrypt, encrypt
from wangge.territory import queries as territory
from wangge.venues import history
from wangge.venues.merging import check_stands
from wangge.venues.models import Venue, VenueChange, VenueClass
from wangge.venues.placing import Place
from wangge.venues.rules import RECKON_DUE, Way, initials_for, is_masked
from wangge.venues.schemas import VenueIn

SOURCE = "manual"  # the register that people keep by hand
LAYER = "comprehensive"
MOST = 500
NEAR_M = 1_000.0  # VE-4: a point in no grid still belongs to the caller if his nearest grid is this near
COMMANDS = UUID("019a9f6e-5b1c-7d2e-8f30-2b64c1d0e5aa")  # a dossier and its version make one command id
PLAIN = ("code", "name", "tags", "address", "lon", "lat", "area_m2", "is_open")


class CodeTaken(Refused):
    code = "venues.code_taken"
    zh = "编号“{number}”已被同一来源的另一场所使用。请换一个编号。"
    en = "Code {number} belongs to another venue of the same source. Use another."


@dataclass(slots=True)
class Ground:
    """What the dossiers of one batch are judged by."""

    actor: Actor
    at: datetime
    standing: dict[UUID, Venue]  # visible and locked
    hidden: set[UUID]  # there, but outside the caller's grids
    classes: frozenset[str]
    places: dict[UUID, Place | None]
    codes: dict[tuple[str, str], UUID]
    changes: list[VenueChange] = field(default_factory=list)
    way: Way = Way.HAND
    source: str = ""


@transaction.atomic
def save_venues(
    venues: Sequence[VenueIn], *, actor: Actor, at: datetime, way: Way = Way.HAND, source: str = ""
) -> list[Fate]:
    """Add or change dossiers, one fate an item, in order; a fate carries the id of its dossier.

    `way` and `source` say in the history how it was found out.

    Shape:  len(fates) == len(venues); the same dossier sent twice is done once.
    Raises: NotYourRole; Unreadable beyond 500 items.
    Rule:   VE-1, VE-2, VE-4, VE-7.
    """
    actor.check_can("venues.write")
    if len(venues) > MOST:
        raise Unreadable(field="venues", why_zh=f"一次最多 {MOST} 条", why_en=f"at most {MOST} at a time")
    staging.lock_name(f"venues:{SOURCE}")
    keys = [uuid5(COMMANDS, f"{v.id}:{v.base_version}") for v in venues]
    digests = {
        key: receipts.digest_of(v.model_dump(mode="json")) for key, v in zip(keys, venues, strict=True)
    }
    before = receipts.settle_repeats(digests, actor=actor)
    ground = _ground(venues, actor, at)
    ground.way, ground.source = way, source
    changed: dict[UUID, Venue] = {}
    fates, applied = [], []
    for venue, key in zip(venues, keys, strict=True):
        fate = before.get(key)
        if fate is None or fate.outcome is not Outcome.REPEATED:
            fate = _save(venue, ground, changed)
            if fate.outcome is Outcome.APPLIED:
                applied.append(replace(fate, command_id=key))
                before[key] = Fate.repeated(key, fate.result)
        fates.append(replace(fate, command_id=venue.id))
    _write(changed)
    history.write(ground.changes)
    if moved := [str(one.venue_id) for one in ground.changes if "class_code" in one.fields]:
        jobs.defer(RECKON_DUE, kinds=None, venue_ids=moved)
    receipts.record(applied, digests, kind="venues.save", actor=actor, at=at)
    audit.record(
        (("venues.save", "venue", str(v.pk), {"version": v.version}) for v in changed.values()),
        actor=actor,
        at=at,
    )
    return fates


def _ground(venues: Sequence[VenueIn], actor: Actor, at: datetime) -> Ground:
    ids = {v.id for v in venues}
    standing = {
        v.pk: v for v in Venue.objects.visible_to(actor).filter(pk__in=ids).select_for_update().order_by("pk")
    }
    there = set(Venue.objects.filter(pk__in=ids).values_list("pk", flat=True))
    codes = Venue.objects.filter(
        code__in={v.code for v in venues}, source__in={SOURCE, *(v.source for v in standing.values())}
    )
    return Ground(
        actor=actor,
        at=at,
        standing=standing,
        hidden=there - standing.keys(),
        classes=frozenset(VenueClass.objects.values_list("code", flat=True)),
        places=_places(venues, actor, at),
        codes={(source, code): pk for source, code, pk in codes.values_list("source", "code", "pk")},
    )


def _places(venues: Sequence[VenueIn], actor: Actor, at: datetime) -> dict[UUID, Place | None]:
    """Return the place of each dossier inside the caller's scope, None outside it. Rule: VE-4."""
    if not venues:
        return {}
    points = np.array([(v.lon, v.lat) for v in venues], dtype=np.float64)
    found = territory.locate_many(points, LAYER, at)
    places = {
        venue.id: Place(path) if path and actor.covers(path) else None
        for venue, path in zip(venues, found, strict=True)
    }
    lost = [i for i, path in enumerate(found) if path is None]
    for i, near in zip(lost, territory.nearest_many(points[lost], LAYER, at) if lost else [], strict=True):
        if near is not None and actor.covers(near[0]) and near[1] <= NEAR_M:
            places[venues[i].id] = Place(actor.scope, True, near[0], round(near[1], 1))
    return places


def _save(given: VenueIn, ground: Ground, changed: dict[UUID, Venue]) -> Fate:
    try:
        venue = _check(given, ground)
    except Refused as refusal:
        return Fate.refused(given.id, refusal)
    ground.codes[venue.source, given.code] = venue.pk
    ground.standing[venue.pk] = venue
    changed[venue.pk] = venue
    return Fate.applied(given.id, version=venue.version, grid_path=venue.grid_path, is_orphan=venue.is_orphan)


def _check(given: VenueIn, ground: Ground) -> Venue:
    """Return the dossier as it will be.

    Raises: NotVisible, Merged, VersionConflict, CodeTaken, Unreadable.
    """
    check_position(given.lon, given.lat)
    place = ground.places[given.id]
    if given.id in ground.hidden or place is None:
        raise NotVisible
    venue = ground.standing.get(given.id)
    if venue is not None:
        check_stands(venue)
    version = venue.version if venue else 0
    if version != given.base_version:
        raise VersionConflict(current=version, given=given.base_version)
    if given.class_code not in ground.classes:
        raise Unreadable(field="class_code", why_zh="没有这种场所类别", why_en="there is no such class")
    credit_code = check_credit_code(given.credit_code) if given.credit_code else ""
    source = venue.source if venue else SOURCE
    if ground.codes.get((source, given.code), given.id) != given.id:
        raise CodeTaken(number=given.code)
    before = history.values_of(venue) if venue else None
    venue = venue or Venue(id=given.id, source=source, created_at=ground.at, version=0)
    _fill(venue, given, place, credit_code, ground.at)
    change = history.change_of(before, venue, ground.way, actor=ground.actor, at=ground.at)
    change.source = ground.source
    ground.changes.append(change)
    return venue


def _fill(venue: Venue, given: VenueIn, place: Place, credit_code: str, at: datetime) -> None:
    values: Mapping[str, Any] = given.model_dump(include=set(PLAIN))
    for name, value in values.items():
        setattr(venue, name, value)
    if "height_m" in given.model_fields_set:  # older senders do not know it
        venue.height_m = given.height_m
    venue.venue_class_id = given.class_code
    venue.grid_path, venue.is_orphan = place.grid_path, place.is_orphan
    venue.nearest_path, venue.nearest_m = place.nearest_path, place.nearest_m
    venue.credit_code = credit_code
    if not is_masked(given.keeper_name):  # VE-6: what went out masked comes back masked
        venue.keeper_name = given.keeper_name
    venue.initials = initials_for(venue.name, venue.keeper_name, venue.address)
    if not is_masked(given.keeper_phone) and given.keeper_phone != _phone_of(venue):
        venue.keeper_phone = encrypt(given.keeper_phone) if given.keeper_phone else None
    venue.version += 1
    venue.updated_at = at


def _phone_of(venue: Venue) -> str:
    return decrypt(venue.keeper_phone) if venue.keeper_phone else ""


def _write(changed: Mapping[UUID, Venue]) -> None:
    new = [venue for venue in changed.values() if venue._state.adding]
    old = [venue for venue in changed.values() if not venue._state.adding]
    kept = {"id", "source", "created_at", "words"}
    fields = [f.name for f in Venue._meta.concrete_fields if f.name not in kept]
    Venue.objects.bulk_create(new)
    Venue.objects.bulk_update(old, fields)
