"""Calls to a place: by cases, by seasons, by hand. Rule: VI-7."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import to_wgs84
from wangge.kernel.errors import NotVisible, Refused
from wangge.kernel.fates import Fate
from wangge.territory import queries as territory
from wangge.visits.installing import limits_in_force
from wangge.visits.models import Arrival, ArrivalTrigger
from wangge.visits.refusals import KindUnknown, OutsideTerritory
from wangge.visits.schemas import ArrivalCallIn

CALL = "visits.write"
JOB = "visits.call_arrivals"
LAYER = "comprehensive"
# A case calls once, by the first row of the pack that fits it. Its id is made of the case's.
BY_CASES = """
INSERT INTO visits_arrival (id, trigger, grid_path, case_id, season, text, address, lon, lat, least_photos,
                            called_at, due_at, photos, note)
SELECT md5('arrival' || c.id)::uuid, t.code, c.grid_path, c.id, '', left(c.text, 500), c.address, c.lon,
       c.lat, t.least_photos, c.reported_at, c.reported_at + make_interval(mins => t.within_minutes), '{}', ''
  FROM cases_case c
  JOIN LATERAL (
    SELECT r.code, r.within_minutes, r.least_photos FROM visits_arrivaltrigger r
     WHERE r.policy <> 'off' AND r.season = ''
       AND (r.channels <> '{}' OR r.matters <> '{}' OR r.severities <> '{}')
       AND (r.channels = '{}' OR c.channel = ANY(r.channels))
       AND (r.severities = '{}' OR c.severity = ANY(r.severities))
       AND (r.matters = '{}' OR EXISTS (
             SELECT FROM unnest(r.matters) AS m(code) WHERE starts_with(c.matter_code, m.code)))
     ORDER BY r.position LIMIT 1
  ) t ON true
 WHERE c.reported_at > %(since)s AND c.reported_at <= %(now)s AND c.closed_at IS NULL
   AND NOT c.is_restricted AND NOT c.fixed_on_spot
   AND NOT EXISTS (SELECT FROM visits_arrival a WHERE a.case_id = c.id)
ON CONFLICT DO NOTHING
"""
# A season that was declared calls to each of its grids once a day.
BY_SEASONS = """
INSERT INTO visits_arrival (id, trigger, grid_path, season, text, address, least_photos,
                            called_at, due_at, photos, note)
SELECT md5('arrival' || t.code || g.path || %(day)s)::uuid, t.code, g.path, t.season, t.name_zh, g.name,
       t.least_photos, %(begins)s, %(begins)s + make_interval(mins => t.within_minutes), '{}', ''
  FROM visits_arrivaltrigger t
  JOIN orders_seasonspell s ON s.season_code = t.season AND s.starts_on <= %(today)s AND s.ends_on > %(today)s
  JOIN territory_grid g ON starts_with(g.path, s.path) AND g.layer = %(layer)s
   AND g.valid_from <= %(now)s AND (g.valid_to IS NULL OR g.valid_to > %(now)s)
 WHERE t.policy <> 'off' AND t.season <> ''
ON CONFLICT DO NOTHING
"""
# Nobody has to come any more: the case ended, or the day of the season did.
ENDED = """
UPDATE visits_arrival a SET ended_at = coalesce(c.closed_at, a.due_at)
  FROM visits_arrival o LEFT JOIN cases_case c ON c.id = o.case_id
 WHERE a.id = o.id AND o.arrived_at IS NULL AND o.ended_at IS NULL
   AND (c.closed_at IS NOT NULL OR (o.season <> '' AND o.called_at < %(begins)s))
"""


@transaction.atomic
def call_arrivals(*, at: datetime) -> int:
    """Call somebody to each place that a trigger of the pack names, once; return how many calls are new.

    Rule: VI-7. Three statements for however many cases; what was called is not called again.
    """
    limits = limits_in_force()
    today = at.astimezone(CHINA).date()
    given: dict[str, Any] = {
        "since": at - timedelta(hours=limits.look_back_hours),
        "now": at,
        "today": today,
        "day": today.isoformat(),
        "begins": datetime.combine(today, datetime.min.time(), CHINA),
        "layer": LAYER,
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_CASES, given)
        count = int(cursor.rowcount)
        cursor.execute(BY_SEASONS, given)
        count += int(cursor.rowcount)
        cursor.execute(ENDED, given)
    return count


def call_by_hand(given: Sequence[ArrivalCallIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Call somebody to a place by hand: a call for help, an emergency that came by telephone. A fate each.

    Raises: NotYourRole, TooMany. Rule: VI-7.
    """
    actor.check_can(CALL)

    def settle(fresh: Sequence[ArrivalCallIn]) -> dict[UUID, Fate]:
        triggers = {row.code: row for row in ArrivalTrigger.objects.exclude(policy="off")}
        points = [to_wgs84(one.lon, one.lat, one.datum) for one in fresh]
        paths = territory.locate_many(np.array(points, dtype=np.float64).reshape(-1, 2), LAYER, at)
        made: list[Arrival] = []
        fates: dict[UUID, Fate] = {}
        for one, point, path in zip(fresh, points, paths, strict=True):
            try:
                made.append(_called(one, triggers.get(one.trigger), point, path, actor, at))
                fates[one.id] = Fate.applied(one.id, arrival_id=str(one.id))
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
        Arrival.objects.bulk_create(made)
        told = [("visits.call", "arrival", str(row.pk), {"trigger": row.trigger}) for row in made]
        audit.record(told, actor=actor, at=at)
        return fates

    return batches.apply_once(given, settle, kind="visits.call", actor=actor, at=at)


def _called(
    given: ArrivalCallIn,
    trigger: ArrivalTrigger | None,
    point: tuple[float, float],
    path: str | None,
    actor: Actor,
    at: datetime,
) -> Arrival:
    """Raises: KindUnknown, OutsideTerritory, NotVisible."""
    if trigger is None:
        raise KindUnknown(kind=given.trigger)
    if path is None:
        raise OutsideTerritory(lon=given.lon, lat=given.lat)
    if not actor.covers(path):
        raise NotVisible
    called_at = min(given.at, at)
    return Arrival(
        id=given.id,
        trigger=trigger.code,
        grid_path=path,
        text=given.text,
        address=given.address,
        lon=point[0],
        lat=point[1],
        least_photos=trigger.least_photos,
        called_at=called_at,
        due_at=called_at + timedelta(minutes=trigger.within_minutes),
        called_by=actor.user_id,
    )
