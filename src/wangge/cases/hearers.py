"""The people and contacts that a rule names, for many cases at once (NT-2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Role
from wangge.kernel.paths import ancestors
from wangge.notices.rules import Who
from wangge.venues import queries as venues
from wangge.venues.rules import ContactKind

POSTS: Mapping[Who, tuple[Role, ...]] = {  # of each role, those nearest to the place
    Who.GRID_MEMBER: (Role.GRID_MEMBER,),
    Who.GRID_CHIEF: (Role.GRID_CHIEF,),
    Who.COMMAND_ROOM: (Role.DISPATCHER,),
    Who.SUPERVISORS: (Role.SUPERVISOR,),
    Who.LEADERS: (Role.LEADER,),
    Who.VERIFIERS: (Role.GRID_MEMBER, Role.GRID_CHIEF, Role.SUPERVISOR),
    Who.COMMUNITY_MANAGER: (Role.GRID_CHIEF,),
}
CONTACTS: Mapping[Who, ContactKind] = {
    Who.OWNER: ContactKind.OWNER,
    Who.PROPERTY_MANAGER: ContactKind.PROPERTY,
    Who.COMMUNITY_MANAGER: ContactKind.COMMUNITY,
    Who.POLICE_MANAGER: ContactKind.POLICE,
}
POLICE = frozenset({Who.POLICE_STATION, Who.POLICE_MANAGER})
POLICE_KIND = "police"
Line = tuple[str, str, bytes, str]  # short name, medium, sealed address, language


@dataclass(frozen=True, slots=True)
class Heard:
    """What telling looks at of a case."""

    id: UUID
    grid_path: str
    venue_id: UUID | None
    venue_class: str | None
    matter_code: str
    severity: str
    channel: str
    address: str
    reporter_id: int
    handler_id: int | None
    department_id: int | None
    due_at: datetime | None
    closed_at: datetime | None
    co_waiting: list[int] = field(compare=False)  # departments that still have to countersign

    @property
    def place(self) -> tuple[UUID | None, str]:
        return self.venue_id, self.grid_path


@dataclass(frozen=True, slots=True)
class Hearers:
    """Whoever the rules of a batch name, found in one statement a kind."""

    posts: Mapping[tuple[Role, str], list[int]]
    departments: Mapping[int, list[int]]
    police: Mapping[str, int | None]  # path -> department
    peers: Mapping[tuple[str, str], list[int]]  # (territory, class) -> members of grids that have such places
    own: Mapping[str, frozenset[int]]  # grid -> its own members, who are no peers of themselves
    kept: Mapping[UUID, list[Line]]
    book: Mapping[tuple[tuple[UUID | None, str], str], list[Line]]

    @classmethod
    def of(cls, wanted: Sequence[tuple[Heard, Set[str], int]], on: date) -> Hearers:
        """Return the hearers of (case, recipients, levels up to look for peers)."""
        named = [(case, {Who(who) for who in whom}, levels) for case, whom, levels in wanted]
        posts = {(role, c.grid_path) for c, whom, _ in named for who in whom for role in POSTS.get(who, ())}
        forces = {c.grid_path for c, whom, _ in named if whom & POLICE}
        found = accounts.departments_for([(POLICE_KIND, path) for path in forces])
        police = {path: found[POLICE_KIND, path] for path in forces}
        departments = {c.department_id for c, whom, _ in named if c.department_id and Who.DEPARTMENT in whom}
        departments.update(one for c, whom, _ in named if Who.CO_HANDLERS in whom for one in c.co_waiting)
        peered = {
            (_around(c.grid_path, n), c) for c, whom, n in named if Who.GRID_PEERS in whom and c.venue_class
        }
        peers, own = _peers(peered, on)
        return cls(
            posts=accounts.holders_of(posts, on),
            departments=accounts.members_of({*departments, *filter(None, police.values())}, on),
            police=police,
            peers=peers,
            own=own,
            kept=venues.keeper_lines_of(
                c.venue_id for c, whom, _ in named if c.venue_id and Who.VENUE_KEEPER in whom
            ),
            book=venues.contacts_of(
                {c.place for c, whom, _ in named if whom & CONTACTS.keys()},
                {CONTACTS[who] for _, whom, _ in named for who in whom & CONTACTS.keys()},
            ),
        )

    def people(self, case: Heard, whom: Collection[Who], levels_up: int) -> list[int]:
        """Return the people with an account, each once. Rule: NT-2, CS-3 for who judges."""
        found: list[int] = []
        for who in sorted(whom):
            found += [
                user
                for role in POSTS.get(who, ())
                for user in self.posts.get((role, case.grid_path), [])
                if who is not Who.VERIFIERS or user not in {case.reporter_id, case.handler_id}
            ]
            found += self._named(case, who, levels_up)
        return list(dict.fromkeys(found))

    def _named(self, case: Heard, who: Who, levels_up: int) -> Sequence[int]:
        if who is Who.REPORTER:
            return [case.reporter_id]
        if who is Who.HANDLER:
            return [case.handler_id] if case.handler_id else []
        if who is Who.DEPARTMENT:
            return self.departments.get(case.department_id or 0, [])
        if who is Who.CO_HANDLERS:
            return [user for one in case.co_waiting for user in self.departments.get(one, [])]
        if who in POLICE:
            return self.departments.get(self.police.get(case.grid_path) or 0, [])
        if who is Who.GRID_PEERS and case.venue_class:
            near = self.peers.get((_around(case.grid_path, levels_up), case.venue_class), [])
            return [user for user in near if user not in self.own.get(case.grid_path, frozenset())]
        return []

    def contacts(self, case: Heard, whom: Collection[Who]) -> list[Line]:
        """Return the contacts without an account, each once."""
        found: list[Line] = []
        for who in sorted(whom):
            if who is Who.VENUE_KEEPER and case.venue_id:
                found += self.kept.get(case.venue_id, [])
            elif who in CONTACTS:
                found += self.book.get((case.place, CONTACTS[who].value), [])
        return list({line[:2]: line for line in found}.values())


def _around(path: str, levels_up: int) -> str:
    """Return the territory in which peers are looked for; never the whole tree."""
    up = ancestors(path)
    return up[max(len(up) - 1 - levels_up, 0)]


def _peers(
    wanted: Set[tuple[str, Heard]], on: date
) -> tuple[dict[tuple[str, str], list[int]], dict[str, frozenset[int]]]:
    """Return members of grids around by territory and class, and each grid's own. Rule: NT-2 (TZ-02)."""
    territories = {territory for territory, _ in wanted}
    classes = {case.venue_class for _, case in wanted if case.venue_class}
    members = accounts.holders_within(Role.GRID_MEMBER, sorted(territories), on) if territories else []
    there = venues.classes_in({scope for scope, _ in members}, classes) if members else set()
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    own: dict[str, set[int]] = defaultdict(set)
    for scope, user in members:
        own[scope].add(user)
        for territory in territories:
            if scope.startswith(territory):
                for code in classes:
                    if (scope, code) in there:
                        found[territory, code].append(user)
    return found, {scope: frozenset(users) for scope, users in own.items()}
