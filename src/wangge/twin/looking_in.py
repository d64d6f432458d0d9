"""People who are visited, calls to places and quick reports of the demo city (TW-10; HB-08 … HB-10).

Made by the same services as phones use. Last month most were met, this month some, today nobody yet.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.kernel import files
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate
from wangge.kernel.ids import id_at
from wangge.twin import words
from wangge.twin.cast import Cast
from wangge.twin.photos import Shot, draw_photo, moved
from wangge.venues import queries as venues
from wangge.venues.schemas import VenueFilter, VenueRow
from wangge.visits import queries as visit_queries
from wangge.visits import services as visits
from wangge.visits.rules import PersonOutcome
from wangge.visits.schemas import (
    ArrivalCallIn,
    ArrivalFilter,
    ArriveIn,
    QuickReportIn,
    VisitedPersonIn,
    VisitIn,
)

GROUPS = ("living_alone", "hardship", "disabled", "floating", "unemployed", "assisted")
A_GRID = 7  # people
SINCE = 100  # days ago they came into the register
NOTES = (
    *("燃气软管已更换，提醒睡前关阀。", "屋内电线老化，已约电工上门。", "身体尚好，烟感报警器工作正常。"),
    *("楼道堆物已请家人清走。", "子女周末来住，已留联系电话。", "需要帮忙检查取暖器。"),
)
HELP = ("老人被反锁在家中，请求帮助", "居民家中闻到煤气味，请求上门查看")
QUICK = (
    ("lane_blocked", "H201", "小区南门消防车道停满私家车"),
    ("facility_damaged", "H301", "二楼楼道灭火器缺失"),
)


class CannotVisit(Exception):
    """The city refused a visit of the demo: a mistake in the twin."""


def arrange_visits(cast: Cast, *, path: str, at: datetime, seed: int) -> int:
    """Let people of a street be visited, calls be answered and things be reported; return how many people.

    Rule: TW-10. Nobody is visited on the last day, so that its phones have work.
    """
    rng = random.Random(f"{seed}:visits:{path}")
    desk = cast.choose((Role.DISPATCHER,), path, rng)
    members = [one for one in cast.of_role(Role.GRID_MEMBER) if one.scope.startswith(path)]
    if desk is None or not desk.covers(path) or not members:
        return 0
    count = 0
    for n, member in enumerate(members):
        doors = _doors(member)
        if doors:
            count += _visit(member, desk, doors, n, at, rng)
    visits.call_arrivals(at=at)
    _answer(desk, members, path, at, rng)
    _report(members[0], at, rng)
    return count


def _doors(member: Actor) -> list[VenueRow]:
    return venues.list_venues(
        member, VenueFilter.model_validate({"grid": member.scope, "is_open": True, "limit": 40})
    ).items


def _visit(
    member: Actor, desk: Actor, doors: Sequence[VenueRow], n: int, at: datetime, rng: random.Random
) -> int:
    """Put some people of a grid into the register, and visit most of them on days gone by."""
    since = at - timedelta(days=SINCE)
    people = [_person(rng.choice(doors), k, since, rng) for k in range(A_GRID)]
    _check(visits.save_people(people, actor=desk, at=at))
    today = at.astimezone(CHINA).date()
    first = today.replace(day=1)
    last_month = (first - timedelta(days=1)).replace(day=1)
    for k, person in enumerate(people):
        days = [last_month + timedelta(days=rng.randint(2, 25))] if (n + k) % 5 else []
        gone = (today - first).days
        if gone and (n + k) % 3 == 0:
            days.append(first + timedelta(days=rng.randrange(gone)))
        for on in days:
            moment = datetime.combine(on, time(9 + k % 8, rng.randint(0, 59)), CHINA)
            outcome = PersonOutcome.NOBODY_THERE if rng.random() < 0.12 else PersonOutcome.MET
            home = (person.lon, person.lat)
            lon, lat = moved(home, east_m=rng.uniform(-20, 20), north_m=rng.uniform(-20, 20))
            told = VisitIn(
                id=id_at(moment, rng), at=moment, person_id=person.person_id, outcome=outcome,
                note=rng.choice(NOTES) if outcome is PersonOutcome.MET else "", photos=[], lon=lon, lat=lat,
                accuracy_m=15,
            )  # fmt: skip
            _check(visits.record_visits([told], actor=member, at=moment))
    return len(people)


def _person(door: VenueRow, k: int, at: datetime, rng: random.Random) -> VisitedPersonIn:
    groups = [GROUPS[k % len(GROUPS)]]
    if rng.random() < 0.2:
        groups.append(rng.choice([one for one in GROUPS if one != groups[0]]))
    lon, lat = moved((door.lon, door.lat), east_m=rng.uniform(-8, 8), north_m=rng.uniform(-8, 8))
    stair, room = rng.randint(1, 4), 100 * rng.randint(1, 6) + rng.randint(1, 3)
    return VisitedPersonIn(
        id=id_at(at, rng),
        at=at,
        person_id=id_at(at, rng),
        base_version=0,
        name=words.person(rng),
        phone=f"1{rng.choice('3578')}{rng.randint(0, 999_999_999):09}",
        address=f"{door.address or door.name}{stair}单元{room}室",
        lon=lon,
        lat=lat,
        groups=groups,
    )


def _answer(desk: Actor, members: Sequence[Actor], path: str, at: datetime, rng: random.Random) -> None:
    """Call for help twice; the first is answered, and every second call of the cases of these days."""
    helped = [_help(desk, member, text, at, rng) for member, text in zip(members, HELP, strict=False)]
    found = visit_queries.list_arrivals(
        desk, ArrivalFilter.model_validate({"grid": path, "state": "open", "limit": 200}), at=at
    ).items
    for n, row in enumerate(sorted(found, key=lambda one: one.id.hex)):
        if row.lon is None or row.lat is None or (n % 2 and row.id not in helped[:1]):
            continue
        member = next((one for one in members if row.grid_path.startswith(one.scope)), None)
        moment = min(at, row.called_at + timedelta(minutes=rng.randint(6, 45)))
        if member is None or moment <= row.called_at:
            continue
        photo = _photo(member, row.id, (row.lon, row.lat), moment, rng)
        lon, lat = moved((row.lon, row.lat), east_m=rng.uniform(-30, 30), north_m=rng.uniform(-30, 30))
        told = ArriveIn(
            id=id_at(moment, rng), at=moment, arrival_id=row.id, lon=lon, lat=lat, accuracy_m=12,
            photos=[photo], note="已到现场，情况属实。",
        )  # fmt: skip
        _check(visits.record_arrivals([told], actor=member, at=moment))


def _help(desk: Actor, member: Actor, text: str, at: datetime, rng: random.Random) -> UUID | None:
    doors = _doors(member)
    if not doors:
        return None
    door, moment = rng.choice(doors), at - timedelta(minutes=rng.randint(50, 200))
    call = ArrivalCallIn(
        id=id_at(moment, rng), at=moment, trigger="help_call", text=text, address=door.address,
        lon=door.lon, lat=door.lat,
    )  # fmt: skip
    _check(visits.call_by_hand([call], actor=desk, at=moment))
    return call.id


def _report(member: Actor, at: datetime, rng: random.Random) -> None:
    """One of each sort: two cases, a home that is let, a shop that is fitted out, somebody to be assisted."""
    doors = _doors(member)
    if not doors:
        return
    moment = at - timedelta(days=1, hours=2)
    for kind, matter, text in QUICK:
        door = rng.choice(doors)
        photo = _photo(member, door.id, (door.lon, door.lat), moment, rng)
        _quick(member, door, moment, rng, kind=kind, matter_code=matter, text=text, photos=[photo])
    shop = next((one for one in doors if one.class_code in {"small_place", "shop"}), doors[0])
    _quick(member, doors[-1], moment, rng, kind="home_let", name=f"{doors[-1].address}3单元出租房")
    _quick(
        member, shop, moment, rng, kind="small_unit_fitting", venue_id=shop.id, value="1", text="店内正在装修"
    )
    _quick(member, doors[0], moment, rng, kind="assisted_new", name=words.person(rng), groups=["disabled"])


def _quick(member: Actor, door: VenueRow, at: datetime, rng: random.Random, **said: Any) -> None:
    given = {"id": id_at(at, rng), "at": at, "subject_id": id_at(at, rng), "lon": door.lon, "lat": door.lat}
    told = QuickReportIn.model_validate(given | {"address": door.address or door.name} | said)
    _check(visits.take_reports([told], actor=member, at=at))


def _photo(member: Actor, place: UUID, point: tuple[float, float], at: datetime, rng: random.Random) -> str:
    shot = Shot(str(place), rng.randint(0, 2), False, 0, at - timedelta(minutes=3), point)
    return files.store_file(draw_photo(shot), media_type="image/jpeg", actor=member, at=at).sha256


def _check(fates: Sequence[Fate]) -> None:
    if wrong := [f"{fate.code}: {fate.en}" for fate in fates if fate.status != 200]:
        raise CannotVisit(str(wrong[:3]))
