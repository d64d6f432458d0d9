"""Who is missing in a city that has places but nobody to work in it. Pure. Source: docs/rules/twin.md."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wangge.accounts.rules import Role
from wangge.twin import words
from wangge.twin.cast import LAST_RESORT, Cast
from wangge.twin.city import STREET_DEPARTMENTS, DepartmentSeed, PersonSeed

DISTRICT_DEPTH, STREET_DEPTH = 3, 4  # codes in a path: province, prefecture, district, street
HANDLERS = 2
CITIZENS = 5
PREFIX = "sim"


@dataclass(slots=True)
class Hires:
    """Whom to hire; `members` are the grids that get a primary member, by username."""

    departments: dict[str, DepartmentSeed] = field(default_factory=dict)
    people: dict[str, PersonSeed] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)


def missing(
    cast: Cast, places: Iterable[str], covered: Mapping[str, int], kinds: Iterable[str], *, seed: int
) -> Hires:
    """Return the people and departments without whom some place could not be inspected or some case not end.

    `places` are grids with venues, `covered` the grids that have a member, `kinds` what matters name.
    Rule: TW-3. Who is there already stays and is preferred.
    """
    rng, hires = random.Random(f"{seed}:cast"), Hires()
    for path in places:
        district, street = cut(path, DISTRICT_DEPTH), cut(path, STREET_DEPTH)
        if path not in covered:
            username = _hire(hires, rng, Role.GRID_MEMBER, path)
            hires.members[path] = username
        for role, scope in (
            (Role.DISPATCHER, district),
            (Role.SUPERVISOR, district),
            (Role.GRID_CHIEF, street),
        ):
            if not cast.covering(role, path):
                _hire(hires, rng, role, scope)
        if not cast.covering(Role.CITIZEN, path):
            for number in range(1, CITIZENS + 1):
                _hire(hires, rng, Role.CITIZEN, street, str(number))
        for kind in sorted({*kinds, LAST_RESORT}):
            if not cast.has_office(kind, path):
                _open_office(hires, rng, kind, street if kind in dict(STREET_DEPARTMENTS) else district)
    return hires


def cut(path: str, depth: int) -> str:
    """Return the ancestor of `path` with at most `depth` codes."""
    return "".join(f"{code}." for code in path[:-1].split(".")[:depth])


def _hire(
    hires: Hires, rng: random.Random, role: Role, scope: str, ending: str = "", department_code: str = ""
) -> str:
    parts = [PREFIX, department_code or role.value, scope.replace(".", ""), ending]
    username = "-".join(part for part in parts if part)[:64]
    if username not in hires.people:
        hires.people[username] = PersonSeed(
            username, words.person(rng), role, scope, "", department_code=department_code
        )
    return username


def _open_office(hires: Hires, rng: random.Random, kind: str, path: str) -> None:
    code = f"{PREFIX}-{kind}-{path.replace('.', '')}"[:32]
    if code in hires.departments:
        return
    hires.departments[code] = DepartmentSeed(code, f"模拟部门（{kind}）", kind, path)
    for number in range(1, HANDLERS + 1):
        _hire(hires, rng, Role.DEPARTMENT_HANDLER, path, str(number), department_code=code)
