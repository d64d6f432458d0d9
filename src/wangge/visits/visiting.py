"""Visits to people, in batches from phones. Rule: VI-4, VI-6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.kernel import audit, batches, files
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import to_wgs84
from wangge.kernel.errors import NotVisible, NotYourRole, Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.photos import from_json
from wangge.visits.installing import limits_in_force
from wangge.visits.models import Person, Visit
from wangge.visits.refusals import PersonLeft
from wangge.visits.rules import (
    ENDS,
    PersonOutcome,
    ProofLimits,
    check_moment,
    check_photos,
    is_near,
    metres_off,
)
from wangge.visits.schemas import VisitIn

DO = "visits.do"
Stored = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the proofs of a batch are judged by."""

    limits: ProofLimits
    stored: Stored
    at: datetime


def record_visits(given: Sequence[VisitIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep visits to people, one fate an item, in order.

    Shape:  len(fates) == len(given); a repeated command id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   VI-4, VI-6. A visit far from the home is kept and says so; nobody is refused for a bad position.
    """

    def settle(fresh: Sequence[VisitIn]) -> dict[UUID, Fate]:
        if not actor.can(DO):
            refusal = NotYourRole(capability=DO, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        people = Person.objects.visible_to(actor).filter(pk__in={one.person_id for one in fresh})
        known = {row.pk: row for row in people.select_for_update().order_by("pk")}
        bounds = bounds_of([digest for one in fresh for digest in one.photos], at)
        made: list[Visit] = []
        fates: dict[UUID, Fate] = {}
        for one in fresh:
            try:
                visit = _visit(one, known.get(one.person_id), bounds, actor)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
                continue
            made.append(visit)
            _apply(known[one.person_id], visit, at)
            fates[one.id] = Fate.applied(one.id, person_id=str(one.person_id), is_near=visit.is_near)
        Visit.objects.bulk_create(made)
        changed = [known[pk] for pk in sorted({visit.person_id for visit in made})]
        Person.objects.bulk_update(
            changed, ["last_met_on", "last_tried_on", "ended_on", "version", "updated_at"]
        )
        told = [("visits.visit", "person", str(v.person_id), {"outcome": v.outcome}) for v in made]
        audit.record(told, actor=actor, at=at)
        return fates

    return batches.apply_once(given, settle, kind="visits.visit", actor=actor, at=at)


def bounds_of(digests: Sequence[str], at: datetime) -> Bounds:
    """Return the pack's bounds and what the photos of a batch say of themselves, in two statements."""
    return Bounds(limits_in_force(), files.facts_of(digests), at)


def check_proof(told_at: datetime, photos: Sequence[str], bounds: Bounds) -> None:
    """Raises: InTheFuture, TooLate, PhotoTooOld; Unreadable for a photo that never arrived. Rule: VI-6."""
    check_moment(told_at, bounds.at, bounds.limits)
    if missing := sorted({one for one in photos if one not in bounds.stored}):
        raise Unreadable(
            field="photos",
            why_zh=f"这些照片尚未上传：{', '.join(missing)}",
            why_en=f"these photos were not uploaded: {', '.join(missing)}",
        )
    taken = [bounds.stored[one] for one in photos if bounds.stored[one]]
    moments = [moment for one in taken if (moment := from_json(one).taken_at)]
    check_photos(moments, told_at, bounds.limits)


def _visit(given: VisitIn, person: Person | None, bounds: Bounds, actor: Actor) -> Visit:
    """Raises: NotVisible, PersonLeft; as `check_proof`."""
    if person is None:
        raise NotVisible
    if person.ended_on is not None:
        raise PersonLeft()
    check_proof(given.at, given.photos, bounds)
    visit = Visit(
        id=given.id,
        person=person,
        grid_path=person.grid_path,
        at=given.at,
        on=given.at.astimezone(CHINA).date(),
        by=actor.user_id,
        outcome=given.outcome.value,
        note=given.note,
        photos=given.photos,
    )
    if given.lon is not None and given.lat is not None:
        here = visit.lon, visit.lat = to_wgs84(given.lon, given.lat, given.datum)
        home = (person.lon, person.lat)
        visit.is_near = is_near(home, here, given.accuracy_m, bounds.limits)
        visit.off_m = round(metres_off(home, here, given.accuracy_m, bounds.limits))
    return visit


def _apply(person: Person, visit: Visit, at: datetime) -> None:
    """Change the person in memory, so that a second visit of the batch sees it."""
    person.last_tried_on = max(person.last_tried_on or visit.on, visit.on)
    if visit.outcome == PersonOutcome.MET:
        person.last_met_on = max(person.last_met_on or visit.on, visit.on)
    if visit.outcome in ENDS:
        person.ended_on = max(visit.on, person.since_on)
    person.version += 1
    person.updated_at = at
