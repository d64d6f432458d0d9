"""Who can come to a place: the nearest teams. Rule: TM-6 (SX-19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from wangge.kernel.actor import Actor
from wangge.kernel.datum import check_position
from wangge.kernel.distance import Point
from wangge.teams import queries, wanting
from wangge.teams.models import Team, TeamKind
from wangge.teams.rules import Want, box_around, nearest, serves
from wangge.teams.schemas import NearTeamOut
from wangge.territory import queries as territory

BOXES_M = (2_000.0, 8_000.0, 32_000.0)  # looked at one after the other; then the whole territory
LAYER = "comprehensive"


def list_nearest(
    actor: Actor, point: Point, *, kind: str, count: int, on: date, at: datetime
) -> list[NearTeamOut]:
    """Return the nearest teams that can be called to a place (WGS-84), nearest first, as the crow flies.

    Those whose area holds the place are marked; what a team lacks is said.
    Raises: NotYourRole, Unreadable.
    Rule:   TM-6 (SX-19: 快响直达).
    """
    actor.check_can(queries.READ)
    check_position(*point)
    kinds = {one.code: one for one in TeamKind.objects.filter(comes=True)}
    wanted = [one for one in kinds if kind in ("", one)]
    found = _nearest(actor, point, wanted, count)
    known = wanting.wants_of_teams([team for team, _ in found], wanting.asked_of(kinds.values()), on=on)
    path = territory.locate(*point, LAYER, at) or ""
    return [_shown(team, kinds, metres, path, known[team.pk][1]) for team, metres in found]


def _nearest(actor: Actor, point: Point, kinds: Sequence[str], count: int) -> list[tuple[Team, float]]:
    """Return the nearest teams: of a box only those that are no farther than its edge are sure."""
    teams = Team.objects.visible_to(actor).filter(is_standing=True, kind__in=kinds)
    for within_m in BOXES_M:
        west, south, east, north = box_around(point, within_m)
        inside = teams.filter(lat__range=(south, north), lon__range=(west, east))
        found = nearest(point, ((team, team.lon, team.lat) for team in inside), count)
        if len(found) == count and found[-1][1] <= within_m:
            return found
    keys = nearest(point, teams.values_list("pk", "lon", "lat"), count)
    whole = Team.objects.in_bulk([key for key, _ in keys])
    return [(whole[key], metres) for key, metres in keys]


def _shown(
    team: Team, kinds: dict[str, TeamKind], metres: float, path: str, wants: list[Want]
) -> NearTeamOut:
    kind = kinds[team.kind]
    return NearTeamOut(
        id=team.pk,
        kind_zh=kind.name_zh,
        kind_en=kind.name_en,
        name=team.name,
        address=team.address,
        duty_phone=queries.phone_of(team.sealed_duty_phone),
        distance_m=round(metres),
        serves=serves(metres, team.radius_m, path, team.areas),
        target_minutes=kind.target_minutes,
        is_confirmed=kind.is_confirmed,
        wants=wants,
    )
