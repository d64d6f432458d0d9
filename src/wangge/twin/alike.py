"""A check of like places in the demo city: what a finding in one grid made of the others (TW-10)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import id_at
from wangge.orders import queries, services
from wangge.twin.play import Play

FEW, MANY = 5, 40  # places
MOST_LOOKED_AT = 30  # findings
REASON = "一处同类场所查出隐患，请各网格检查同类场所"


def arrange_alike(play: Play, *, path: str, at: datetime) -> None:
    """Let a dispatcher ask for visits in the street `path` to places like that of a finding.

    Rule: TW-10 (TZ-02). Of the first findings the one with a few like places; in a small city none.
    """
    rng = random.Random(f"{play.seed}:alike")
    dispatcher = play.cast.choose((Role.DISPATCHER,), path, rng)
    if dispatcher is None or not dispatcher.covers(path):
        return
    found = sorted((one for one in play.cases.values() if one.venue_id), key=lambda one: one.id)
    for case in [one for one in found if one.path.startswith(path)][:MOST_LOOKED_AT]:
        asked = _asked(case.id, path, dispatcher, id_at(at, rng), at)
        if FEW <= services.count_alike(asked, actor=dispatcher, at=at).places <= MANY:
            with clock.standing_at(at):
                services.order_alike(asked, actor=dispatcher, at=at)
            return


def _asked(case_id: UUID, path: str, dispatcher: Actor, command: UUID, at: datetime) -> services.AlikeIn:
    today = at.astimezone(CHINA).date()
    proposal = queries.propose_alike(dispatcher, case_id, today=today)
    return services.AlikeIn(
        id=command,
        case_id=case_id,
        class_code=proposal.class_code,
        path=path,
        checklist_code=proposal.checklist_code,
        starts_on=today,
        ends_on=today + timedelta(days=7),
        reason=REASON,
    )
