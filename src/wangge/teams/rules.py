"""Teams, bodies, notice boards: what is missing or due, who is nearest. Source: docs/rules/teams.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from math import cos, radians
from typing import TypeVar

from wangge.kernel.distance import Point, metres_between
from wangge.kernel.errors import Refused

METRES_A_DEGREE = 111_195.0
PHONE = re.compile(r"\+?[0-9][0-9-]{4,19}")
DIVISION_CUTS = (12, 9, 6, 4, 2)  # how long the code of a division is, the longest first


class TeamDuty(StrEnum):
    """What somebody is in a team."""

    LEADER = "leader"
    DEPUTY = "deputy"
    MEMBER = "member"


class Want(StrEnum):
    """What a team lacks."""

    LEADER = "leader"
    PEOPLE = "people"
    EQUIPMENT = "equipment"
    MAINTENANCE = "maintenance"


class BoardField(StrEnum):
    """What the notice page of a grid may show."""

    RANGE = "range"  # streets and the outline
    MEMBER_NAME = "member_name"
    MEMBER_PHOTO = "member_photo"
    MEMBER_PHONE = "member_phone"  # a phone of the office, written down to be published
    SUPERVISOR = "supervisor"  # name and office phone of whoever leads the member
    REPORT_PHONE = "report_phone"


class NotARightTeam(Refused):
    """A team that names a kind, a person or an order that will not do."""

    status = 422
    code = "teams.not_right"
    zh = "{why_zh}"
    en = "{why_en}"


class BodyStands(Refused):
    """One body of a kind a node."""

    code = "teams.body_stands"
    zh = "“{place}”已有这一机构。请修改现有的机构，或先终止它。"
    en = "{place} has this body already. Change the one that stands, or end it first."


@dataclass(frozen=True, slots=True)
class Facts:
    """What a team has."""

    people: int
    has_leader: bool
    equipment: Mapping[str, int] = field(default_factory=dict)  # pieces of each kind
    first_due_on: date | None = None  # of the maintenance that comes next


@dataclass(frozen=True, slots=True)
class Asked:
    """What the pack asks of a kind of team."""

    least_people: int = 0
    equipment: Mapping[str, int] = field(default_factory=dict)


def wants_of(facts: Facts, asked: Asked, *, on: date) -> list[Want]:
    """Return what a team lacks on a day, the gravest first.

    Rule: TM-3 (GQ-05: 10 to 30 people; GQ-08: equipment and its maintenance).
    """
    lacks_equipment = any(facts.equipment.get(kind, 0) < n for kind, n in asked.equipment.items())
    found = {
        Want.LEADER: not facts.has_leader,
        Want.PEOPLE: facts.people < asked.least_people,
        Want.EQUIPMENT: lacks_equipment,
        Want.MAINTENANCE: facts.first_due_on is not None and facts.first_due_on < on,
    }
    return [want for want, is_so in found.items() if is_so]


def next_due(last_on: date | None, interval_days: int | None, *, on: date) -> date | None:
    """Return when a piece is due for maintenance; one never looked after is due on the day it is noted.

    Rule: TM-4 (GQ-08).
    """
    if interval_days is None:
        return None
    return on if last_on is None else last_on + timedelta(days=interval_days)


def box_around(point: Point, within_m: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a box that holds every place nearer than `within_m`. Rule: TM-6."""
    lon, lat = point
    up = within_m / METRES_A_DEGREE
    along = up / max(cos(radians(min(89.0, abs(lat) + up))), 0.01)
    return lon - along, lat - up, lon + along, lat + up


T = TypeVar("T")


def nearest(point: Point, places: Iterable[tuple[T, float, float]], count: int) -> list[tuple[T, float]]:
    """Return the `count` nearest places with the metres as the crow flies, nearest first. Rule: TM-6."""
    measured = [(metres_between(point, (lon, lat)), n, key) for n, (key, lon, lat) in enumerate(places)]
    return [(key, metres) for metres, _, key in sorted(measured, key=lambda one: one[:2])[:count]]


def serves(metres: float, radius_m: int | None, path: str, areas: Sequence[str]) -> bool:
    """Return whether a place lies in a team's area: inside its radius, or in one of its grids. Rule: TM-2."""
    return (radius_m is not None and metres <= radius_m) or any(path.startswith(area) for area in areas)


def is_masked(text: str) -> bool:
    """Return whether this is what went out masked and comes back as it went. Rule: TM-5."""
    return "*" in text


def check_phone(phone: str) -> str:
    """Return the phone. Raises: NotARightTeam if it is none. Rule: TM-5."""
    if phone and not PHONE.fullmatch(phone):
        raise NotARightTeam(why_zh=f"“{phone}”不是电话号码。", why_en=f"{phone} is no phone number.")
    return phone


def paths_of_code(code: str) -> list[str]:
    """Return the closed paths that the code of a grid may stand for: 340203005012001, 340203M001.

    Rule: TM-20 (domain.md §2.13).
    """
    if not re.fullmatch(r"[0-9]{2,17}|[0-9]{2,12}[A-Z][0-9A-Z]{0,11}", code):
        return []
    found: dict[str, None] = {}
    for cut in DIVISION_CUTS:
        head, tail = code[:cut], code[cut:]
        if len(head) == cut and head.isdigit():
            cuts = [place for place in (0, 2, 4, 6, 9, 12) if place <= cut]
            parts = [head[a:b] for a, b in pairwise(cuts)] + [tail[:3], tail[3:]] * (len(tail) == 5)
            found["".join(f"{part}." for part in [*parts, *([tail] if tail and len(tail) != 5 else [])])] = (
                None
            )
    return list(found)


def shown_on_board(values: Mapping[BoardField, str], allowed: Iterable[str]) -> dict[BoardField, str]:
    """Return of what is known of a grid only what the pack lets be published, and only what says something.

    Rule: TM-21 (LX-01).
    """
    may = set(allowed)
    return {name: text for name, text in values.items() if name.value in may and text}
