"""A small edition of the standard, people who sign, hazards at every stage, as people bring them there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tests.cases.makers import House, make_case
from tests.makers import AT, Person, make_actor
from wangge.accounts.rules import Role
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import new_id
from wangge.major_hazards import services
from wangge.major_hazards.models import MajorHazard
from wangge.major_hazards.schemas import (
    AssessIn,
    ElementSetIn,
    ListIn,
    ProgressIn,
    ProposeIn,
    ReinspectIn,
    SignIn,
)

EDITION = {
    "code": "GB35181-2017",
    "name_zh": "GB 35181-2017（旧版）",
    "name_en": "GB 35181-2017",
    "source": "test",
    "members": 3,
    "experts": 7,
    "experts_agree": 2,
    "experts_of": 3,
    "elements": [
        {"code": "6.5", "is_direct": True, "zh": "出口不足", "en": "exits", "place_kinds": ["crowded"]},
        *(
            {"code": code, "is_direct": False, "zh": f"要素{code}", "en": code}
            for code in ("7.1.1", "7.1.2", "7.3.1", "7.3.2", "7.3.10", "7.5", "7.5.1", "7.8", "7.9.3")
        ),
    ],
    "counts": [
        {
            "code": "crowded-3",
            "at_least": 3,
            "zh": "人员密集达到 3 条",
            "en": "crowded 3",
            "place_kinds": ["crowded"],
            "elements": ["7.3.1", "7.3.2", "7.5"],
        },
        {
            "code": "any-4",
            "at_least": 4,
            "zh": "达到 4 条",
            "en": "4",
            "place_kinds": ["crowded", "important"],
        },
        {"code": "any-6", "at_least": 6, "zh": "达到 6 条", "en": "6", "place_kinds": ["other"]},
    ],
}


def make_edition(**changes: Any) -> None:
    services.install_element_sets([ElementSetIn.model_validate(EDITION | changes)], pack_version="test@1")
    services.install_listing_rule(
        {"working_days": 7, "source": "国办发〔2017〕87号", "is_confirmed": True}, pack_version="test@1"
    )


def make_signers(count: int) -> list[Actor]:
    """Return supervisors who may sign; some of them have no view of BOB's street."""
    return [
        make_actor(Person(f"signer{n}", f"签署人{n}", Role.SUPERVISOR, "34.02." if n % 2 else "34.09."))
        for n in range(count)
    ]


def assess(actor: Actor, *, at: datetime = AT, **fields: Any) -> Fate:
    plain: dict[str, Any] = {
        "id": new_id(),
        "element_set": "GB35181-2017",
        "place_kind": "crowded",
        "ticks": [{"element": "6.5", "note": "只有一个出口"}],
    }
    [fate] = services.assess([AssessIn.model_validate(plain | fields)], actor=actor, at=at)
    return fate


def propose(
    actor: Actor, signers: list[Actor], *, experts: int = 0, at: datetime = AT, **fields: Any
) -> Fate:
    """Ask the signers to decide; the last `experts` of them sit on the panel."""
    first = len(signers) - experts
    plain: dict[str, Any] = {
        "id": new_id(),
        "body": "镜湖区消防救援大队",
        "basis_clause": "6.5",
        "discussed_on": date(2025, 10, 13),
        "summary": "现场检查后集体讨论",
        "is_complex": experts > 0,
        "seats": [
            {"user_id": one.user_id, "panel": "member" if n < first else "expert"}
            for n, one in enumerate(signers)
        ],
    }
    [fate] = services.propose([ProposeIn.model_validate(plain | fields)], actor=actor, at=at)
    return fate


def sign(actor: Actor, decision_id: UUID, agrees: bool = True, *, at: datetime = AT) -> Fate:
    given = SignIn(id=new_id(), decision_id=decision_id, agrees=agrees, opinion="")
    return services.sign([given], actor=actor, at=at)[0]


def make_major(
    house: House, signers: list[Actor], *, at: datetime = AT, case: UUID | None = None
) -> MajorHazard:
    """Return a hazard of a case that three people decided to be major."""
    case = case or make_case(house)
    found = assess(house.alice, case_id=case, at=at)
    asked = propose(house.alice, signers[:3], assessment_id=found.command_id, at=at)
    assert asked.outcome is Outcome.APPLIED, asked
    for one in signers[:3]:
        assert sign(one, asked.command_id, at=at).outcome is Outcome.APPLIED
    return MajorHazard.objects.get(decisions__id=asked.command_id)


def list_it(actor: Actor, hazard: MajorHazard, *, at: datetime = AT, **fields: Any) -> Fate:
    plain: dict[str, Any] = {
        "id": new_id(),
        "hazard_id": hazard.pk,
        "supervising_body": "镜湖区人民政府",
        "notice_text": "对该单位重大火灾隐患挂牌督办。",
        "rectify_on": date(2025, 12, 31),
    }
    [fate] = services.list_hazards([ListIn.model_validate(plain | fields)], actor=actor, at=at)
    return fate


def tell(actor: Actor, hazard: MajorHazard, *, at: datetime = AT) -> Fate:
    given = ProgressIn(id=new_id(), hazard_id=hazard.pk, text="已增设出口", photos=[])
    return services.report_progress([given], actor=actor, at=at)[0]


def reinspect(actor: Actor, hazard: MajorHazard, has_passed: bool = True, *, at: datetime = AT) -> Fate:
    given = ReinspectIn(id=new_id(), hazard_id=hazard.pk, text="现场复查", photos=[], has_passed=has_passed)
    return services.reinspect([given], actor=actor, at=at)[0]
