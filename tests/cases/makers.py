"""A street with its people, a small pack, and cases that are reported and walked as people do it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_department
from tests.photos import store_photo, take_photo
from wangge.accounts.rules import Role
from wangge.cases import services
from wangge.cases.conditions import Now, allowed_actions
from wangge.cases.models import Case
from wangge.cases.rules import Action
from wangge.cases.schemas import CaseReport, StepCommand
from wangge.cases.writing import facts_of
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import national as calendar
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import new_id
from wangge.matters import services as matters
from wangge.matters.rules import Limits

HAN = Person("han", "韩处置", Role.DEPARTMENT_HANDLER, "34.02.03.")
PANG = Person("pang", "庞旁人", Role.DEPARTMENT_HANDLER, "34.02.03.")  # of another department
CHIEF = Person("chief", "网格长", Role.GRID_CHIEF, "34.02.03.005.012.")
SUPER = Person("super", "苏督查", Role.SUPERVISOR, "34.02.03.")
HERE, NEXT_DOOR, FAR_AWAY = (118.305, 31.305), (118.315, 31.305), (118.325, 31.305)  # BOB's grid, and others
HOUR = timedelta(hours=1)
PACK = "test@1"
MATTERS = [  # code, severity, working days, hours, kind of department
    ("H101", "general", 1, None, "police"),
    ("H301", "general", 3, None, "fire"),
    ("H304", "larger", 3, None, "fire"),
    ("H501", "larger", 0, None, "fire"),
    ("H601", "suspected_major", 0, 2, "fire"),
    ("H805", "larger", 5, None, "fire"),  # stops operation
]
CLOCKS = [("reported", None, 2), ("accepted", 1, None), ("dispatched", None, 4), ("verifying", 3, None)]
LIMITS = {
    "object_working_days": 1,
    "reopen_working_days": 15,
    "suspensions": 1,
    "extensions": 1,
    "extension_days": 10,
    "same_place_m": 50,
    "photo_marks": ["time", "place", "viewer"],
}
TEMPLATES: dict[str, list[dict[str, Any]]] = {
    "": [
        {"zh": "发现", "en": "Found", "statuses": [], "by": []},
        {"zh": "上报", "en": "Reported", "statuses": ["reported", "accepted", "dispatched"], "by": []},
        {"zh": "处置", "en": "Handling", "statuses": ["handling", "suspended", "transferred"], "by": []},
        {"zh": "督办", "en": "Supervised", "statuses": [], "by": ["supervise"]},
        {"zh": "销号", "en": "Struck off", "statuses": ["verifying", "closed"], "by": []},
    ]
}
STAGES = {"reported": ("问题发现", "Found"), "closed": ("销号", "Closed")}


@dataclass(frozen=True)
class House:
    """Who is there: the people, and what hangs on them."""

    alice: Actor
    bob: Actor
    carol: Actor
    han: Actor
    pang: Actor
    chief: Actor
    super: Actor
    fire: int
    police: int
    photo: str

    def named(self, name: str) -> Actor:
        actor = getattr(self, name)
        assert isinstance(actor, Actor)
        return actor


def make_pack(
    version: str = PACK,
    *,
    upgrades: Sequence[Mapping[str, Any]] = (),
    may_become: Mapping[str, str] | None = None,
    restricted: Collection[str] = (),
    routes: Sequence[Mapping[str, Any]] = (),
) -> None:
    matters.install_matters(
        [
            {
                "code": code,
                "group_code": code[:2],
                "group_zh": "组",
                "group_en": "Group",
                "name_zh": f"事项{code}",
                "name_en": f"Matter {code}",
                "basis": "消防法§28",
                "severity": severity,
                "fix_days": days,
                "fix_hours": hours,
                "department_kind": kind,
                "is_confirmed": code != "H501",
                "may_become": (may_become or {}).get(code, ""),
                "is_restricted": code in restricted,
                "stops_operation": code == "H805",
            }
            for code, severity, days, hours, kind in MATTERS
        ],
        pack_version=version,
    )
    matters.install_routes(
        [
            {"matter_prefix": "H304", "path": "34.02.03.", "department_kind": "police"},
            {"matter_prefix": "H", "layer": "market", "department_kind": "fire"},
            *routes,
        ],
        pack_version=version,
    )
    named = {"name_zh": "规则", "name_en": "Rule", "source": "test", "is_confirmed": False}
    matters.install_upgrades([named | one for one in upgrades], pack_version=version)
    matters.install_clocks(
        [
            {"status": status, "working_days": days, "hours": hours, "source": "test", "is_confirmed": False}
            for status, days, hours in CLOCKS
        ],
        pack_version=version,
    )
    matters.install_stages(
        [{"status": status, "name_zh": zh, "name_en": en} for status, (zh, en) in STAGES.items()],
        pack_version=version,
    )
    matters.install_loop(LIMITS, TEMPLATES, pack_version=version)
    matters.install_timing(yellow_at_pct=75, at_once_hours=24, pack_version=version)


def make_house(version: str = PACK, **pack: Any) -> House:
    make_divisions()
    make_grids()
    make_pack(version, **pack)
    fire = make_department()
    police = make_department(code="police-005", name="赭山派出所", kind="police", path="34.02.03.005.")
    alice = make_actor(ALICE)
    return House(
        alice=alice,
        bob=make_actor(BOB),
        carol=make_actor(CAROL),
        han=make_actor(HAN, department_id=fire),
        pang=make_actor(PANG, department_id=police),
        chief=make_actor(CHIEF),
        super=make_actor(SUPER),
        fire=fire,
        police=police,
        photo=store_photo(take_photo(local="2025:10:13 10:00:00", point=HERE), actor=alice, at=AT),
    )


def report(**fields: Any) -> CaseReport:
    lon, lat = fields.pop("point", HERE)
    plain: dict[str, Any] = {"id": new_id(), "at": AT, "matter_code": "H301", "lon": lon, "lat": lat}
    return CaseReport(**plain | {"text": "灭火器过期", "address": "花园路 1 号"} | fields)


def make_case(house: House, *, by: str = "bob", at: datetime | None = None, **fields: Any) -> UUID:
    """Return the id of a case that was reported in BOB's grid."""
    given = report(**({"at": at} if at else {}) | fields)
    [fate] = services.report_cases([given], actor=house.named(by), at=given.at)
    assert fate.outcome is Outcome.APPLIED, fate
    return given.id


