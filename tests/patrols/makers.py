"""A patrol and its points for the tests of patrols."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from tests.makers import AT, BOB, make_actor, make_members
from wangge.accounts.models import User
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate
from wangge.kernel.ids import assemble, new_id
from wangge.patrols import services
from wangge.patrols.rules import PatrolAction
from wangge.patrols.schemas import DutyCommand

START = AT - timedelta(hours=3)  # 7 o'clock in China
INSIDE, OUTSIDE = (118.305, 31.305), (118.325, 31.305)
FQ01 = {
    "code": "FQ-01",
    "name_zh": "网格面上巡查",
    "name_en": "Patrol",
    "times": 1,
    "minutes": 120,
    "place": "grid",
    "policy": "advisory",
    "source": "WH-25",
    "is_confirmed": True,
}


def make_walker() -> Actor:
    """Return BOB, who covers the first square; the duty of Wuhu is in force."""
    bob = make_actor(BOB)
    make_members({BOB.scope: User.objects.get(pk=bob.user_id)})
    services.install_duties(duties=[FQ01], limits=[], pack_version="test@1")
    return bob


def make_step(
    bob: Actor, action: PatrolAction, session: UUID, at: datetime, *, now: datetime = AT, plate: str = ""
) -> Fate:
    command = DutyCommand(id=uuid4(), at=at, action=action, session_id=session, plate=plate)
    return services.take_duty([command], actor=bob, at=now)[0]


def make_patrol(
    bob: Actor, start: datetime = START, *, minutes: int | None = 180, now: datetime = AT
) -> UUID:
    """Return a patrol of BOB from `start` on; `minutes`: until it was stopped."""
    session = uuid4()
    assert make_step(bob, PatrolAction.START, session, start, now=now).code is None
    if minutes is not None:
        stop = start + timedelta(minutes=minutes)
        assert make_step(bob, PatrolAction.STOP, session, stop, now=now).code is None
    return session


def rows(
    start: datetime = START, *, minutes: int = 180, place: tuple[float, float] = INSIDE, every_s: int = 60
) -> list[list[float]]:
    """Return a point a minute, pacing up and down ten metres at a place."""
    return [
        [(start.timestamp() + s) * 1000, place[0] + (n % 2) * 1e-4, place[1], 5, 0]
        for n, s in enumerate(range(0, minutes * 60 + 1, every_s))
    ]


def make_points(bob: Actor, points: list[list[float]], *, now: datetime = AT, **more: Any) -> Fate:
    batch = services.TrackBatch(more.pop("id", None) or _id_of(now), np.array(points, dtype=float), **more)
    return services.ingest_points([batch], actor=bob, at=now)[0]


def _id_of(now: datetime) -> UUID:
    return assemble(now, new_id().int & (1 << 62) - 1)
