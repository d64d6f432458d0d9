"""TR-2, TR-7, TR-8, TR-11 through HTTP: a happy path, a refusal and a stranger of every door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.makers import (
    HERE,
    HOUR,
    NEXT_DOOR,
    PACK,
    House,
    command,
    make_case,
    make_house,
    make_pack,
    take,
)
from tests.makers import AT, Person, make_actor, make_client, make_venues
from wangge.accounts.rules import Role
from wangge.cases.models import Case
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.matters.models import Matter
from wangge.triage import services, training

pytestmark = pytest.mark.django_db
LATER = AT + HOUR * 3
DRAFT = {"text": "三楼灭火器过期", "lon": HERE[0], "lat": HERE[1]}


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house()
    Matter.objects.filter(code="H301").update(words_zh=["灭火器", "灭火器过期"])
    Matter.objects.filter(code="H304").update(words_zh=["消火栓"])
    with clock.standing_at(LATER):
        yield house


def post(actor: Actor, path: str, body: Any) -> Any:
    return make_client(actor).post(f"/api/triage{path}", body, content_type="application/json")


def get(actor: Actor, path: str) -> Any:
    return make_client(actor).get(f"/api/triage{path}")


def system_admin() -> Actor:
    return make_actor(Person("root", "管理员", Role.SYSTEM_ADMIN, "34."))


# ---- suggestions ----


def test_text_and_place_suggest_matter_severity_and_department(house: House) -> None:
    told = post(house.alice, "/suggest", DRAFT).json()
    [matter] = told["matters"]
    assert matter["code"] == "H301"
    assert matter["confidence"] == 0.556  # 5 of 5 + 4
    assert [reason["zh"] for reason in matter["reasons"]] == ["“灭火器过期”"]
    assert told["severity"]["severity"] == "general"
    assert told["severity"]["reason"]["zh"] == "“事项H301”的定级"
    assert (told["department"]["id"], told["department"]["confidence"]) == (house.fire, None)
    assert (told["version"], told["is_measured"]) == (None, False)


def test_a_chosen_matter_decides_severity_and_department(house: House) -> None:
    told = post(house.alice, "/suggest", {**DRAFT, "matter_code": "H304"}).json()
    assert told["severity"]["severity"] == "larger"
    assert told["department"]["id"] == house.police  # by the route of H304


def test_nothing_to_go_by_and_no_such_place_are_named(house: House) -> None:
    answer = post(house.alice, "/suggest", {"text": " "})
    assert (answer.status_code, answer.json()["code"]) == (422, "triage.nothing_to_go_by")
    assert post(house.alice, "/suggest", {**DRAFT, "lon": 500}).status_code == 422
    assert post(house.han, "/suggest", DRAFT).status_code == 403  # who handles does not report


def test_a_place_outside_the_grids_suggests_nothing_to_a_stranger(house: House) -> None:
    [venue] = make_venues()
    for body in (DRAFT, {"text": "灭火器", "venue_id": str(venue.pk)}):
        assert post(house.carol, "/suggest", body).status_code == 404
        assert post(house.carol, "/duplicates", body).status_code == 404


def test_a_case_has_suggestions_for_those_who_see_it(house: House) -> None:
    case = make_case(house, text="消火栓没水", matter_code="H301")
    assert [one["code"] for one in get(house.alice, f"/cases/{case}/suggest").json()["matters"]] == ["H304"]
    for path in ("suggest", "duplicates"):
        assert get(house.carol, f"/cases/{case}/{path}").status_code == 404
        assert get(system_admin(), f"/cases/{case}/{path}").status_code == 403


# ---- duplicates ----


def found(actor: Actor, **changes: Any) -> list[UUID]:
    answer = post(actor, "/duplicates", {**DRAFT, "matter_code": "H301", **changes})
    assert answer.status_code == 200, answer.content
    return [UUID(one["id"]) for one in answer.json()]


def test_the_same_report_nearby_is_shown_with_its_reasons(house: House) -> None:
    case = make_case(house, at=AT, text="灭火器已过期", point=(HERE[0] + 0.0004, HERE[1]))
    make_case(house, by="alice", point=NEXT_DOOR)
    [one] = post(house.alice, "/duplicates", {**DRAFT, "matter_code": "H301"}).json()
    assert (UUID(one["id"]), one["metres"], one["is_open"]) == (case, 38, True)
    assert [reason["zh"] for reason in one["reasons"]] == [
        "相距 38 米",
        "相隔 3 小时",
        "事项相同",
        "相同的词：“灭火器”、“过期”",
    ]
    assert one["reasons"][0]["en"] == "38 m apart"


def test_duplicates_of_a_case_leave_out_itself_the_merged_and_the_rejected(house: House) -> None:
    one, two, three, four = (make_case(house, at=AT) for _ in range(4))
    take(house.alice, command(three, "merge", merged_into=one, reason="同一处"))
    take(house.alice, command(four, "reject", reason="不属实"))
    assert [UUID(each["id"]) for each in get(house.alice, f"/cases/{two}/duplicates").json()] == [one]


def test_what_lies_outside_the_scope_or_too_long_ago_is_never_shown(house: House) -> None:
    near_border = (118.3199, 31.305)  # the last metres of ALICE's street; CAROL's district begins at 118.32
    theirs = make_case(house, by="carol", at=AT, point=(118.3201, 31.305))
    assert found(house.alice, lon=near_border[0]) == []
    assert found(house.carol, lon=118.3201) == [theirs]
    make_case(house, at=AT)
    for days, shown in ((13, 1), (15, 0)):
        with clock.standing_at(AT + timedelta(days=days)):
            assert len(found(house.alice)) == shown


def test_a_citizen_finds_the_own_reports_only(house: House) -> None:
    citizen = make_actor(Person("citizen", "市民", Role.CITIZEN, "34.02.03."))
    make_case(house, at=AT)
    assert found(citizen) == []


def test_a_department_sees_only_its_own_among_the_duplicates(house: House) -> None:
    one, two = make_case(house, at=AT), make_case(house, at=AT)
    take(house.alice, command(one, "accept"))
    take(house.alice, command(one, "dispatch", at=AT + HOUR / 4, department_id=house.fire))
    assert get(house.han, f"/cases/{one}/duplicates").json() == []
    assert get(house.han, f"/cases/{two}/duplicates").status_code == 404


def test_many_near_cases_cost_no_more_statements(house: House) -> None:
    def ask(client: Any) -> Any:
        return client.post("/api/triage/duplicates", DRAFT, content_type="application/json")

    def statements() -> int:
        client = make_client(house.alice)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert ask(client).status_code == 200
        return len(asked)

    make_case(house, at=AT)
    few = statements()
    for _ in range(8):
        make_case(house, at=AT)
    assert statements() == few
    assert len(found(house.alice)) == 5


def test_the_pack_says_how_far_a_duplicate_may_lie(house: House) -> None:
    make_case(house, at=AT, point=(HERE[0] + 0.0004, HERE[1]))
    assert len(found(house.alice)) == 1
    services.install_reach({"within_m": 30, "within_days": 14, "from_pct": 60}, pack_version=PACK)
    assert found(house.alice) == []


# ---- what people chose, and the administrator ----


def test_a_decision_is_kept_once(house: House) -> None:
    body = [
        {"id": str(new_id()), "case_id": str(make_case(house)), "at": LATER.isoformat(), "stage": "report"}
    ]
    answers = [post(house.alice, "/decisions", body).json()[0]["outcome"] for _ in range(2)]
    assert answers == ["applied", "repeated"]
    assert post(house.alice, "/decisions", [{**body[0], "stage": "x"}]).status_code == 422
    stranger = {**body[0], "id": str(new_id())}
    assert post(house.carol, "/decisions", [stranger]).json()[0]["status"] == 404


def test_the_administrator_sees_the_page_and_others_do_not(house: House) -> None:
    root = system_admin()
    told = get(root, "").json()
    assert (told["in_force"], told["is_automatic"], told["versions"]) == (None, True, [])
    assert get(house.bob, "").status_code == 403
    assert post(root, "/train", {}).status_code == 202
    assert get(root, "").json()["is_training"]
    assert post(house.alice, "/train", {}).status_code == 403
    assert post(house.alice, "/use", {}).status_code == 403
    assert post(root, "/use", {"version": 7}).status_code == 404
    assert post(root, "/use", {}).json()["chosen_by"] == "管理员"


# ---- restricted matters (DG-13) ----


def test_a_clue_is_a_duplicate_only_for_those_who_may_see_it(house: House) -> None:
    clue = make_case(house, at=AT, matter_code="H601", text="私储柴油")
    Case.objects.filter(pk=clue).update(is_restricted=True)
    asked = {"text": "有人私储柴油", "matter_code": "H601"}
    assert found(house.bob, **asked) == [clue]  # who reported it
    assert found(house.chief, **asked) == []
    assert found(house.alice, **asked) == [clue]  # the desk may


def test_a_clue_teaches_nothing(house: House) -> None:
    photos = {"photos": [house.photo], "after_photos": [house.photo]}
    one, _ = (
        make_case(house, text="私储柴油", matter_code="H601", fixed_on_spot=True, **photos) for _ in range(2)
    )
    assert training.gather().count == 2
    Case.objects.filter(pk=one).update(is_restricted=True)
    assert training.gather().count == 1
    make_pack("test@2", restricted=["H601"])
    assert training.gather().count == 0
