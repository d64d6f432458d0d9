"""A register that is not yet clean, and the census that cleans it: the demo city's examples (TW-10)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.census import services as census
from wangge.census.schemas import AnswerIn, CensusIn
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import id_at
from wangge.plates import services as plates
from wangge.plates.schemas import PhoneIn
from wangge.territory import queries as territory
from wangge.twin.majors import Deeds
from wangge.twin.play import Play
from wangge.venues import queries as venues
from wangge.venues import services as venue_services
from wangge.venues.schemas import VenueDetail, VenueIn

LAYER = "comprehensive"
COPIES = 3  # places that another office has sent a second time
WALKED = 6
CENSUS_DAYS = 10
PHONE = "0769-00000000"  # of nobody


def arrange_register(play: Play, *, path: str, at: datetime) -> None:
    """Let some places of a grid be kept twice, and its census be begun. Rule: TW-10 (WH-30)."""
    rng = random.Random(f"{play.seed}:register")
    grid = next(iter(territory.list_paths(path, LAYER, at=at, most=1)), path)
    chief = play.cast.choose((Role.GRID_CHIEF,), path, rng)
    member = play.cast.choose((Role.GRID_MEMBER,), grid, rng)
    if chief is None or member is None or not chief.covers(path):
        return  # a city too small for it
    ids = [pk for pk, _, _ in venues.list_doors(chief, grid=grid, most=COPIES + WALKED)]
    places = sorted(venues.facts_of(ids).values(), key=lambda place: place.id)
    if len(places) < COPIES + WALKED:
        return
    deeds = Deeds(at - timedelta(days=3), rng)
    with clock.standing_at(deeds.at):
        copies = [_again(place, deeds) for place in places[:COPIES]]
        deeds.check(venue_services.save_venues(copies, actor=chief, at=deeds.at))
        venue_services.find_duplicates(path, at=deeds.at)
        plates.set_phone(PhoneIn(path=chief.scope, phone=PHONE), actor=chief, at=deeds.at)
    _take_census(places[COPIES:], places[0], chief, member, deeds)


def _again(place: VenueDetail, deeds: Deeds) -> VenueIn:
    """Return the same place as another office writes it: a suffix more, a few steps off, no keeper."""
    identifier = id_at(deeds.at, deeds.rng)
    return VenueIn(
        id=identifier,
        code=f"SJ{identifier.hex[-8:].upper()}",
        name=f"{place.name}" if deeds.rng.random() < 0.5 else place.name.replace("店", "（店）"),
        class_code=place.class_code,
        address=place.address,
        area_m2=None,
        height_m=place.height_m,
        lon=place.lon + 0.00008,
        lat=place.lat + 0.00005,
    )


def _take_census(
    places: list[VenueDetail], other: VenueDetail, chief: Actor, member: Actor, deeds: Deeds
) -> None:
    day = deeds.at.astimezone(CHINA).date()
    given = CensusIn(
        id=deeds.next_id(days=0),
        name="季度普查",
        path=chief.scope,
        starts_on=day,
        ends_on=day + timedelta(days=CENSUS_DAYS),
        asked=["name", "address", "area_m2", "keeper_name", "keeper_phone"],
        note="逐处走访，核对名称、地址和负责人。",
    )
    with clock.standing_at(deeds.at):
        census.open_census(given, actor=chief, at=deeds.at)
    found: list[tuple[str, VenueDetail | None, dict[str, Any]]] = [
        ("seen", places[0], {}),
        ("seen", places[1], {}),
        ("changed", places[2], {"values": {"area_m2": 86.0, "keeper_phone": "13800000000"}}),
        ("gone", places[3], {"note": "门面已空，房东说上月搬走"}),
        ("duplicate", places[4], {"other_id": other.id}),
        ("new", None, {"values": {"name": "新开的便利店", "class_code": places[0].class_code}}),
    ]
    answers = [_answer(finding, place, more, places[0], deeds) for finding, place, more in found]
    with clock.standing_at(deeds.at):
        deeds.check(census.answer(given.id, answers, actor=member, at=deeds.at))


def _answer(
    finding: str, place: VenueDetail | None, more: dict[str, Any], near: VenueDetail, deeds: Deeds
) -> AnswerIn:
    plain: dict[str, Any] = {"id": deeds.next_id(days=0), "at": deeds.at, "finding": finding}
    where: dict[str, UUID | int | float] = (
        {"venue_id": place.id, "venue_version": place.version}
        if place
        else {"lon": near.lon, "lat": near.lat}
    )
    return AnswerIn.model_validate({**plain, **where, **more})
