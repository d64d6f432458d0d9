"""Teams, bodies and notice boards of the demo city; some lack something, and lists show it (TW-10)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate
from wangge.kernel.ids import id_at
from wangge.teams import services as teams
from wangge.teams.schemas import TeamIn
from wangge.twin import words
from wangge.twin.city import City, GridSeed

NO_PHONE = "0000-0000{n:03}"  # nobody's: made up, and seen to be
HOSES = {"kind": "hose", "name": "水带水枪", "count": 4, "storage": "值班室器材柜", "interval_days": 90}
BOTTLES = {
    "kind": "extinguisher",
    "name": "灭火器",
    "count": 12,
    "storage": "值班室门外",
    "interval_days": 30,
}
RADIOS = {"kind": "radio", "name": "对讲机", "count": 6, "storage": "值班室"}
ENGINE = {"kind": "vehicle", "name": "消防车", "count": 1, "storage": "车库", "serial": "示范-01"}


class CannotBeManned(Exception):
    """The city refused a team of the demo: a mistake in the twin."""


def arrange_forces(city: City, *, admin: Actor, at: datetime) -> None:
    """Give each street its station and each community its micro station; publish the boards of a street.

    Rule: TW-10. One micro station has no leader and too few people, the next one overdue equipment.
    """
    maker = _Maker(city.seed, at)
    streets = [d for d in city.divisions if len(d.code) == 9]
    communities = [d for d in city.divisions if len(d.code) == 12]
    made = [maker.station(d.name, d.path, _first_in(city, d.path)) for d in streets]
    made += [maker.micro(n, d.name, d.path, _first_in(city, d.path)) for n, d in enumerate(communities)]
    district = next(d for d in city.divisions if len(d.code) == 6)
    staff = accounts.ids_of([p.username for p in city.people if p.username.startswith("chief")])
    made.append(maker.mobile(district.name, district.path, city.grids[-1], sorted(staff.values())))
    _check(teams.save_teams([TeamIn.model_validate(one) for one in made], actor=admin, at=at))
    _convene(streets[0].path, streets[0].name, sorted(staff.values())[0], admin, at, maker)
    teams.publish_boards("comprehensive", streets[0].path, actor=admin, at=at)


def _first_in(city: City, path: str) -> GridSeed:
    return next(grid for grid in city.grids if grid.path.startswith(path))


def _check(fates: Sequence[Fate]) -> None:
    if wrong := [fate.en for fate in fates if fate.status != 200]:
        raise CannotBeManned(str(wrong[:3]))


def _convene(path: str, name: str, chair: int, admin: Actor, at: datetime, maker: _Maker) -> None:
    """The first street has its committee, which met a week ago; the other one's is missing."""
    offices = [one for one in accounts.list_departments(admin) if one.path.startswith(path)]
    body = {
        "id": maker.id(), "body_id": maker.id(), "kind": "fire_committee", "path": path,
        "name": f"{name}消防安全委员会", "chair_id": chair, "chair_title": "街道主任",
        "since_on": maker.today - timedelta(days=300),
        "members": [{"department_id": one.id} for one in offices],
    }  # fmt: skip
    _check(teams.save_bodies([teams.BodyIn.model_validate(body)], actor=admin, at=at))
    met = {
        "id": maker.id(), "body_id": body["body_id"], "held_on": maker.today - timedelta(days=7),
        "topic": "月度消防安全例会", "decision": "对沿街商铺开展一次针对性检查，月底前报结果。",
    }  # fmt: skip
    _check(teams.record_meetings([teams.MeetingIn.model_validate(met)], actor=admin, at=at))


class _Maker:
    """Teams by a seed: equal for equal seed and moment."""

    def __init__(self, seed: int, at: datetime) -> None:
        self.rng, self.at, self.count = random.Random(f"{seed}:forces"), at, 0
        self.today: date = at.astimezone(CHINA).date()

    def id(self) -> Any:
        return id_at(self.at, self.rng)

    def station(self, name: str, path: str, grid: GridSeed) -> dict[str, Any]:
        people = self._outside(8)
        return self._team("rescue_station", f"{name}综合应急消防救援站", path, grid, people, [ENGINE, HOSES])

    def micro(self, n: int, name: str, path: str, grid: GridSeed) -> dict[str, Any]:
        people = self._outside(3, leads=False) if n == 0 else self._outside(6)
        days = 45 if n == 1 else 12
        kit = [BOTTLES | {"last_on": self.today - timedelta(days=days)}, HOSES, RADIOS]
        team = self._team("micro_fire_station", f"{name}微型消防站", path, grid, people, kit)
        return team | {"radius_m": 1_000}

    def mobile(self, name: str, path: str, grid: GridSeed, staff: Sequence[int]) -> dict[str, Any]:
        people = [
            {"id": self.id(), "user_id": one, "duty": "member" if n else "leader"}
            for n, one in enumerate(staff)
        ]
        return self._team("mobile_team", f"{name}机动巡查队", path, grid, people, [])

    def _outside(self, count: int, *, leads: bool = True) -> list[dict[str, Any]]:
        return [
            {
                "id": self.id(),
                "name": words.person(self.rng),
                "phone": f"1{self.rng.choice('3578')}{self.rng.randint(0, 999_999_999):09}",
                "duty": "leader" if leads and n == 0 else "deputy" if n == 1 else "member",
            }
            for n in range(count)
        ]

    def _team(
        self, kind: str, name: str, path: str, grid: GridSeed, people: list[Any], kit: list[dict[str, Any]]
    ) -> dict[str, Any]:
        self.count += 1
        place = grid.polygon.representative_point()
        last_on = {"last_on": self.today - timedelta(days=20)}
        return {
            "id": self.id(), "team_id": self.id(), "kind": kind, "name": name, "path": path, "areas": [path],
            "lon": round(place.x, 6), "lat": round(place.y, 6), "address": f"{grid.name}内",
            "duty_phone": NO_PHONE.format(n=self.count), "members": people,
            "equipment": [{"id": self.id(), **last_on, **one} for one in kit],
        }  # fmt: skip
