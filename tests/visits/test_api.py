"""The doors of visits: one happy path, one refusal, one stranger each."""

from __future__ import annotations

import pytest

from tests.cases.makers import House
from tests.makers import AT, make_client
from tests.visits.makers import HOME, arrive, call, fresh_photo, make_person, make_street, quick, visit
from wangge.kernel import clock
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow


@pytest.fixture
def street(settings, tmp_path, db) -> House:
    settings.WANGGE_FILES = tmp_path
    with clock.standing_at(AT):
        yield make_street()


def test_lists_tell_what_there_is_and_a_stranger_nothing(street: House) -> None:
    person = make_person(street)
    visit(street.bob, person.pk)
    called = call(street)
    quick(street.bob, "any", matter_code="H301")
    own, other = make_client(street.alice), make_client(street.carol)

    for path in ("people", "arrivals", "reports"):
        assert len(own.get(f"/api/visits/{path}").json()["items"]) == 1, path
        assert other.get(f"/api/visits/{path}").json()["items"] == [], path
    assert len(own.get("/api/visits").json()["items"]) == 1
    assert own.get(f"/api/visits/people/{person.pk}").json()["visits"][0]["outcome"] == "met"
    assert other.get(f"/api/visits/people/{person.pk}").status_code == 404
    assert own.get("/api/visits/figures?month=2025-10").json()["met"] == 1
    assert own.get("/api/visits/figures?month=october").status_code == 422
    assert other.get("/api/visits/figures?grid=34.02.03.005.").status_code == 404
    assert own.get("/api/visits/coverage").json()["items"][0]["owed"] == 1
    assert own.get("/api/visits/people?cursor=x").status_code == 422
    assert called.pk


def test_a_phone_sends_and_gets_a_fate_each(street: House) -> None:
    person, called = make_person(street), call(street)
    client = make_client(street.bob)
    there = {"lon": HOME[0], "lat": HOME[1], "at": AT.isoformat()}

    def post(path: str, **body: object) -> dict[str, object]:
        answer = client.post(f"/api/visits{path}", [{"id": str(new_id())} | there | body], "application/json")
        return answer.json()[0]

    assert post("", person_id=str(person.pk), outcome="met")["status"] == 200
    photo = fresh_photo(street)
    assert post("/arrivals", arrival_id=str(called.pk), photos=[photo])["status"] == 200
    made = post("/reports", kind="any", matter_code="H301", subject_id=str(new_id()))
    assert made["status"] == 200
    assert post("", person_id=str(new_id()), outcome="met")["code"] == "kernel.not_visible"


def test_a_reveal_asks_for_a_reason(street: House) -> None:
    person = make_person(street)
    client = make_client(street.bob)
    door = f"/api/visits/people/{person.pk}/reveal"

    assert client.post(door, {"reason": " "}, "application/json").status_code == 422
    assert client.post(door, {"reason": "上门走访"}, "application/json").json()["groups"] == ["disabled"]
    assert AuditRow.objects.filter(action="visits.reveal").count() == 1


def test_files_are_masked_and_leave_an_audit_row(street: House) -> None:
    make_person(street)
    called = call(street)
    arrive(street.bob, called.pk, at=AT, photos=[fresh_photo(street)])
    quick(street.bob, "any", matter_code="H301", text="雪松灭火器")
    client = make_client(street.alice)

    files = {
        path: b"".join(client.get(f"/api/visits/{path}/export.csv").streaming_content).decode()  # type: ignore[attr-defined]
        for path in ("people", "arrivals", "reports")
    }

    assert "雪**" in files["people"]
    assert "雪松生" not in files["people"]
    assert "组disabled" not in files["people"]
    assert "包步行" in files["arrivals"]
    assert "雪松灭火器" in files["reports"]
    assert AuditRow.objects.filter(action="visits.export").count() == 3
    assert client.get("/api/visits/people/export.pdf").status_code == 422
    assert make_client(street.bob).get("/api/visits/people/export.csv").status_code == 403
