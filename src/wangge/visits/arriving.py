"""Arrivals with their proof, in batches from phones. Rule: VI-6, VI-7."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np

from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.datum import to_wgs84
from wangge.kernel.errors import NotVisible, NotYourRole, Refused
from wangge.kernel.fates import Fate
from wangge.territory import queries as territory
from wangge.visits.models import Arrival
from wangge.visits.refusals import PositionMissing
from wangge.visits.rules import Call, check_arrival, minutes_until
from wangge.visits.schemas import ArriveIn
from wangge.visits.visiting import DO, Bounds, bounds_of, check_proof

LAYER = "comprehensive"
CHANGED = ("arrived_at", "arrived_by", "arrived_lon", "arrived_lat", "off_m", "photos", "note")


def record_arrivals(given: Sequence[ArriveIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep who arrived where a call asked for somebody, one fate an item, in order.

    Shape:  len(fates) == len(given); a repeated command id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   VI-6, VI-7. The first who arrives answers the call; a second is told so.
    """

    def settle(fresh: Sequence[ArriveIn]) -> dict[UUID, Fate]:
        if not actor.can(DO):
            refusal = NotYourRole(capability=DO, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        calls = Arrival.objects.visible_to(actor).filter(pk__in={one.arrival_id for one in fresh})
        known = {row.pk: row for row in calls.select_for_update().order_by("pk")}
        bounds = bounds_of([digest for one in fresh for digest in one.photos], at)
        done: dict[UUID, Arrival] = {}
        fates: dict[UUID, Fate] = {}
        for one in fresh:
            try:
                row = _arrive(one, known.get(one.arrival_id), bounds, actor)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
                continue
            done[row.pk] = row
            fates[one.id] = Fate.applied(one.id, arrival_id=str(row.pk), off_m=row.off_m)
        Arrival.objects.bulk_update(list(done.values()), CHANGED)
        told = [("visits.arrive", "arrival", str(row.pk), _told(row)) for row in done.values()]
        audit.record(told, actor=actor, at=at)
        return fates

    return batches.apply_once(given, settle, kind="visits.arrive", actor=actor, at=at)


def _told(row: Arrival) -> dict[str, object]:
    assert row.arrived_at is not None
    return {"trigger": row.trigger, "minutes": minutes_until(row.called_at, row.arrived_at)}


def _arrive(given: ArriveIn, row: Arrival | None, bounds: Bounds, actor: Actor) -> Arrival:
    """Raises: NotVisible, PositionMissing; as `check_proof` and `check_arrival`."""
    if row is None:
        raise NotVisible
    if given.lon is None or given.lat is None:
        raise PositionMissing()
    check_proof(given.at, given.photos, bounds)
    here = to_wgs84(given.lon, given.lat, given.datum)
    point = (row.lon, row.lat) if row.lon is not None and row.lat is not None else None
    [path] = territory.locate_many(np.array([here]), LAYER, bounds.at) if point is None else [None]
    off = check_arrival(
        Call(
            called_at=row.called_at,
            due_at=row.due_at,
            arrived=row.arrived_at is not None,
            ended=row.ended_at is not None,
            point=point,
            grid_path=row.grid_path,
            least_photos=row.least_photos,
        ),
        told_at=given.at,
        here=here,
        here_path=path,
        accuracy_m=given.accuracy_m,
        photos=len(given.photos),
        limits=bounds.limits,
    )
    row.arrived_at, row.arrived_by = given.at, actor.user_id
    row.arrived_lon, row.arrived_lat = here
    row.off_m = None if off is None else round(off)
    row.photos, row.note = list(given.photos), given.note
    return row
