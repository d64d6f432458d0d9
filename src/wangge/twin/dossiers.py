"""Dossiers of the demo city: people, facilities and licences, some of them late or missing (TW-13)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from wangge.accounts.rules import Role
from wangge.dossiers import services as dossiers
from wangge.dossiers.schemas import FacilityIn, FactIn, LicenceIn, PersonIn
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import id_at
from wangge.twin import words
from wangge.twin.cast import Cast
from wangge.venues import queries as venues
from wangge.venues.schemas import VenueFilter, VenueRow

BATCH = 500
OTHERS = "others"
UNITS = frozenset({"property_manager", "owner_unit", "fee_collector"})
SOURCE = "现场登记"


class DossierRefused(Exception):
    """The city refused an entry of the demo: a mistake in dossiers.yaml or in the twin."""


class Makeup(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    filled: float
    phones: float
    people: Mapping[str, Mapping[str, float]]
    units: Sequence[str]
    facilities: Mapping[str, Mapping[str, tuple[float, int, int]]]
    licences: Mapping[str, Mapping[str, float]]
    facts: Mapping[str, Mapping[str, list[str] | tuple[int, int]]]
    ages: Mapping[str, int]
    late: float
    lost: float
    places: Sequence[str]
    makers: Sequence[str]
    issuers: Mapping[str, str]


@cache
def makeup() -> Makeup:
    """Return what stands in dossiers.yaml. Rule: TW-13."""
    text = (Path(__file__).parent / "dossiers.yaml").read_text(encoding="utf-8")
    return Makeup.model_validate(yaml.safe_load(text))


@dataclass(slots=True)
class Sheets:
    """What one person wrote down."""

    at: datetime
    people: list[PersonIn] = field(default_factory=list)
    facilities: list[FacilityIn] = field(default_factory=list)
    licences: list[LicenceIn] = field(default_factory=list)
    facts: list[FactIn] = field(default_factory=list)

    @property
    def on(self) -> date:
        return self.at.astimezone(CHINA).date()


def fill_dossiers(cast: Cast, scopes: Sequence[str], *, seed: int, at: datetime) -> int:
    """Let the chief of each of these streets enter what was seen there; return how many entries.

    Rule: TW-13. Drawn from the seed and the code of each place.
    """
    count = 0
    for scope in scopes:
        chief = cast.choose((Role.GRID_CHIEF,), scope, random.Random(f"{seed}:dossiers:{scope}"))
        if chief is None:
            continue  # a city without chiefs
        sheets = Sheets(at)
        for place in _places(chief, scope):
            rng = random.Random(f"{seed}:dossier:{place.code}")
            if rng.random() < makeup().filled:
                _write(place, sheets, rng)
        count += _send(sheets, chief)
    return count


def _places(actor: Actor, scope: str) -> Iterator[VenueRow]:
    cursor: str | None = ""
    while cursor is not None:
        page = venues.list_venues(actor, VenueFilter(q="", grid=scope, cursor=cursor, limit=200))
        yield from page.items
        cursor = page.next_cursor


def _write(place: VenueRow, sheets: Sheets, rng: random.Random) -> None:
    known = makeup()

    def head(kind: str) -> dict[str, Any]:
        ids = {"id": id_at(sheets.at, rng), "entry_id": id_at(sheets.at, rng)}
        return {**ids, "venue_id": place.id, "kind": kind, "source": SOURCE}

    for kind, share in _of(known.people, place).items():
        if rng.random() < share:
            sheets.people.append(PersonIn.model_validate(head(kind) | _person(kind, sheets, rng)))
    for kind, (share, fewest, most) in _of(known.facilities, place).items():
        if rng.random() < share:
            facts = _facility(kind, sheets, rng) | {"count": rng.randint(fewest, most)}
            sheets.facilities.append(FacilityIn.model_validate(head(kind) | facts))
    for kind, share in _of(known.licences, place).items():
        if rng.random() < share:
            sheets.licences.append(LicenceIn.model_validate(head(kind) | _licence(kind, sheets, rng)))
    for kind, choice in _of(known.facts, place).items():
        value = rng.choice(choice) if isinstance(choice, list) else str(rng.randint(*choice))
        sheets.facts.append(FactIn.model_validate(head(kind) | {"value": value}))


def _of(rows: Mapping[str, Mapping[str, Any]], place: VenueRow) -> Mapping[str, Any]:
    return rows.get(place.class_code, rows.get(OTHERS, {}))


def _person(kind: str, sheets: Sheets, rng: random.Random) -> dict[str, Any]:
    name = f"{rng.choice(words.BRANDS)}{rng.choice(makeup().units)}" if kind in UNITS else words.person(rng)
    phone = f"1{rng.choice('3578')}{rng.randint(0, 999_999_999):09}" if rng.random() < makeup().phones else ""
    return {"name": name, "phone": phone, "since_on": sheets.on - timedelta(days=rng.randint(20, 2_000))}


def _facility(kind: str, sheets: Sheets, rng: random.Random) -> dict[str, Any]:
    """Return a facility that somebody looks after: some of it is weeks late, none of it years.

    Of some nothing is known, as their plates and records are gone.
    """
    known = makeup()
    made = sheets.on - timedelta(days=rng.randint(60, known.ages.get(kind, known.ages[OTHERS])))
    is_late, is_lost = rng.random() < known.late, rng.random() < known.lost
    tested = sheets.on - timedelta(days=rng.randint(366, 425) if is_late else rng.randint(5, 350))
    kept = sheets.on - timedelta(days=rng.randint(32, 75) if is_late else rng.randint(1, 27))
    return {
        "place": rng.choice(known.places),
        "maker": rng.choice(known.makers),
        "made_on": None if is_lost else made,
        "tested_on": None if is_lost else max(made, tested),
        "maintained_on": None if is_lost else max(made, kept),
    }


def _licence(kind: str, sheets: Sheets, rng: random.Random) -> dict[str, Any]:
    ends = sheets.on + timedelta(days=rng.randint(-40, 900))
    return {
        "number": f"示{rng.randint(0, 99_999_999):08}",
        "issued_by": makeup().issuers.get(kind, ""),
        "valid_from": ends - timedelta(days=1_095),
        "valid_until": ends if rng.random() < 0.7 else None,
        "photos": [],
    }


def _send(sheets: Sheets, actor: Actor) -> int:
    for first in range(0, len(sheets.people), BATCH):
        _check(dossiers.save_people(sheets.people[first : first + BATCH], actor=actor, at=sheets.at))
    for first in range(0, len(sheets.facilities), BATCH):
        _check(dossiers.save_facilities(sheets.facilities[first : first + BATCH], actor=actor, at=sheets.at))
    for first in range(0, len(sheets.licences), BATCH):
        _check(dossiers.save_licences(sheets.licences[first : first + BATCH], actor=actor, at=sheets.at))
    for first in range(0, len(sheets.facts), BATCH):
        _check(dossiers.save_facts(sheets.facts[first : first + BATCH], actor=actor, at=sheets.at))
    return len(sheets.people) + len(sheets.facilities) + len(sheets.licences) + len(sheets.facts)


def _check(fates: Sequence[Fate]) -> None:
    for fate in fates:
        if fate.outcome is not Outcome.APPLIED:
            raise DossierRefused(f"{fate.code}: {fate.en}")
