"""CS-12: notices and records of a case, through its doors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cases.doors import get, post
from tests.cases.makers import House, make_case, make_house, walk
from tests.documents.makers import make_formats, text_of
from tests.makers import make_venues
from wangge.cases import queries
from wangge.cases.models import CaseEvent
from wangge.documents.models import Document
from wangge.kernel import clock
from wangge.kernel.ids import new_id
from wangge.kernel.secrets import encrypt

pytestmark = pytest.mark.django_db
FIRST = f"赭山街道整改〔{clock.today().year}〕第0001号"  # documents are of the day on which they are issued


@pytest.fixture
def house() -> House:
    made = make_house()
    make_formats()
    return made


def ask(**fields: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "kind": "rectification_notice", "demand": "立即更换"} | fields


def issue(house: House, case: UUID, who: str = "alice", **fields: Any) -> Any:
    return post(house.named(who), f"/{case}/documents", ask(**fields))


def words(house: House, case: UUID, who: str = "alice") -> str:
    [row] = get(house.named(who), f"/{case}/documents").json()["documents"]
    file = get(house.named(who), f"/{case}/documents/{row['id']}.docx")
    assert file.status_code == 200
    return text_of(file.content)


def test_a_notice_carries_the_facts_of_the_case(house: House):
    [venue] = make_venues(keeper_name="王小明", keeper_phone=encrypt("13912341234"))
    case = make_case(house, venue_id=venue.id, photos=[house.photo])
    done = issue(house, case)
    assert (done.status_code, done.json()["result"]["number"]) == (200, FIRST)
    seen = words(house, case)
    for fact in (
        "0 号店",
        "花园路 1 号",
        "一格",
        "H301 事项H301（一般）",
        "消防法§28",
        "灭火器过期",
        "立即更换",
        "2025年10月13日 10:00",  # found
        "2025年10月16日 24:00",  # three working days
        "王**",
        "139****1234",
    ):
        assert fact in seen, fact


def test_the_case_tells_of_it_and_its_chain_holds(house: House):
    case = make_case(house)
    sent = ask()
    assert post(house.alice, f"/{case}/documents", sent).status_code == 200
    assert post(house.alice, f"/{case}/documents", sent).status_code == 208  # one document, one number
    assert Document.objects.count() == 1
    event = CaseEvent.objects.get(case_id=case, action="issue_document")
    assert (event.id, event.detail["number"]) == (UUID(sent["id"]), FIRST)
    gone = post(house.alice, f"/{case}/documents/{sent['id']}/void", {"reason": "写错地址"})
    assert gone.json()["void_reason"] == "写错地址"
    again = post(house.alice, f"/{case}/documents/{sent['id']}/void", {"reason": "写错地址"})
    assert (again.status_code, again.json()["code"]) == (409, "documents.already_voided")
    assert CaseEvent.objects.filter(case_id=case, action="issue_document").count() == 2
    assert list(queries.verify_chains()) == []


def test_the_recheck_record_tells_the_steps_but_not_the_reporter(house: House):
    case = make_case(house)
    walk(house, case, "closed")
    assert issue(house, case, "super", kind="recheck_record", conclusion="已整改").status_code == 200
    seen = words(house, case, "super")
    for fact in ("韩处置", "网格长", "核查通过", "已整改"):
        assert fact in seen
    assert house.bob.name not in seen


def test_who_may_not(house: House):
    case = make_case(house)
    assert issue(house, case, "bob").json()["code"] == "documents.not_for_your_post"
    assert issue(house, case, "bob", kind="inspection_record").status_code == 200
    assert issue(house, case, "carol").status_code == 404
    assert issue(house, case, "han").status_code == 404  # not with the brigade yet
    wrong = issue(house, case, kind="listing_notice")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "cases.no_such_document")
    [row] = get(house.alice, f"/{case}/documents").json()["documents"]
    for path in (f"/{case}/documents", f"/{case}/documents/{row['id']}.docx"):
        assert get(house.carol, path).status_code == 404
    other = make_case(house)
    assert get(house.alice, f"/{other}/documents/{row['id']}.docx").status_code == 404
    assert post(house.bob, f"/{other}/documents/{row['id']}/void", {"reason": "不要了"}).status_code == 404


def test_the_offer_names_what_the_post_may_issue(house: House):
    case = make_case(house)
    offer = get(house.bob, f"/{case}/documents").json()
    assert [one["kind"] for one in offer["kinds"]] == ["handover_form", "inspection_record"]
    assert (offer["can_reveal"], offer["documents"]) == (False, [])


def test_a_preview_has_no_number_and_leaves_nothing(house: House):
    case = make_case(house)
    answer = post(house.alice, f"/{case}/documents/preview.docx", ask())
    assert answer.status_code == 200
    assert "未编号" in text_of(answer.content)
    assert Document.objects.count() == CaseEvent.objects.filter(action="issue_document").count() == 0
    assert post(house.carol, f"/{case}/documents/preview.docx", ask()).status_code == 404


def test_many_at_once_have_a_fate_each(house: House):
    cases = [make_case(house) for _ in range(3)]
    bodies = [ask(case_id=str(case)) for case in cases] + [ask(case_id=str(new_id()))]
    fates = post(house.alice, "/documents", bodies).json()
    assert [fate["status"] for fate in fates] == [200, 200, 200, 404]
    assert sorted(fate["result"]["number"][-5:-1] for fate in fates[:3]) == ["0001", "0002", "0003"]
    many = [ask(case_id=str(cases[0])) for _ in range(51)]
    assert post(house.alice, "/documents", many).json()["code"] == "kernel.too_many"
