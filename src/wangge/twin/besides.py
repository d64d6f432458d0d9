"""What the demo city asks for beside the plan: a draw, the riskiest of the week, a campaign (TW-10)."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.kernel import calendars, clock
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Refused
from wangge.kernel.ids import id_at
from wangge.orders import services
from wangge.twin.play import Play

DRAWN = 8
SEED = "福利彩票双色球当期号码 03 08 15 19 24 31 + 07"
DAY = timedelta(days=1)


def arrange_besides(play: Play, *, path: str, at: datetime) -> None:
    """Let the city look at its riskiest places, and a dispatcher of `path` draw and lead a campaign.

    Rule: TW-10 (OR-33 … OR-36). In a city that is too small for one of them there is none.
    """
    rng = random.Random(f"{play.seed}:besides")
    dispatcher = play.cast.choose((Role.DISPATCHER,), path, rng)
    with clock.standing_at(at):
        services.order_riskiest_everywhere(at=at)
    if dispatcher is None or not dispatcher.covers(path):
        return
    for arrange in (_draw, _campaign):
        try:
            arrange(path, dispatcher, id_at(at, rng), at)
        except Refused:
            continue


def _draw(path: str, dispatcher: Actor, command: UUID, at: datetime) -> None:
    today = at.astimezone(CHINA).date()
    body = services.DoubleDrawIn(
        id=command,
        path=path,
        class_code="",
        count=DRAWN,
        seed=SEED,
        checklist_code="general",
        starts_on=today,
        ends_on=today + 14 * DAY,
        reason="本季度“双随机、一公开”抽查",
    )
    with clock.standing_at(at):
        services.make_draw(body, actor=dispatcher, at=at)


def _campaign(path: str, dispatcher: Actor, command: UUID, at: datetime) -> None:
    today = at.astimezone(CHINA).date()
    body = services.CampaignIn(
        id=command,
        name="今冬明春火灾防控专项行动",
        path=path,
        reason="冬季用火用电增多，集中排查易燃易爆和人员密集场所",
        classes=["flammable", "crowded"],
        checklist_code="crowded",
        visited_pct=100,
        disposed_pct=90,
        phases=_phases(today),
    )
    with clock.standing_at(at):
        services.start_campaign(body, actor=dispatcher, at=at)


def _phases(today: date) -> list[services.PhaseIn]:
    known = date(max(calendars.in_force().nation.years), 12, 31)  # nobody plans into a year that nobody knows
    end = max(today + DAY, min(today + 30 * DAY, known))
    return [
        services.PhaseIn(name="部署动员", path="", starts_on=today - 7 * DAY, ends_on=today),
        services.PhaseIn(name="组织实施", path="", starts_on=today, ends_on=end, has_visits=True),
        services.PhaseIn(name="总结验收", path="", starts_on=end, ends_on=end + 7 * DAY),
    ]