def command(case_id: UUID, action: str, **fields: Any) -> StepCommand:
    """Return the command as it is sent by somebody who has just looked at the case."""
    found = Case.objects.filter(pk=case_id).values_list("version", flat=True).first()
    plain: dict[str, Any] = {"id": new_id(), "case_id": case_id, "action": Action(action), "at": AT}
    return StepCommand(**plain | {"base_version": found or 1} | fields)


def take(actor: Actor, *steps: StepCommand, at: datetime | None = None) -> list[Fate]:
    return services.take_steps(steps, actor=actor, at=at or max(step.at for step in steps))


WALK: Mapping[str, tuple[str, str]] = {  # the status it leads to: who, what
    "accepted": ("alice", "accept"),
    "dispatched": ("alice", "dispatch"),
    "handling": ("han", "sign"),  # PANG, where the police have the case
    "verifying": ("han", "feed_back"),
    "closed": ("chief", "pass"),
}


def walk(house: House, case_id: UUID, to: str, *, at: datetime = AT) -> None:
    """Take the case along the plain way to the status `to`, half an hour a step."""
    now = Case.objects.get(pk=case_id).status
    theirs = {house.police: "pang", house.fire: "han"}
    road = list(WALK)
    for n, status in enumerate(road[road.index(now) + 1 if now in WALK else 0 : road.index(to) + 1], 1):
        who, action = WALK[status]
        if who == "han":
            who = theirs[Case.objects.get(pk=case_id).department_id or 0]
        step = command(case_id, action, at=at + HOUR * n / 2, **carried(house, case_id, action))
        [fate] = take(house.named(who), step)
        assert fate.outcome is Outcome.APPLIED, fate


def suspend(house: House, case_id: UUID, *, at: datetime, reason: str = "停业施工") -> None:
    """Let the handler ask for a suspension, and the desk grant it, at the same moment."""
    office = "pang" if Case.objects.get(pk=case_id).department_id == house.police else "han"
    for who, action in ((office, "ask_suspension"), ("alice", "suspend")):
        [fate] = take(house.named(who), command(case_id, action, at=at, reason=reason))
        assert fate.outcome is Outcome.APPLIED, fate


def carried(house: House, case_id: UUID, action: str) -> dict[str, Any]:
    """Return what somebody on the spot sends with the step: a photo, and where they stand."""
    if action == "pass":
        return {"reason": "现场核实"}
    if action != "feed_back":
        return {}
    lon, lat = Case.objects.values_list("lon", "lat").get(pk=case_id)
    return {"photos": [house.photo], "lon": lon, "lat": lat}


def allowed_steps(actor: Actor, case_id: UUID, at: datetime) -> list[str]:
    """Return the steps that the person is offered at the moment."""
    now = Now(Limits(**LIMITS), calendar, at)
    facts = facts_of(Case.objects.get(pk=case_id))
    return [action.value for action, _ in allowed_actions(facts, actor, now)]


def count_rows() -> dict[str, int]:
    """Return how many rows every table holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = int(cursor.fetchone()[0])
    return counts
