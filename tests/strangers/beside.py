"""What a district has beside its places and cases: hazards, notices, teams, runs, drafts."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cases.makers import (
    House,
)
from tests.fires.makers import make_ended
from tests.major_hazards.makers import assess, list_it, make_major, propose
from tests.makers import (
    AT,
    BOB,
    make_client,
    make_venues,
)
from tests.notices.makers import telling
from tests.teams.makers import STREET, body, make_team, member, piece, save_body
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.bulletins import services as bulletins
from wangge.bulletins.schemas import BulletinIn
from wangge.grid_drafts import services as grid_drafts
from wangge.grid_drafts.schemas import GridDraftIn
from wangge.kernel import run_files, runs
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.kernel.models import FileRun
from wangge.kernel.run_rules import Way
from wangge.kernel.runs import Asked
from wangge.notices import services as notices
from wangge.notices.models import Delivery, Notice
from wangge.orders.models import Assignment, Campaign, CampaignPhase, Draw
from wangge.venues.models import Venue

LOOKED_AT = AT + timedelta(days=12)  # when what was handled is late


def post(actor: Actor, path: str, body: object) -> None:
    answer = make_client(actor).post(path, body, content_type="application/json")
    assert answer.status_code in (200, 201), (path, answer.content.decode())
    assert "refused" not in answer.content.decode(), answer.content.decode()


def major(house: House, shop: UUID, signers: list[Actor]) -> dict[str, Any]:
    listed = make_major(house, signers)
    assert list_it(house.super, listed).status == 200
    paper = {"id": new_id(), "kind": "listing_notice"}
    post(house.super, f"/api/major-hazards/{listed.pk}/documents", paper)
    seen = {"element": "6.5", "note": "雪松", "photos": [house.photo]}
    found = assess(house.bob, venue_id=shop, ticks=[seen])
    asked = propose(house.alice, signers, assessment_id=found.command_id)
    assert asked.status == 200, asked
    return {
        "hazard_id": listed.pk,
        "subject_id": found.command_id,
        "assessment_id": found.command_id,
        "decision_id": asked.command_id,
        "major_document_id": paper["id"],
    }


def told(house: House, case: UUID) -> dict[str, Any]:
    given = telling(
        "雪松", [house.bob.user_id], media=("in_app", "sms"), title_zh="雪松有新案件", case_id=case
    )
    notices.tell([given], at=AT)
    Delivery.objects.update(state="given_up")
    return {"ids": [Notice.objects.latest("pk").pk], "delivery_ids": [Delivery.objects.latest("pk").pk]}


def manned(house: House) -> dict[str, Any]:
    """A team with somebody and something in it, a body that met, and a board that is published."""
    one, hose = member(name="雪松外援"), piece(name="雪松水带")
    team = make_team(house.alice, name="雪松微站", address="雪松路", members=[one], equipment=[hose])
    seat = body(name="雪松消安委", path=STREET)
    [fate] = save_body(house.alice, seat)
    assert fate.status == 200, fate
    met = {"id": new_id(), "body_id": seat["body_id"], "held_on": "2025-10-13", "topic": "雪松例会"}
    post(house.alice, "/api/teams/meetings", [met | {"photos": [house.photo]}])
    board = {"id": new_id(), "path": BOB.scope, "range_text": "雪松路", "report_phone": "0553-1"}
    post(house.alice, "/api/teams/boards", [board])
    return {
        "team_id": team,
        "member_id": one["id"],
        "equipment_id": hose["id"],
        "body_id": seat["body_id"],
        "meeting_id": met["id"],
    }


def run(house: House) -> UUID:
    """An import of A that is over, with an error file and, as no real one has both, a result."""
    asked = Asked(new_id(), "venues.import", Way.IN, "venues.write", file_name="雪松.csv")
    run = runs.ask_run(asked, SimpleUploadedFile("雪松.csv", b"a"), actor=house.alice, at=AT)
    later = Asked(new_id(), "venues.export", Way.OUT, "venues.export", file_name="雪松.csv")
    over = runs.ask_run(later, None, actor=house.alice, at=LOOKED_AT)
    for what in (run_files.PROBLEMS, run_files.RESULT):
        run_files.keep(over.pk, what, io.BytesIO("雪松".encode()))
    told = {"state": "done", "ended_at": LOOKED_AT, "has_problem_file": True, "has_result": True}
    FileRun.objects.filter(pk__in=[run.pk, over.pk]).update(**told)
    return over.pk


def drafted() -> UUID:
    """Other grids are proposed for A: four houses of 360 households each."""
    for n in range(4):
        size = {"area_m2": 9000.0, "height_m": 12.0}
        [house] = make_venues(class_code="shop", grid_path=BOB.scope, name=f"雪松楼{n}", **size)
        Venue.objects.filter(pk=house.pk).update(lon=118.302 + n / 500, lat=31.305)
    wish = {"id": new_id(), "path": "34.02.03.", "source": "estimate", "classes": ["shop"]}
    body = GridDraftIn.model_validate(wish | {"least": 300, "most": 500})
    root = Actor(9, "雪松管理员", Role.SYSTEM_ADMIN.value, "34.02.03.", None, CAPABILITIES[Role.SYSTEM_ADMIN])
    assert grid_drafts.request_draft(body, actor=root, at=AT).status == 200
    assert grid_drafts.make_draft(body.id, at=AT)
    return body.id


def beside_the_plan(house: House) -> dict[str, Any]:
    """A draw and a campaign of A."""
    today = LOOKED_AT.date()
    plain = {"path": BOB.scope, "made_by_id": house.bob.user_id, "made_at": LOOKED_AT}
    days = {"starts_on": today, "ends_on": today + timedelta(days=7)}
    drawn = Assignment.objects.create(
        id=new_id(),
        kind="draw",
        reason="雪松双随机",
        class_code="",
        checklist_code="general",
        **plain,
        **days,
    )
    Draw.objects.create(
        assignment=drawn, seed="雪松", is_seed_given=True, count=1, place_ids=[], place_paths=[],
        inspectors=[{"user_id": house.bob.user_id, "name": "雪松检查员", "own_paths": [BOB.scope]}],
        digest="0",
    )  # fmt: skip
    campaign = Campaign.objects.create(
        id=new_id(), name="雪松专项行动", reason="雪松", checklist_code="general", visited_pct=100,
        disposed_pct=90, **plain,
    )  # fmt: skip
    CampaignPhase.objects.create(campaign=campaign, position=1, name="雪松阶段", path=BOB.scope, **days)
    return {"double_draw_id": drawn.pk, "campaign_id": campaign.pk}


def bulletin(house: House) -> UUID:
    """The bulletin of a week of A's street."""
    asked = BulletinIn.model_validate({"id": new_id(), "kind": "week", "on": AT.date()})
    [fate] = bulletins.make_bulletins([asked], actor=house.alice, at=LOOKED_AT)
    assert fate.status == 200, fate
    return asked.id


def kept_view(house: House) -> UUID:
    """A view of the map that ALICE keeps and shares."""
    key = new_id()
    kept = {"id": key, "page": "map", "name": "雪松夜间", "query": "beside=heat", "is_shared": True}
    post(house.alice, "/api/console/views", kept)
    return key


def centre(house: House) -> dict[str, Any]:
    """What the command centre has of A: a fire, a bulletin, a view that is kept."""
    return {
        "fire_id": make_ended(house.alice, address="雪松路 1 号", cause="cause_electric"),
        "bulletin_id": bulletin(house),
        "view_id": kept_view(house),
        "burnt_on": AT.date().isoformat(),
    }
