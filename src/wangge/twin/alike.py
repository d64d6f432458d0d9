"""A check of like places in the demo city: what a finding in one grid made of the others (TW-10)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import id_at
from wangge.orders import queries, services
from wangge.twin.play import Play

REASON = "一处同类场所查出隐患，请各网格检查同类场所"


def arrange_alike(play: Play, *, path: str, at: datetime) -> UUID | None:
    """Let a dispatcher of the street ask for visits to places like that of a finding; return its id.

    Rule: TW-10 (TZ-02). None in a city too small for it.
    """
    rng = random.Random(f"{play.seed}:alike")
    dispatcher = play.cast.choose((Role.DISPATCHER,), path, rng)
    found = sorted((one for one in play.cases.values() if one.venue_id), key=lambda one: one.id)
    mine = [one for one in found if dispatcher and dispatcher.covers(one.path)]
    if dispatcher is None or not mine:
        return None
    today = at.astimezone(CHINA).date()
    proposal = queries.propose_alike(dispatcher, mine[0].id, today=today)
    asked = services.AlikeIn(
        id=id_at(at, rng),
        case_id=mine[0].id,
        class_code=proposal.class_code,
        path=proposal.path,
        checklist_code=proposal.checklist_code,
        starts_on=today,
        ends_on=today + timedelta(days=7),
        reason=REASON,
    )
    if not services.count_alike(asked, actor=dispatcher, at=at).places:
        return None
    with clock.standing_at(at):
        services.order_alike(asked, actor=dispatcher, at=at)
    return asked.id
