"""The doors of major hazards: one happy path, one refusal, one stranger each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cases.makers import House, make_case, make_house
from tests.documents.makers import make_formats, text_of
from tests.evidence.makers import make_bundle
from tests.evidence.tampering import key_of_the_city
from tests.major_hazards.makers import (
    EDITION,
    assess,
    list_it,
    make_edition,
    make_major,
    make_signers,
    propose,
)
from tests.makers import Person, make_actor, make_client, make_photo
from wangge.accounts.rules import Role
from wangge.evidence import bundle_check
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id

pytestmark = pytest.mark.django_db
ROOT = Person("root", "系统管理员", Role.SYSTEM_ADMIN, "34.")


@pytest.fixture
def house() -> House:
    made = make_house()
    make_edition()
    return made


def get(actor: Actor, path: str = "") -> Any:
    return make_client(actor).get(f"/api/major-hazards{path}")


def post(actor: Actor, path: str, **body: Any) -> Any:
    sent = {"id": str(new_id())} | body
    return make_client(actor).post(f"/api/major-hazards{path}", sent, content_type="application/json")


def test_from_the_first_tick_to_the_list(house: House):
    case, signers = make_case(house), make_signers(3)
    tick = {"element": "6.5", "note": "只有一个出口"}
    given = {"element_set": "GB35181-2017", "place_kind": "crowded", "ticks": [tick], "case_id": str(case)}
    found = post(house.bob, "/assess", **given)
    assert (found.status_code, found.json()["result"]["verdict"]) == (200, "suspected")
    assert post(house.carol, "/assess", **given).status_code == 404
    assert post(house.bob, "/assess", **given | {"case_id": None}).status_code == 422
    asked = {
        "assessment_id": found.json()["command_id"],
        "body": "镜湖区消防救援大队",
        "basis_clause": "6.5",
        "discussed_on": "2025-10-13",
        "summary": "集体讨论",
        "seats": [{"user_id": one.user_id, "panel": "member"} for one in signers],
    }
    decision = post(house.alice, "/propose", **asked)
    assert decision.status_code == 200, decision.content
    assert post(house.bob, "/propose", **asked).status_code == 403
    key = decision.json()["command_id"]
    assert post(house.carol, "/sign", decision_id=key, agrees=True).status_code == 404
    for one in signers:
        assert post(one, "/sign", decision_id=key, agrees=True).status_code == 200
    shown = get(house.alice, f"/cases/{case}").json()
    assert [one["stage"] for one in shown["hazards"]] == ["to_list"]
    assert [one["outcome"] for one in shown["decisions"]] == ["agreed"]
    assert get(house.carol, f"/cases/{case}").status_code == 404
    listing = {
        "hazard_id": shown["hazards"][0]["id"],
        "supervising_body": "区政府",
        "notice_text": "挂牌督办",
        "rectify_on": date(2099, 1, 1).isoformat(),
    }
    assert post(house.bob, "/list", **listing).status_code == 403
    assert post(house.carol, "/list", **listing).status_code == 403
    assert post(house.super, "/list", **listing).status_code == 200
    told = {"hazard_id": listing["hazard_id"], "text": "已增设出口"}
    assert post(house.bob, "/progress", **told).status_code == 200
    assert post(house.carol, "/progress", **told).status_code == 404
    assert post(house.bob, "/reinspect", **told, has_passed=True).status_code == 409
    assert post(house.chief, "/reinspect", **told, has_passed=True).status_code == 200


def test_lists(house: House):
    make_major(house, make_signers(3))
    root = make_actor(ROOT)
    for path in ("", "/assessments", "/decisions"):
        assert len(get(house.alice, path).json()["items"]) == 1, path
        assert get(house.carol, path).json()["items"] == [], path
        assert get(root, path).status_code == 403
        assert get(house.alice, f"{path}?cursor=x").status_code == 422
    assert get(house.alice, "/counts").json()["to_list"] == 1
    assert get(root, "/counts").status_code == 403
    file = get(house.super, "/export.xlsx")
    assert (file.status_code, b"".join(file.streaming_content)[:2]) == (200, b"PK")
    assert get(house.bob, "/export.csv").status_code == 403
    assert get(house.super, "/export.pdf").status_code == 422


def test_signers_are_found_by_the_beginning_of_their_name(house: House):
    found = get(house.alice, "/signers?q=苏").json()
    assert [(one["name"], one["role"]) for one in found] == [("苏督查", "supervisor")]
    assert get(house.bob, "/signers?q=苏").status_code == 403


def test_editions(house: House):
    [row] = get(house.bob, "/element-sets").json()
    assert (row["code"], row["is_usable"]) == ("GB35181-2017", True)
    root = make_actor(ROOT)
    fresh = {key: value for key, value in EDITION.items() if key != "code"} | {"code": "GB35181-2025"}
    done = make_client(root).post("/api/major-hazards/element-sets", fresh, content_type="application/json")
    assert [one["code"] for one in done.json()] == ["GB35181-2025", "GB35181-2017"]
    client = make_client(house.alice)
    assert (
        client.post("/api/major-hazards/element-sets", fresh, content_type="application/json").status_code
        == 403
    )
    lost = fresh | {"counts": [{"code": "x", "at_least": 1, "zh": "x", "en": "x", "elements": ["9.9"]}]}
    wrong = make_client(root).post("/api/major-hazards/element-sets", lost, content_type="application/json")
    assert wrong.status_code == 422
    assert "9.9" in wrong.json()["en"]


def test_a_notice_is_issued_from_the_hazard_once_it_is_listed(house: House):
    make_formats()
    signers = make_signers(3)
    hazard = make_major(house, signers)
    path = f"/{hazard.pk}/documents"
    assert post(house.alice, path, kind="listing_notice").status_code == 409
    assert list_it(signers[1], hazard).code is None
    assert post(house.alice, path, kind="delisting_notice").status_code == 409
    assert post(house.bob, path, kind="listing_notice").status_code == 403
    assert post(house.carol, path, kind="listing_notice").status_code == 404
    key = str(new_id())
    sent = [post(house.alice, path, id=key, kind="listing_notice") for _ in range(2)]
    assert [one.status_code for one in sent] == [200, 208]
    offer = get(house.alice, path).json()
    assert [row["id"] for row in offer["documents"]] == [key]
    assert get(house.carol, path).status_code == 404
    text = text_of(get(house.alice, f"{path}/{key}.docx").content)
    for words in (
        "6.5 出口不足：只有一个出口",
        "镜湖区人民政府",
        "2025年12月31日",
        "对该单位重大火灾隐患挂牌督办。",
    ):
        assert words in text
    assert post(house.alice, f"{path}/preview.docx", kind="listing_notice").status_code == 200
    assert post(house.alice, f"{path}/{key}/void", reason="地址写错").json()["void_reason"] == "地址写错"
    assert post(house.alice, f"{path}/{key}/void", reason="再来一次").status_code == 409


def test_the_notice_of_a_hazard_goes_along_with_the_evidence_of_its_case(house: House, tmp_path: Path):
    make_formats()
    signers = make_signers(3)
    hazard = make_major(house, signers)
    assert list_it(signers[1], hazard).code is None
    path = f"/{hazard.pk}/documents"
    key = str(new_id())
    assert post(house.alice, path, id=key, kind="listing_notice").status_code == 200
    bundle = make_bundle(house.alice, [hazard.case_id], tmp_path)
    code, wrong, _ = bundle_check.check(str(bundle), key_of_the_city())
    assert (code, wrong) == (bundle_check.PROVEN, [])


def test_who_signs_sees_the_elements_and_the_photos_wherever_they_work(house: House):
    signers = make_signers(3)
    sha = make_photo(actor=house.alice)
    tick = {"element": "6.5", "note": "", "photos": [sha]}
    found = assess(house.alice, case_id=make_case(house), ticks=[tick])
    photo = f"/{found.command_id}/photos/{sha}"
    assert get(signers[0], photo).status_code == 404
    assert propose(house.alice, signers, assessment_id=found.command_id).code is None
    [waiting] = get(signers[0], "/decisions?waiting_for_me=true").json()["items"]
    assert [one["element"] for one in waiting["assessment"]["ticks"]] == ["6.5"]
    for form in ("plain", "original"):
        shown = get(signers[0], f"{photo}?form={form}")
        assert (shown.status_code, shown.getvalue()[:2]) == (200, b"\xff\xd8")
    assert get(house.carol, photo).status_code == 404
    assert get(signers[0], f"/{found.command_id}/photos/{'0' * 64}").status_code == 404
