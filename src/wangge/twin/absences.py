"""Who is away in the demo city: one with somebody who stands in, one without, and somebody with two posts.

Made by the same services as people use. Rule: TW-10, AC-13, TE-33.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from wangge.accounts import queries as account_queries
from wangge.accounts import services as accounts
from wangge.accounts.rules import Role
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import assemble
from wangge.territory import queries as territory_queries
from wangge.territory import services as territory
from wangge.territory.schemas import LeaveIn, SubstituteIn
from wangge.twin.city import City

BITS = 74


def arrange_absences(city: City, *, at: datetime, seed: int) -> None:
    """Let two members be away this week and give a third a grid chief's post beside the own.

    The last members of the city: whoever tries the demo logs in as one of the first.
    """
    members = [one for one in city.people if one.role is Role.GRID_MEMBER]
    if len(members) < 4:
        return
    rng, today = random.Random(f"{seed}:absences"), at.astimezone(CHINA).date()
    ids = account_queries.ids_of([one.username for one in (*members[:2], *members[-3:])])
    first_ones = {ids[one.username] for one in members[:2]}
    ill, taught, double = (ids[one.username] for one in members[-3:])
    wanted = ((ill, "sick", 0, 4, True), (taught, "training", 2, 2, False))
    for user_id, kind, first, days, is_covered in wanted:
        actor = account_queries.get_actors([user_id], today)[user_id]
        starts_on = today + timedelta(days=first)
        ends_on = starts_on + timedelta(days=days)
        offered = territory.offer_of(user_id, starts_on, ends_on, at=at) if is_covered else {}
        leave = LeaveIn(
            id=assemble(at, rng.getrandbits(BITS)),
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            substitutes=[
                SubstituteIn(layer=grid.layer, path=grid.path, user_id=free[0])
                for grid, some in offered.items()
                if (free := [one.user_id for one in some if one.user_id not in first_ones])
            ],
        )
        territory.take_leave(leave, actor=actor, at=at)
    place = members[-1]
    around = ".".join(place.scope.split(".")[:-2]) + "."
    name = territory_queries.names_of([around]).get(around, around)
    post = accounts.NewPost(double, Role.GRID_CHIEF, around, today, name)
    accounts.grant_post(post, actor=None, at=at)
