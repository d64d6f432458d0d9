"""Major hazards of the demo city: one at each stage that people bring it to (TW-10)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict

from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import id_at
from wangge.major_hazards import queries as hazard_queries
from wangge.major_hazards import services as major_hazards
from wangge.major_hazards.rules import Panel, PlaceKind
from wangge.major_hazards.schemas import (
    AssessIn,
    HazardFilter,
    ListIn,
    ProgressIn,
    ProposeIn,
    SeatIn,
    SignIn,
    TickIn,
)
from wangge.twin.moves import LiveCase
from wangge.twin.play import Play
from wangge.twin.stills import SIGNED, lead
from wangge.twin.visiting import Task
from wangge.venues import queries as venues

CROWDED = "crowded"
REPORTED_DAYS = 12  # before now; then a day or two from deed to deed
SEATS = ((Role.SUPERVISOR, "督查员"), (Role.DEPARTMENT_HANDLER, "承办部门"), (Role.LEADER, "分管领导"))


class CannotBeMade(Exception):
    """The city refused a deed of the demo: a mistake in majors.yaml or in the twin."""


class Place(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    matter: str
    ends: Literal["suspected", "asked", "decided", "listed"]
    ticks: Mapping[str, str]
    summary: str = ""
    notice: str = ""
    rectify_days: int = 0
    progress: str = ""


class Majors(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    edition: str
    place_kind: PlaceKind
    body: str
    supervising_body: str
    places: Sequence[Place]


@cache
def majors() -> Majors:
    """Return what stands in majors.yaml. Rule: TW-10."""
    text = (Path(__file__).parent / "majors.yaml").read_text(encoding="utf-8")
    return Majors.model_validate(yaml.safe_load(text))


@dataclass(slots=True)
class Deeds:
    """People of the city doing one deed after the other, through the services that everybody uses."""

    at: datetime
    rng: random.Random

    def next_id(self, *, days: int) -> UUID:
        """Let some days go by and return an id for what is done then."""
        self.at += timedelta(days=days, minutes=self.rng.randint(5, 50))
        return id_at(self.at, self.rng)

    def check(self, fates: Iterable[Fate]) -> None:
        """Raises: CannotBeMade if one was refused."""
        for fate in fates:
            if fate.outcome is not Outcome.APPLIED:
                raise CannotBeMade(f"{fate.code}: {fate.en}")


def arrange_majors(play: Play, tasks: Sequence[Task], *, at: datetime) -> None:
    """Let people find, decide and list major hazards at crowded places among the tasks. Rule: TW-10."""
    kinds = venues.get_places({task.venue_id for task in tasks if task.venue_id})
    crowded = {key for key, place in kinds.items() if place.class_code == CROWDED}
    ordered = sorted((task for task in tasks if task.venue_id), key=lambda task: task.venue_id not in crowded)
    begin = at.astimezone(CHINA).replace(hour=9, minute=20) - timedelta(days=REPORTED_DAYS)
    for place, task in zip(majors().places, ordered, strict=False):
        rng = random.Random(f"{play.seed}:major:{place.matter}")
        case = lead(play, task, SIGNED, begin, rng, matter=place.matter, sent=[])
        if case is not None:
            _bring(play, case, place, Deeds(case.since, rng))


def _bring(play: Play, case: LiveCase, place: Place, deeds: Deeds) -> None:
    chief = play.cast.choose((Role.GRID_CHIEF,), case.path, deeds.rng)
    seats = [(play.cast.choose((role,), case.path, deeds.rng), title) for role, title in SEATS]
    people = [(actor, title) for actor, title in seats if actor is not None]
    if chief is None or len(people) < len(SEATS):
        return  # a city too small for it
    found = _assess(case, place, chief, deeds)
    if place.ends == "suspected":
        return
    asked = _propose(found, place, people, deeds)
    signers = [actor for actor, _ in people]
    _sign(asked, signers[: 1 if place.ends == "asked" else len(signers)], deeds)
    if place.ends == "listed":
        _list(case, place, chief, signers[0], deeds)


def _assess(case: LiveCase, place: Place, actor: Actor, deeds: Deeds) -> UUID:
    known = majors()
    given = AssessIn(
        id=deeds.next_id(days=1),
        case_id=case.id,
        element_set=known.edition,
        place_kind=known.place_kind,
        ticks=[TickIn(element=code, note=note, photos=[]) for code, note in place.ticks.items()],
        exemption_reason="",
        exemption_photos=[],
    )
    with clock.standing_at(deeds.at):
        deeds.check(major_hazards.assess([given], actor=actor, at=deeds.at))
    return given.id


def _propose(found: UUID, place: Place, people: Sequence[tuple[Actor, str]], deeds: Deeds) -> UUID:
    known = majors()
    given = ProposeIn(
        id=deeds.next_id(days=1),
        assessment_id=found,
        body=known.body,
        basis_clause=next(iter(place.ticks)),
        discussed_on=deeds.at.astimezone(CHINA).date(),
        summary=place.summary,
        photos=[],
        seats=[SeatIn(user_id=one.user_id, panel=Panel.MEMBER, title=title) for one, title in people],
    )
    with clock.standing_at(deeds.at):
        deeds.check(major_hazards.propose([given], actor=people[0][0], at=deeds.at))
    return given.id


def _sign(asked: UUID, signers: Iterable[Actor], deeds: Deeds) -> None:
    for actor in signers:
        given = SignIn(id=deeds.next_id(days=1), decision_id=asked, agrees=True, opinion="同意")
        with clock.standing_at(deeds.at):
            deeds.check(major_hazards.sign([given], actor=actor, at=deeds.at))


def _list(case: LiveCase, place: Place, chief: Actor, actor: Actor, deeds: Deeds) -> None:
    known = majors()
    [found] = hazard_queries.list_hazards(
        actor, HazardFilter(case_id=case.id, q="", limit=1), at=deeds.at
    ).items
    given = ListIn(
        id=deeds.next_id(days=2),
        hazard_id=found.id,
        supervising_body=known.supervising_body,
        notice_text=place.notice,
        rectify_on=deeds.at.astimezone(CHINA).date() + timedelta(days=place.rectify_days),
    )
    with clock.standing_at(deeds.at):
        deeds.check(major_hazards.list_hazards([given], actor=actor, at=deeds.at))
    told = ProgressIn(id=deeds.next_id(days=3), hazard_id=found.id, text=place.progress, photos=[])
    with clock.standing_at(deeds.at):
        deeds.check(major_hazards.report_progress([told], actor=chief, at=deeds.at))
