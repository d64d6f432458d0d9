"""Oversight and the calendar over HTTP: who gets in, who is refused, and what a stranger sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.makers import make_case, suspend
from tests.makers import AT, Person, make_actor, make_client
from tests.oversight.makers import act, china, make_handled, make_watched_house, take
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.oversight import services

pytestmark = pytest.mark.django_db
LATE = china("2025-10-22T09:00")
ADMIN = Person("admin", "管理员", Role.SYSTEM_ADMIN, "34.02.")


@pytest.fixture
def house():
    return make_watched_house()


@pytest.fixture(autouse=True)
def _when_it_is_late():
    with clock.standing_at(LATE):
        yield


def post(actor, path, body):
    return make_client(actor).post(f"/api/oversight/{path}", body, content_type="application/json")


def ids_of(answer):
    return [row.get("case_id") or row["act"]["case_id"] for row in answer.json()["items"]]


def test_what_climbed_is_listed_by_post_and_by_territory(house):
    case_id = make_handled(house)
    services.climb(at=LATE)
    supervisor = make_client(house.super)
    assert ids_of(supervisor.get("/api/oversight/climbs?mine=true")) == [str(case_id)]
    assert ids_of(supervisor.get("/api/oversight/climbs")) == [str(case_id)] * 3
    assert make_client(house.bob).get("/api/oversight/climbs").status_code == 403
    assert make_client(house.carol).get("/api/oversight/climbs").json()["items"] == []


def test_letters_and_cards_are_listed_for_those_who_see_the_case(house):
    case_id = make_handled(house)
    assert take(house.super, act(case_id, "yellow"), at=LATE)[0].status == 200
    assert ids_of(make_client(house.super).get("/api/oversight/acts")) == [str(case_id)]
    assert make_client(house.bob).get("/api/oversight/acts").status_code == 403
    assert make_client(house.carol).get("/api/oversight/acts").json()["items"] == []


def test_the_table_of_departments_counts_what_the_reader_sees(house):
    make_handled(house)
    [row] = make_client(house.super).get("/api/oversight/departments").json()["items"]
    assert (row["department_id"], row["open_cases"], row["late_cases"]) == (house.fire, 1, 1)
    assert make_client(house.bob).get("/api/oversight/departments").status_code == 403
    assert make_client(house.carol).get("/api/oversight/departments").json() == {"items": [], "total": 0}


def test_acts_answers_and_their_taking_back_have_a_fate_each(house):
    case_id = make_handled(house)
    letter = {"id": str(new_id()), "case_id": str(case_id), "kind": "supervise", "text": "请说明"}
    assert [fate["status"] for fate in post(house.super, "acts", [letter]).json()] == [200]
    for actor, status in ((house.alice, 403), (house.carol, 404)):
        again = letter | {"id": str(new_id())}
        assert [fate["status"] for fate in post(actor, "acts", [again]).json()] == [status]

    def said():
        return {"id": str(new_id()), "act_id": letter["id"], "text": "已到场"}

    for path, actors in (
        ("answers", ((house.pang, 404), (house.alice, 403), (house.han, 200), (house.han, 409))),
        ("lifts", ((house.carol, 404), (house.alice, 403), (house.super, 200), (house.super, 409))),
    ):
        for actor, status in actors:
            assert [fate["status"] for fate in post(actor, path, [said()]).json()] == [status], path


def test_a_reply_to_a_reporter_is_noted_once_by_the_desk(house):
    case_id = make_case(house, channel="hotline")
    services.note_promises([case_id])

    def reply(actor):
        said = {"id": str(new_id()), "case_id": str(case_id), "text": "已核实，正在办理"}
        return [fate["status"] for fate in post(actor, "replies", [said]).json()]

    assert reply(house.carol) == [404]
    assert reply(house.super) == [403]
    assert (reply(house.alice), reply(house.alice)) == ([200], [409])


def test_a_changed_day_moves_nothing_but_what_its_people_confirm(house):
    case_id = make_handled(house)
    admin = make_client(make_actor(ADMIN))
    day = {"on": "2025-10-15", "kind": "local_off", "reason": "市府办〔2025〕1号"}
    body = {"path": "34.02.", "days": [day]}
    assert admin.post("/api/calendar/days", body, content_type="application/json").status_code == 200
    elsewhere = body | {"path": "44."}
    assert admin.post("/api/calendar/days", elsewhere, content_type="application/json").status_code == 404
    refused = make_client(house.bob).post("/api/calendar/days", body, content_type="application/json")
    assert refused.status_code == 403

    page = make_client(house.super).get("/api/oversight/moves").json()
    assert [row["case_id"] for row in page["items"]] == [str(case_id)]
    assert make_client(house.bob).get("/api/oversight/moves").status_code == 403
    assert make_client(house.carol).get("/api/oversight/moves").json()["items"] == []

    move = {"edition": page["edition"], "case_ids": [str(case_id)]}
    assert post(house.chief, "moves", move).status_code == 403
    assert post(house.carol, "moves", move).json() == {"moved": 0, "unchanged": 1}
    assert post(house.super, "moves", move).json() == {"moved": 1, "unchanged": 0}
    assert post(house.super, "moves", move | {"edition": 0}).status_code == 409


def test_the_calendar_is_read_by_everybody_of_the_place(house):
    shown = make_client(house.bob).get("/api/calendar?year=2025").json()
    assert (shown["is_known"], shown["path"]) == (True, house.bob.scope)
    assert make_client(house.bob).get("/api/calendar?year=1999").status_code == 422


def test_late_cases_as_a_file_who_gets_them_and_who_does_not(house):
    case_id = make_handled(house)
    path = "/api/oversight/late/export"
    answer = make_client(house.super).get(f"{path}.csv")
    assert answer.status_code == 200
    assert str(case_id) in b"".join(answer.streaming_content).decode("utf-8-sig")
    assert AuditRow.objects.filter(action="oversight.export").count() == 1
    assert make_client(house.super).get(f"{path}.pdf").status_code == 422
    assert make_client(house.chief).get(f"{path}.csv").status_code == 403  # reads oversight, exports nothing
    assert make_client(house.bob).get(f"{path}.xlsx").status_code == 403
    stranger = make_client(house.carol).get(f"{path}.csv")
    assert str(case_id) not in b"".join(stranger.streaming_content).decode("utf-8-sig")
    assert AuditRow.objects.filter(action="oversight.export").count() == 2


def test_a_list_shows_what_its_reporters_still_wait_for(house):
    tip, own = make_case(house, channel="hotline", at=LATE - timedelta(days=5)), make_handled(house)
    services.note_promises([tip])
    body = {"case_ids": [str(tip), str(own)]}
    [row] = post(house.super, "promise-lights", body).json()
    assert (row["case_id"], row["light"]) == (str(tip), "yellow")
    assert row["due_at"] == "2025-10-22T16:00:00Z"  # reported on a Friday, three working days
    assert post(house.carol, "promise-lights", body).json() == []
    assert post(house.bob, "promise-lights", body).status_code == 403
    assert post(house.super, "promise-lights", {"case_ids": [str(tip)] * 201}).status_code == 422


def test_suspended_cases_are_named_beside_the_moves(house):
    case_id = make_handled(house)
    suspend(house, case_id, at=AT + timedelta(hours=4))
    day = {"on": "2025-10-15", "kind": "local_off", "reason": "市府办〔2025〕1号"}
    body = {"path": "34.02.", "days": [day]}
    admin = make_client(make_actor(ADMIN))
    assert admin.post("/api/calendar/days", body, content_type="application/json").status_code == 200
    page = make_client(house.super).get("/api/oversight/moves").json()
    assert (page["items"], page["stopped_total"]) == ([], 1)
    assert [row["case_id"] for row in page["stopped"]] == [str(case_id)]
    assert make_client(house.carol).get("/api/oversight/moves").json()["stopped"] == []
