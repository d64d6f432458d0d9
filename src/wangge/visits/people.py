"""The register of people who are visited: written in batches, revealed one by one. Rule: VI-9, VI-10."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import to_wgs84
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.kernel.secrets import decrypt, encrypt
from wangge.territory import queries as territory
from wangge.visits.installing import groups_in_force
from wangge.visits.models import Person
from wangge.visits.refusals import GroupUnknown, OutsideTerritory, PersonLeft, ReportIncomplete
from wangge.visits.schemas import RevealedVisited, VisitedPersonIn

WRITE, REVEAL = "visits.write", "visits.reveal"
LAYER = "comprehensive"
CHANGED = ("grid_path", "sealed_name", "sealed_phone", "address", "lon", "lat", "groups", "updated_at")


def save_people(given: Sequence[VisitedPersonIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Write people into the register, new or changed, a fate each, in order.

    Shape:  len(fates) == len(given); a repeated command id gives the fate of its first time.
    Raises: NotYourRole, TooMany.
    Rule:   VI-9. The grid is found from the point. What comes in masked stays as it is.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[VisitedPersonIn]) -> dict[UUID, Fate]:
        return write_people(fresh, actor, at)

    return batches.apply_once(given, settle, kind="visits.person", actor=actor, at=at)


def write_people(given: Sequence[VisitedPersonIn], actor: Actor, at: datetime) -> dict[UUID, Fate]:
    """Return the fates of people who are written; who may is for the caller to say. Rule: VI-9."""
    standing = {
        row.pk: row
        for row in Person.objects.visible_to(actor)
        .filter(pk__in={one.person_id for one in given})
        .select_for_update()
        .order_by("pk")
    }
    hidden = set(Person.objects.filter(pk__in={one.person_id for one in given}).values_list("pk", flat=True))
    points = [to_wgs84(one.lon, one.lat, one.datum) for one in given]
    paths = territory.locate_many(np.array(points, dtype=np.float64).reshape(-1, 2), LAYER, at)
    known = groups_in_force().keys()
    fates: dict[UUID, Fate] = {}
    changed: dict[UUID, Person] = {}
    for one, point, path in zip(given, points, paths, strict=True):
        try:
            if one.person_id in hidden and one.person_id not in standing:
                raise NotVisible
            row = standing.get(one.person_id)
            grid = _check(one, row, path, known, actor)
            row = row or _started(one, actor, at)
        except Refused as refusal:
            fates[one.id] = Fate.refused(one.id, refusal)
            continue
        _fill(row, one, point, grid, at)
        standing[one.person_id] = changed[row.pk] = row
        fates[one.id] = Fate.applied(
            one.id, person_id=str(row.pk), version=row.version, grid_path=row.grid_path
        )
    new = [row for row in changed.values() if row._state.adding]
    Person.objects.bulk_create(new)
    old = [row for row in changed.values() if row not in new]
    Person.objects.bulk_update(old, [*CHANGED, "version"])
    audit.record(
        [("visits.person", "person", str(row.pk), {"version": row.version}) for row in changed.values()],
        actor=actor,
        at=at,
    )
    return fates


def _check(
    given: VisitedPersonIn, row: Person | None, path: str | None, known: Collection[str], actor: Actor
) -> str:
    """Return the grid. Raises: VersionConflict, PersonLeft, OutsideTerritory, NotVisible, GroupUnknown."""
    version = row.version if row else 0
    if given.base_version != version:
        raise VersionConflict(current=version, given=given.base_version)
    if row is not None and row.ended_on is not None:
        raise PersonLeft()
    if path is None:
        raise OutsideTerritory(lon=given.lon, lat=given.lat)
    if not actor.covers(path):
        raise NotVisible
    if strange := [one for one in given.groups or () if one not in known]:
        raise GroupUnknown(group=strange[0])
    return path


def _started(given: VisitedPersonIn, actor: Actor, at: datetime) -> Person:
    """Return somebody new. Raises: ReportIncomplete."""
    if not given.groups:
        raise ReportIncomplete(what_zh="走访对象类别", what_en="the group of people")
    since = given.at.astimezone(CHINA).date()
    return Person(
        id=given.person_id,
        created_at=at,
        created_by=actor.user_id,
        version=0,
        since_on=since,
        sealed_name=b"",
    )


def _fill(row: Person, given: VisitedPersonIn, point: tuple[float, float], path: str, at: datetime) -> None:
    """Write what was given; what comes in masked stays as it is."""
    if "*" not in given.name:
        row.sealed_name = encrypt(given.name)
    if "*" not in given.phone and "phone" in given.model_fields_set:
        row.sealed_phone = encrypt(given.phone) if given.phone else None
    if given.groups:
        row.groups = list(dict.fromkeys(given.groups))
    row.address, (row.lon, row.lat), row.grid_path = given.address, point, path
    row.version += 1
    row.updated_at = at


@transaction.atomic
def reveal_person(person_id: UUID, reason: str, *, actor: Actor, at: datetime) -> RevealedVisited:
    """Return the name, the phone and the groups of a person as they are, and leave an audit row.

    Raises: NotYourRole, NotVisible.
    Rule:   VI-10 (domain.md §2.15). The row holds the reason, never what was read.
    """
    actor.check_can(REVEAL)
    row = Person.objects.visible_to(actor).filter(pk=person_id).first()
    if row is None:
        raise NotVisible()
    audit.record([(REVEAL, "person", str(row.pk), {"reason": reason.strip()})], actor=actor, at=at)
    phone = decrypt(row.sealed_phone) if row.sealed_phone else ""
    return RevealedVisited(name=decrypt(row.sealed_name), phone=phone, groups=list(row.groups))
