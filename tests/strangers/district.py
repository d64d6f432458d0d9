"""A district in full work, district A, and the house around it: whatever a stranger could see of it is there.

`make_world` is what everybody may know (packs, rules) and what the strangers own; `make_district` is A.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.cases.makers import (
    CHIEF,
    HAN,
    HERE,
    NEXT_DOOR,
    PACK,
    PANG,
    SUPER,
    House,
    make_case,
    make_pack,
    report,
    walk,
)
from tests.documents.makers import make_formats
from tests.dossiers.makers import drawing, facility, fact, licence, make_class_words, make_standards, person
from tests.dossiers.makers import make_words as make_dossier_words
from tests.evidence.makers import make_limits
from tests.fires.makers import make_words as make_fire_words
from tests.ground import FAR, NEXT, make_divisions, make_grids, square
from tests.ledgers.makers import make_ledgers
from tests.major_hazards.makers import make_edition, make_signers
from tests.makers import (
    ALICE,
    AT,
    BOB,
    Person,
    make_actor,
    make_client,
    make_department,
    make_members,
    make_venues,
)
from tests.matters.test_admission import draft
from tests.notices.makers import connect, give_address
from tests.orders.makers import RULES, make_plan, make_rules
from tests.oversight.makers import act, make_handled, make_oversight
from tests.oversight.makers import take as take_acts
from tests.photos import store_photo, take_photo
from tests.strangers import twofold
from tests.strangers.beside import LOOKED_AT as LOOKED_AT
from tests.strangers.beside import beside_the_plan, centre, drafted, major, manned, post, run, told
from tests.strangers.visited import make_visited
from tests.teams.makers import make_kinds
from tests.territory.leave_makers import make_words as make_staff_words
from tests.visits.makers import make_visit_words
from wangge.accounts.models import Post, User
from wangge.accounts.rules import Medium, Role
from wangge.cases import services as cases
from wangge.config.handover_api import KEEPERS
from wangge.dossiers import services as dossiers
from wangge.evidence import services as evidence
from wangge.field import services as field
from wangge.field.burden import note_burdens
from wangge.field.schemas import BurdenIn, DeviceIn
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.matters import services as matters
from wangge.orders.models import Assignment, Order, SeasonSpell
from wangge.oversight import services as oversight
from wangge.oversight.models import Act
from wangge.territory import handing_over, standing_in
from wangge.territory import services as territory
from wangge.territory.handover_schemas import HandoverIn
from wangge.territory.leave_schemas import LeaveIn
from wangge.territory.models import Grid, GridChange
from wangge.territory.services import GridFeature
from wangge.venues import services as venues
from wangge.venues.models import Contact
from wangge.venues.schemas import ContactIn

OTHER = "34.02.030."  # begins as A's district does: 34.02.03
SCOPES = ("34.02.0.", OTHER)
BOX = "118.2,31.2,118.5,31.5"


@dataclass(frozen=True)
class World:
    strangers: list[Actor]
    insiders: list[Actor]  # of every role over A: they prove that there is something to see
    signers: list[Actor]  # of the city above both, and of another city


def make_world() -> World:
    """Return the people of a house in which district A has nothing yet."""
    make_divisions()
    make_grids(GridFeature("三格", square(2), path=FAR), GridFeature("四格", square(3), path=f"{OTHER}001."))
    make_pack()
    make_formats()
    make_dossier_words()
    make_class_words()
    make_standards()
    make_fire_words()
    make_edition()
    make_oversight(pack_version=PACK)
    make_staff_words()
    make_limits()
    connect(Medium.SMS, "json://127.0.0.1:9/send?:phone={to}")
    make_rules([*RULES])
    make_kinds()
    make_visit_words()
    make_ledgers()
    layer = {"code": "comprehensive", "tier": "grid", "under": "community", "first": 1, "last": 999}
    called = {
        "name_zh": "综合",
        "name_en": "comprehensive",
        "source": "t",
        "is_confirmed": True,
        "is_whole": True,
    }
    territory.install_layers([layer | called], scenes=[], pack_version=PACK)
    terms = [("department", "fire"), ("department", "police"), ("field", "fire_safety")]
    matters.install_terms(
        [
            {
                "kind": kind,
                "code": code,
                "name_zh": code,
                "name_en": code,
                "source": "t",
                "is_confirmed": True,
            }
            for kind, code in terms
        ],
        pack_version=PACK,
    )
    strangers = [_person("stranger", n, role, SCOPES[n % 2]) for n, role in enumerate(Role)]
    walker = next(one for one in strangers if one.role == Role.GRID_MEMBER)
    make_venues(count=2, grid_path=FAR, keeper_name="自家人")
    cases.report_cases([report(point=(118.3201, 31.305))], actor=walker, at=AT)
    oversight.climb(at=LOOKED_AT)
    dossiers.count_grids(at=AT)
    insiders = [_person("insider", n, role, "34.02.03.") for n, role in enumerate(Role)]
    return World(strangers, insiders, make_signers(3))


def _person(kind: str, n: int, role: Role, scope: str) -> Actor:
    department = None
    if role is Role.DEPARTMENT_HANDLER:
        department = make_department(code=f"{kind}{n}", name=f"{kind}{n}", path=scope)
    return make_actor(Person(f"{kind}{n}", f"某人{n}", role, scope), department_id=department)


def make_district(world: World) -> Mapping[str, Any]:
    """Make A, and return what of it stands in an address or a body: name of the field → value."""
    house = _people()
    [shop, other] = _venues(house)
    case, twin = _cases(house, shop)
    order, visit = _order(house, shop)
    ids: dict[str, Any] = {
        "user_id": house.bob.user_id,
        "post_id": Post.objects.get(user_id=house.bob.user_id).pk,
        "grid_id": _grid(BOB.scope),
        "grid_ids": [_grid(BOB.scope), _grid(NEXT)],
        "venue_id": shop,
        "contact_id": Contact.objects.latest("pk").pk,
        "order_id": order,
        "visit_id": visit,
        "run_id": run(house),
        "case_id": case,
        "case_ids": [case, twin],
        "merged_into": twin,
        "department_id": house.fire,
        "sha256": house.photo,
        "owners": [make_client(one) for one in (house.bob, house.super, house.chief, _guard())],
        "leave_id": _away(house),
        **_kept(house, case),
        **major(house, other, world.signers),
        **told(house, case),
        **manned(house),
        "handover_id": _handed(),
        **_dossier(house, shop),
        "spell_id": _declared(house),
        **beside_the_plan(house),
        **centre(house),
        "assignment_id": (assigned := _assigned(house)),
        "assignment": assigned,
        **twofold.make_twofold(house, shop, other),
        **make_visited(house),
    }
    ids["change_id"] = _changed(house)
    ids["device_id"] = _phone(house)
    ids["draft_id"] = drafted()
    return ids


def _declared(house: House) -> UUID:
    """An intensified period of A."""
    spell = SeasonSpell.objects.create(
        id=new_id(),
        season_code="high_fire_risk",
        path=BOB.scope,
        starts_on=LOOKED_AT.date(),
        ends_on=LOOKED_AT.date() + timedelta(days=30),
        reason="雪松红色预警",
        declared_by_id=house.bob.user_id,
        declared_at=LOOKED_AT,
    )
    return spell.id


def _assigned(house: House) -> UUID:
    """A check of like places of A."""
    row = Assignment.objects.create(
        id=new_id(),
        kind="alike",
        path=BOB.scope,
        reason="雪松同类排查",
        class_code="shop",
        checklist_code="general",
        starts_on=LOOKED_AT.date(),
        ends_on=LOOKED_AT.date() + timedelta(days=7),
        made_by_id=house.bob.user_id,
        made_at=LOOKED_AT,
    )
    return row.id


def _people() -> House:
    make_grids(
        GridFeature("雪松一格", square(0), path=BOB.scope), GridFeature("雪松二格", square(1), path=NEXT)
    )
    fire = make_department(name="雪松消防大队")
    police = make_department(code="police-005", name="雪松派出所", kind="police", path="34.02.03.005.")
    alice = make_actor(ALICE)
    house = House(
        alice=alice,
        bob=make_actor(BOB),
        carol=alice,
        han=make_actor(HAN, department_id=fire),
        pang=make_actor(PANG, department_id=police),
        chief=make_actor(CHIEF),
        super=make_actor(SUPER),
        fire=fire,
        police=police,
        photo=store_photo(take_photo(local="2025:10:13 10:00:00", point=HERE), actor=alice, at=AT),
    )
    make_members({BOB.scope: User.objects.get(pk=house.bob.user_id)})
    give_address(house.bob.user_id, Medium.SMS, "13912345678")
    return house


def _phone(house: House) -> UUID:
    phone = DeviceIn(id=new_id(), name="雪松手机", key="k" * 43)
    day = BurdenIn(
        id=new_id(),
        at=LOOKED_AT,
        phone_id=phone.id,
        on=LOOKED_AT.date(),
        active_s=60,
        fields=1,
        photos=1,
    )
    [fate] = note_burdens([day], actor=house.bob, at=LOOKED_AT)
    assert fate.status == 200, fate
    return field.enrol_device(phone, actor=house.bob, at=LOOKED_AT).id


def _guard() -> Actor:
    return make_actor(Person("guard", "安管", Role.SECURITY_ADMIN, "34.02.03."))


def _handed() -> UUID:
    gone = make_actor(Person("gone", "雪松旧员", Role.GRID_MEMBER, NEXT))
    said = HandoverIn(
        id=new_id(),
        post_id=gone.post_id or 0,
        ends_on=LOOKED_AT.date(),
        orders="place",
        cases="inbox",
        reason="雪松",
    )
    handing_over.hand_over(said, keepers=KEEPERS, actor=_guard(), at=LOOKED_AT)
    return said.id


def _away(house: House) -> UUID:
    make_actor(Person("xue", "雪松员", Role.GRID_MEMBER, NEXT))
    Post.objects.filter(user__username="xue").update(kind="social_grid_worker")
    until = (LOOKED_AT + timedelta(days=6)).date()
    leave = LeaveIn(id=new_id(), kind="sick", starts_on=LOOKED_AT.date() + timedelta(days=1), ends_on=until)
    return standing_in.take_leave(leave, actor=house.bob, at=LOOKED_AT).leave_id


def _venues(house: House) -> list[UUID]:
    made = make_venues(
        count=2, grid_path=BOB.scope, tags=["red"], address="雪松路 1 号", keeper_name="雪松人"
    )
    for venue_id, path in ((made[0].pk, ""), (None, BOB.scope)):
        contact = ContactIn(
            venue_id=venue_id, path=path, kind="owner", name="雪松主", medium="sms", address="13911112222"
        )
        venues.add_contact(contact, actor=house.alice, at=AT)
    return [one.pk for one in made]


def _dossier(house: House, shop: UUID) -> dict[str, UUID]:
    """Who answers for the shop, and what it has that runs out."""
    who = person(shop, kind="owner", name="雪松集团", phone="13922223333", source="雪松登记")
    what = facility(shop, kind="hydrant", tested_on="2024-10-20", place="雪松楼一层")
    paper = licence(shop, number="雪松证1", valid_until="2025-11-01", photos=[house.photo])
    dossiers.save_people([who], actor=house.alice, at=AT)
    dossiers.save_facilities([what], actor=house.alice, at=AT)
    dossiers.save_licences([paper], actor=house.alice, at=AT)
    plan = drawing(shop, title="雪松一层", file=house.photo, file_name="雪松.jpg")
    dossiers.save_drawings([plan], actor=house.alice, at=AT)
    facts = [fact(shop, "use", "shop"), fact(shop, "area", "1200")]
    dossiers.save_facts(facts, actor=house.alice, at=AT)
    dossiers.count_grids(at=AT)
    return {
        "walked": BOB.scope,
        "person_id": who.entry_id,
        "facility_id": what.entry_id,
        "licence_id": paper.entry_id,
        "drawing_id": plan.entry_id,
        "fact_id": facts[0].entry_id,
    }


def _cases(house: House, shop: UUID) -> tuple[UUID, UUID]:
    case = make_handled(house, venue_id=shop, text="雪松灭火器过期", photos=[house.photo])
    twin = make_case(house, venue_id=shop, text="雪松灭火器过期", point=HERE)
    walk(house, make_case(house, text="雪松堵门", point=NEXT_DOOR, by="alice"), "closed")
    walk(house, make_case(house, text="雪松堵门", point=NEXT_DOOR, by="alice"), "dispatched")
    return case, twin


def _grid(path: str) -> UUID:
    return Grid.objects.get(path=path, valid_to__isnull=True).pk


def _order(house: House, shop: UUID) -> tuple[UUID, UUID]:
    make_plan(date(2025, 10, 1), date(2025, 11, 1), at=AT)
    order = Order.objects.get(venue_id=shop, opens_on=LOOKED_AT.date()).pk
    visit = new_id()
    result = {"id": visit, "order_id": order, "at": LOOKED_AT.isoformat(), "outcome": "inspected"}
    answers = [{"item": item, "ok": True} for item in ("exits", "there", "good", "person")]
    post(
        house.bob,
        "/api/orders/results",
        [result | {"base_version": 1, "answers": answers, "signature": house.photo}],
    )
    return order, visit


def _kept(house: House, case: UUID) -> dict[str, Any]:
    """What hangs on a case: a paper, a bundle, a saved list, letters, what was suggested, a proposal."""
    paper, bundle, saved = new_id(), new_id(), new_id()
    notice = {"id": paper, "kind": "rectification_notice", "demand": "雪松立即整改"}
    post(house.han, f"/api/cases/{case}/documents", notice)
    post(house.super, "/api/evidence/exports", {"id": bundle, "case_ids": [case], "reason": "雪松复议"})
    evidence.make_bundle(bundle, at=LOOKED_AT)
    post(house.super, "/api/cases/saved", {"id": saved, "name": "雪松", "query": "", "is_shared": True})
    said = {"id": new_id(), "case_id": case, "at": AT.isoformat(), "stage": "desk", "matters": ["H301"]}
    post(house.alice, "/api/triage/decisions", [said])
    oversight.climb(at=LOOKED_AT)
    [fate] = take_acts(house.super, act(case, "yellow", "雪松请尽快办理"), at=LOOKED_AT)
    assert fate.status == 200, fate
    proposal = matters.draft_matter(draft(name_zh="雪松灭火毯"), actor=house.han, at=AT)
    return {
        "document_id": paper,
        "export_id": bundle,
        "filter_id": saved,
        "act_id": Act.objects.latest("at").pk,
        "admission_id": proposal.id,
        "code": proposal.code,
    }


def _changed(house: House) -> UUID:
    """One grid of A is cut in two: what a change leaves behind is there."""
    admin = make_actor(Person("root", "雪松管理员", Role.SYSTEM_ADMIN, "34.02.03."))
    line = [[118.315, 31.29], [118.315, 31.32]]
    change = {"id": new_id(), "reason": "雪松网格过大", "grid_id": _grid(NEXT), "line": line}
    post(admin, "/api/territory/changes/split", change)
    return GridChange.objects.latest("at").pk
