"""Who and what is in a circle on the map. Rule: MP-7."""

from __future__ import annotations

from datetime import datetime
from math import cos, radians
from typing import Any

from django.db import connection

from wangge.cases import queries as cases
from wangge.cases.schemas import CaseFilter
from wangge.console.map_schemas import (
    CircleCase,
    CircleFilter,
    CircleKind,
    CircleMember,
    CircleOut,
    CirclePlace,
    CircleTeam,
)
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.distance import EARTH_M, metres_between
from wangge.patrols import queries as patrols
from wangge.teams import queries as teams
from wangge.territory import services as territory
from wangge.venues import queries as venues

SHOWN = 50
A_DEGREE_M = 111_195.0
_PLACES = f"""
WITH inside AS MATERIALIZED (
  SELECT * FROM (
    SELECT id, name, class_code, lon, lat, 2 * {EARTH_M} * asin(least(1, sqrt(
      sind((lat - %(lat)s) / 2) ^ 2 + cosd(lat) * cosd(%(lat)s) * sind((lon - %(lon)s) / 2) ^ 2))) AS metres
    FROM venues_venue
    WHERE lon BETWEEN %(west)s AND %(east)s AND lat BETWEEN %(south)s AND %(north)s
      AND starts_with(grid_path, %(scope)s) AND is_open AND merged_into_id IS NULL
  ) v WHERE metres <= %(radius)s)
(SELECT NULL::uuid, NULL::text, class_code, count(*)::float8, NULL::float8, NULL::float8
 FROM inside GROUP BY class_code)
UNION ALL
(SELECT id, name, class_code, metres, lon, lat FROM inside ORDER BY metres, id LIMIT %(most)s)
"""
Box = tuple[float, float, float, float]


def box_of(asked: CircleFilter) -> Box:
    """Return the box around a circle: west, south, east, north."""
    up = asked.radius_m / A_DEGREE_M * 1.001
    along = up / max(0.01, cos(radians(asked.lat)))
    return asked.lon - along, asked.lat - up, asked.lon + along, asked.lat + up


def get_circle(actor: Actor, asked: CircleFilter, *, at: datetime) -> CircleOut:
    """Return who and what of the actor's territory is in a circle, the nearest first.

    Of rooms that the post does not read nothing is told. Positions of people leave an audit row.
    Raises: NotYourRole.
    Rule:   MP-7.
    """
    actor.check_can("territory.read")
    found = CircleOut(
        places=None,
        by_kind=[],
        nearest=[],
        cases=None,
        cases_are_all=True,
        open_cases=[],
        grids=territory.list_touched(actor, asked.lon, asked.lat, asked.radius_m, at=at),
        members=[],
        has_members=actor.can("patrols.read"),
        teams=_teams(actor, asked),
        on=at.astimezone(CHINA).date(),
    )
    if actor.can("venues.read"):
        _put_places(found, actor, asked)
    if actor.can("cases.read"):
        _put_cases(found, actor, asked, at)
    if found.has_members:
        _put_members(found, actor, asked, at)
    return found


def _put_places(found: CircleOut, actor: Actor, asked: CircleFilter) -> None:
    west, south, east, north = box_of(asked)
    values: dict[str, Any] = {
        "lon": asked.lon,
        "lat": asked.lat,
        "radius": asked.radius_m,
        "scope": actor.scope,
        "most": SHOWN,
    }
    values |= {"west": west, "south": south, "east": east, "north": north}
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, values)
        rows = cursor.fetchall()
    names = {one.code: (one.name_zh, one.name_en) for one in venues.list_classes()}
    found.by_kind = sorted(
        (
            CircleKind(code=code, name_zh=names[code][0], name_en=names[code][1], count=int(count))
            for pk, _, code, count, _, _ in rows
            if pk is None
        ),
        key=lambda one: (-one.count, one.code),
    )
    found.places = sum(one.count for one in found.by_kind)
    found.nearest = [
        CirclePlace(
            id=pk,
            name=name,
            class_zh=names[code][0],
            class_en=names[code][1],
            metres=round(metres),
            lon=lon,
            lat=lat,
        )
        for pk, name, code, metres, lon, lat in rows
        if pk is not None
    ]


def _put_cases(found: CircleOut, actor: Actor, asked: CircleFilter, at: datetime) -> None:
    points = cases.list_points(actor, ",".join(map(str, box_of(asked))), CaseFilter.model_validate({}), at=at)
    inside = []
    for feature in points.features:
        lon, lat = feature["geometry"]["coordinates"]
        metres = metres_between((asked.lon, asked.lat), (lon, lat))
        if metres <= asked.radius_m:
            inside.append((metres, feature["properties"]))
    inside.sort(key=lambda one: (one[0], str(one[1]["id"])))
    found.cases, found.cases_are_all = len(inside), points.is_complete
    found.open_cases = [_case(metres, said) for metres, said in inside[:SHOWN]]


def _case(metres: float, said: dict[str, Any]) -> CircleCase:
    return CircleCase(
        id=said["id"],
        matter_zh=said["matter_zh"],
        matter_en=said["matter_en"],
        light=said["light"],
        metres=round(metres),
    )


def _put_members(found: CircleOut, actor: Actor, asked: CircleFilter, at: datetime) -> None:
    on_duty = patrols.list_on_duty(actor, at=at)
    patrols.note_looking(actor, on_duty, at=at)
    for one in on_duty.items:
        if one.lon is None or one.lat is None or one.seen_at is None:
            continue
        metres = metres_between((asked.lon, asked.lat), (one.lon, one.lat))
        if metres <= asked.radius_m:
            found.members.append(
                CircleMember(
                    user_id=one.user_id,
                    name=one.name,
                    grid_name=one.grid_name,
                    metres=round(metres),
                    seen_at=one.seen_at,
                )
            )
    found.members.sort(key=lambda one: (one.metres, one.user_id))


def _teams(actor: Actor, asked: CircleFilter) -> list[CircleTeam]:
    if not actor.can(teams.READ):
        return []
    near = [
        (metres_between((asked.lon, asked.lat), (one.lon, one.lat)), one)
        for one in teams.list_points(actor, box_of(asked))
    ]
    return [
        CircleTeam(id=one.id, name=one.name, kind_zh=one.kind_zh, kind_en=one.kind_en, metres=round(metres))
        for metres, one in sorted(near, key=lambda pair: (pair[0], pair[1].name))
        if metres <= asked.radius_m
    ][:SHOWN]
