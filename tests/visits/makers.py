"""A grid with people to visit, for the tests of visits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.cases.makers import House, make_house
from tests.makers import AT
from tests.photos import store_photo, take_photo
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.visits import services
from wangge.visits.models import Arrival, Person
from wangge.visits.rules import PersonOutcome
from wangge.visits.schemas import ArrivalCallIn, ArriveIn, QuickReportIn, VisitedPersonIn, VisitIn

HOME = (118.305, 31.305)  # in BOB's grid
NAMED = {"source": "HB", "is_confirmed": True, "policy": "advisory"}
GROUPS = [("disabled", "month", True), ("floating", "month", False), ("watched", "week", True)]
TRIGGERS: list[dict[str, Any]] = [
    {"code": "tip", "channels": ["citizen", "hotline"], "within_minutes": 120, "least_photos": 1},
    {"code": "gas", "severities": ["suspected_major"], "within_minutes": 30, "least_photos": 1},
    {"code": "weather", "season": "high_fire_risk", "within_minutes": 1080, "least_photos": 0},
    {"code": "help", "within_minutes": 30, "least_photos": 1},
]
REPORTS: list[dict[str, Any]] = [
    {"code": "broken", "becomes": "case", "matters": ["H301"], "least_photos": 1},
    {"code": "any", "becomes": "case", "matters": ["H1", "H3"], "least_photos": 0},
    {"code": "let", "becomes": "place", "place_class": "rental", "least_photos": 0},
    {"code": "staff", "becomes": "fact", "fact": "area", "least_photos": 0},
    {"code": "assisted", "becomes": "person", "groups": ["disabled"], "least_photos": 0},
]


def make_visit_words(**limits: float) -> None:
    services.install_visits(
        groups=[
            {"code": code, "name_zh": f"组{code}", "name_en": code, "interval": every, "is_protected": held}
            | NAMED
            for code, every, held in GROUPS
        ],
        triggers=[{"name_zh": one["code"], "name_en": one["code"]} | NAMED | one for one in TRIGGERS],
        reports=[{"name_zh": one["code"], "name_en": one["code"]} | NAMED | one for one in REPORTS],
        limits=[
            {"code": code, "value": value, "source": "P", "is_confirmed": False}
            for code, value in limits.items()
        ],
        pack_version="test@1",
    )


def make_street() -> House:
    """Return the street of the cases' tests with the words of visits in force."""
    house = make_house()
    make_visit_words()
    return house


def make_person(
    house: House,
    *,
    groups: tuple[str, ...] | None = ("disabled",),
    at: datetime = AT,
    point: tuple[float, float] = HOME,
    **fields: Any,
) -> Person:
    given = VisitedPersonIn.model_validate(
        {
            "id": new_id(),
            "at": at,
            "person_id": new_id(),
            "name": "雪松生",
            "phone": "13912345678",
            "address": "雪松路1号101室",
            "lon": point[0],
            "lat": point[1],
            "groups": groups and list(groups),
        }
        | fields
    )
    [fate] = services.save_people([given], actor=house.alice, at=max(at, AT))
    assert fate.status == 200, fate
    return Person.objects.get(pk=given.person_id)


def visit(
    actor: Actor,
    person_id: UUID,
    *,
    at: datetime = AT,
    outcome: PersonOutcome = PersonOutcome.MET,
    now: datetime | None = None,
    **fields: Any,
) -> Fate:
    given = VisitIn.model_validate(
        {"id": new_id(), "at": at, "person_id": person_id, "outcome": outcome} | fields
    )
    return services.record_visits([given], actor=actor, at=now or at)[0]


def call(house: House, *, at: datetime = AT, **fields: Any) -> Arrival:
    given = ArrivalCallIn.model_validate(
        {
            "id": new_id(),
            "at": at,
            "trigger": "help",
            "text": "雪松路有人求助",
            "lon": HOME[0],
            "lat": HOME[1],
        }
        | fields
    )
    [fate] = services.call_by_hand([given], actor=house.alice, at=at)
    assert fate.status == 200, fate
    return Arrival.objects.get(pk=given.id)


def fresh_photo(house: House, at: datetime = AT) -> str:
    """Return a photo that says it was taken ten minutes before."""
    local = (at + timedelta(hours=8, minutes=-10)).strftime("%Y:%m:%d %H:%M:%S")
    return store_photo(take_photo(7, local=local), actor=house.bob, at=at)


def arrive(actor: Actor, arrival_id: UUID, *, at: datetime, photos: list[str], **fields: Any) -> Fate:
    given = {"id": new_id(), "at": at, "arrival_id": arrival_id, "lon": HOME[0], "lat": HOME[1]}
    told = ArriveIn.model_validate(given | {"photos": photos} | fields)
    return services.record_arrivals([told], actor=actor, at=at)[0]


def quick(actor: Actor, kind: str, *, at: datetime = AT, **fields: Any) -> tuple[Fate, QuickReportIn]:
    given = QuickReportIn.model_validate(
        {"id": new_id(), "at": at, "kind": kind, "subject_id": new_id(), "lon": HOME[0], "lat": HOME[1]}
        | fields
    )
    return services.take_reports([given], actor=actor, at=at)[0], given
