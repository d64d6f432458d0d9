"""Kinds of a small pack, and teams and bodies of ALICE's street."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from tests.makers import AT, BOB
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.teams import services
from wangge.teams.body_schemas import BodyIn
from wangge.teams.schemas import TeamIn
from wangge.territory import services as territory

STREET = "34.02.03.005."
CALLED = {"source": "t", "is_confirmed": True}
ALL_FIELDS = ["range", "member_name", "member_photo", "member_phone", "supervisor", "report_phone"]


def named(code: str, zh: str = "", **row: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": zh or code, "name_en": code, **CALLED, **row}


def make_kinds(*, board: list[str] | None = None) -> None:
    """Install a station of six people and two hoses, a circle of neighbours, bodies and a board."""
    strength = {"most_people": None, "target_minutes": 3, "comes": True, "equipment": []}
    hose = {"code": "hose", "zh": "水带", "en": "Hose", "at_least": 2, "interval_days": 30}
    services.install_kinds(
        teams=[
            named("station", "微型消防站", **strength | {"equipment": [hose]}, least_people=6, position=0),
            named("circle", "联防组", **strength | {"comes": False}, least_people=0, position=1),
        ],
        bodies=[
            named("committee", "消防安全委员会", tier="street", level=4, is_required=True, position=0),
            named("group", "工作组", tier="community", level=5, is_required=True, position=1),
            named("salon", "议事会", tier="community", level=5, is_required=False, position=2),
        ],
        boards=[named("comprehensive", "网格公示牌", fields=ALL_FIELDS if board is None else board)],
        pack_version="test@1",
    )
    level = {"digits": 3, "grid_zh": "", "grid_en": "", "least_households": None, "most_households": None}
    tiers = (("county", 3), ("street", 4), ("community", 5), ("grid", 6))
    territory.install_tiers([named(code, level=n, **level) for code, n in tiers], pack_version="test@1")


def member(**fields: Any) -> dict[str, Any]:
    return {"id": new_id(), "name": "钱外援", "phone": "13812345678", "duty": "member", **fields}


def piece(**fields: Any) -> dict[str, Any]:
    return {"id": new_id(), "kind": "hose", "name": "水带", "count": 2, "storage": "值班室", **fields}


def team(**fields: Any) -> dict[str, Any]:
    plain = {
        "id": new_id(), "team_id": new_id(), "base_version": 0, "kind": "station", "name": "花园微站",
        "path": BOB.scope, "lon": 118.305, "lat": 31.305, "duty_phone": "05533810119",
        "members": [], "equipment": [],
    }  # fmt: skip
    return plain | fields


def save(actor: Actor, *given: dict[str, Any]) -> list[Fate]:
    return services.save_teams([TeamIn.model_validate(one) for one in given], actor=actor, at=AT)


def make_team(actor: Actor, **fields: Any) -> UUID:
    given = team(**fields)
    [fate] = save(actor, given)
    assert fate.status == 200, fate
    return UUID(str(given["team_id"]))


def body(**fields: Any) -> dict[str, Any]:
    plain = {
        "id": new_id(), "body_id": new_id(), "kind": "committee", "path": STREET, "name": "赭山街道消安委",
        "chair_title": "街道主任", "since_on": date(2025, 1, 1), "members": [],
    }  # fmt: skip
    return plain | fields


def save_body(actor: Actor, *given: dict[str, Any]) -> list[Fate]:
    return services.save_bodies([BodyIn.model_validate(one) for one in given], actor=actor, at=AT)
