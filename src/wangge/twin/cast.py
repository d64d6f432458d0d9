"""Who plays whom: the people of the city, found by role, place and department."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wangge.accounts.rules import Role
from wangge.kernel.actor import Actor
from wangge.kernel.paths import ancestors

LAST_RESORT = "street"  # what no department of its own kind covers goes to the street's fire office


@dataclass(frozen=True, slots=True)
class Office:
    """A department of the city."""

    id: int
    kind: str
    path: str


@dataclass(slots=True)
class Cast:
    """The people by id, in id order, and the departments."""

    people: dict[int, Actor]
    offices: Sequence[Office]
    _posts: dict[tuple[str, str], list[Actor]] = field(default_factory=lambda: defaultdict(list))
    _desks: dict[int, list[Actor]] = field(default_factory=lambda: defaultdict(list))
    _places: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for actor in self.people.values():
            self._posts[actor.role, actor.scope].append(actor)
            if actor.department_id is not None:
                self._desks[actor.department_id].append(actor)
        for office in self.offices:
            if self._desks.get(office.id):
                self._places.setdefault((office.kind, office.path), office.id)

    def of_role(self, role: Role) -> list[Actor]:
        return [actor for actor in self.people.values() if actor.role == role]

    def covering(self, role: Role, path: str) -> list[Actor]:
        """Return who holds `role` over `path`, nearest first."""
        return [actor for up in reversed(ancestors(path)) for actor in self._posts.get((role, up), ())]

    def choose(
        self, roles: Iterable[Role], path: str, rng: random.Random, *, but: Iterable[int] = ()
    ) -> Actor | None:
        """Return somebody of the first role that has anybody over `path` who is none of `but`."""
        barred = {*but}
        for role in roles:
            able = [actor for actor in self.covering(role, path) if actor.user_id not in barred]
            if able:
                return rng.choice(able)
        return None

    def office_for(self, kind: str, path: str, *, but: int | None = None) -> int | None:
        """Return the manned department of `kind` nearest to `path`, else the street's, else any."""
        for wanted in (kind, LAST_RESORT):
            for up in reversed(ancestors(path)):
                found = self._places.get((wanted, up))
                if found is not None and found != but:
                    return found
        manned = (office for office in self.offices if self._desks.get(office.id) and office.id != but)
        return next((office.id for office in manned if path.startswith(office.path)), None)

    def kind_of(self, department_id: int | None) -> str | None:
        return next((office.kind for office in self.offices if office.id == department_id), None)

    def has_office(self, kind: str, path: str) -> bool:
        return any((kind, up) in self._places for up in ancestors(path))

    def clerk(
        self, department_id: int, path: str, rng: random.Random, *, but: Iterable[int] = ()
    ) -> Actor | None:
        """Return a handler of the department whose post covers `path`."""
        barred = {*but}
        able = [a for a in self._desks.get(department_id, ()) if a.covers(path) and a.user_id not in barred]
        return rng.choice(able) if able else None
