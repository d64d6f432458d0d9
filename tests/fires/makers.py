"""Words of a small pack, and fires of ALICE's street."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.makers import AT, BOB
from wangge.fires import services
from wangge.fires.schemas import FireIn, FireStepIn
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id


def make_words() -> None:
    services.install_words(
        [
            {
                "kind": kind,
                "code": code,
                "name_zh": zh,
                "name_en": code,
                "source": "t",
                "is_confirmed": False,
            }
            for kind, code, zh in (
                ("cause", "cause_electric", "电气"),
                ("cause", "cause_open", "待查"),
                ("place", "place_home", "住宅"),
            )
        ],
        pack_version="test@1",
    )


def fire(**fields: Any) -> FireIn:
    plain = {
        "id": new_id(),
        "fire_id": new_id(),
        "occurred_at": AT - timedelta(hours=2),
        "source": "citizen",
        "grid_path": BOB.scope,
        "lon": 118.305,
        "lat": 31.305,
        "address": "花园路 18 号",
        "text": "厨房起火",
    }
    return FireIn.model_validate(plain | fields)


def make_fire(actor: Actor, *, occurred_at: datetime = AT - timedelta(hours=2), **fields: Any) -> UUID:
    """Return the id of a fire that was heard of."""
    one = fire(occurred_at=occurred_at, **fields)
    [fate] = services.report_fires([one], actor=actor, at=max(AT, occurred_at))
    assert fate.status == 200, fate.en
    return one.fire_id


def step(actor: Actor, fire_id: UUID, action: str, version: int, **fields: Any) -> Fate:
    at = fields.pop("now", AT)
    given = {"id": new_id(), "fire_id": fire_id, "base_version": version, "action": action, **fields}
    [fate] = services.take_fire_steps([FireStepIn.model_validate(given)], actor=actor, at=at)
    return fate


def make_ended(actor: Actor, *, occurred_at: datetime = AT - timedelta(hours=2), **figures: Any) -> UUID:
    """Return the id of a fire that was confirmed and ended within the hour."""
    fire_id = make_fire(actor, occurred_at=occurred_at)
    for version, (action, minutes) in enumerate((("confirm", 4), ("end", 50)), start=1):
        then = occurred_at + timedelta(minutes=minutes)
        more = figures if action == "end" else {}
        fate = step(actor, fire_id, action, version, at=then, now=max(AT, then), **more)
        assert fate.status == 200, fate.en
    return fire_id
