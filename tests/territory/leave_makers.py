"""A street of four grids in a row with their members, for the tests of leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from tests.ground import make_divisions, make_grids, square
from tests.makers import ALICE, AT, ON, Person, make_actor, make_members
from wangge.accounts import services as accounts
from wangge.accounts.models import User
from wangge.accounts.rules import Role
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.territory import standing_in
from wangge.territory.leave_schemas import LeaveDone, LeaveIn, SubstituteIn
from wangge.territory.models import GridMember
from wangge.territory.services import GridFeature

COMMUNITY = "34.02.03.005.012."
DAY = timedelta(days=1)
CHIEF = ALICE.acting_as(Role.GRID_CHIEF, scope="34.02.03.005.")
KINDS = ("annual", "sick", "training", "other")


def grid(n: int) -> str:
    return f"{COMMUNITY}{n:03}."


def on(n: int) -> date:
    return ON + n * DAY


def at(n: int) -> datetime:
    return AT + n * DAY


def make_words() -> None:
    accounts.install_staff_words(
        [
            {
                "list": "leave",
                "code": code,
                "parent": "",
                "name_zh": code,
                "name_en": code,
                "source": "t",
                "is_confirmed": True,
                "position": n,
            }
            for n, code in enumerate(KINDS)
        ],
        pack_version="test@1",
    )


def make_street(count: int = 4) -> list[Actor]:
    """Return the members of the grids 1 … `count`, which lie in a row from west to east."""
    make_divisions()
    make_grids(*(GridFeature(f"{n}格", square(n - 1), path=grid(n)) for n in range(1, count + 1)))
    make_words()
    people = [make_actor(Person(f"m{n}", f"格员{n}", Role.GRID_MEMBER, grid(n))) for n in range(1, count + 1)]
    make_members({grid(n): User.objects.get(pk=one.user_id) for n, one in enumerate(people, start=1)})
    return people


def make_deputy(n: int, *, name: str = "副手") -> Actor:
    deputy = make_actor(Person(f"deputy{n}", name, Role.GRID_MEMBER, grid(n)))
    GridMember.objects.create(
        path=grid(n), layer="comprehensive", user_id=deputy.user_id, duty="deputy", starts_on=on(-300)
    )
    return deputy


def take(
    who: Actor,
    first: int,
    until: int,
    substitutes: Mapping[int, Actor] | None = None,
    *,
    by: Actor | None = None,
    today: int = 0,
    kind: str = "annual",
) -> LeaveDone:
    command = LeaveIn(
        id=new_id(),
        user_id=who.user_id,
        kind=kind,
        starts_on=on(first),
        ends_on=on(until),
        substitutes=[
            SubstituteIn(path=grid(n), user_id=one.user_id) for n, one in (substitutes or {}).items()
        ],
    )
    return standing_in.take_leave(command, actor=by or who, at=at(today))
