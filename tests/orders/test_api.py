"""The doors of orders and checklists: one happy path, one refusal, one stranger each."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from tests.makers import ALICE, CAROL, make_actor, make_client, make_user, make_venues
from tests.orders.makers import IN_NOVEMBER, make_bob, make_plan, make_rules
from tests.orders.test_services import THERE, make_answers
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.orders import tasks
from wangge.orders.models import Order

pytestmark = pytest.mark.django_db
JSON = "application/json"
PLAN = {"starts_on": "2025-11-01", "ends_on": "2025-12-01"}


@pytest.fixture(autouse=True)
def _in_november():
    with clock.standing_at(IN_NOVEMBER):
        yield


def make_order() -> tuple[object, Order]:
    bob = make_bob()
    make_rules()
    make_venues(class_code="crowded")
    make_plan()
    return make_client(bob), Order.objects.get()


def test_planning_over_http():
    make_rules()
    make_venues(class_code="crowded", count=2)
    alice = make_client(make_actor(ALICE))
    made = alice.post("/api/orders/plan", PLAN, content_type=JSON)
    assert (made.status_code, made.json()["made"]) == (200, 2)
    assert alice.post("/api/orders/plan", PLAN, content_type=JSON).json()["already_there"] == 2
    wrong = alice.post("/api/orders/plan", PLAN | {"ends_on": "2025-10-01"}, content_type=JSON)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "orders.range_too_long")
    bob = make_client(make_bob())
    assert bob.post("/api/orders/plan", PLAN, content_type=JSON).status_code == 403
    carol = make_client(make_actor(CAROL))
    assert carol.post("/api/orders/plan", PLAN, content_type=JSON).json()["made"] == 0


def test_a_member_sees_and_does_the_order_and_a_stranger_does_not():
    bob, order = make_order()
    row = bob.get("/api/orders?mine=true").json()["items"][0]
    assert (row["id"], row["status"], row["rule_is_confirmed"]) == (str(order.id), "open", True)
    detail = bob.get(f"/api/orders/{order.id}").json()
    assert [item["key"] for item in detail["checklist"]["items"]] == ["exits", "there", "good", "person"]
    result = {
        "id": str(uuid4()),
        "order_id": str(order.id),
        "at": THERE.isoformat(),
        "answers": [answer.model_dump(mode="json") for answer in make_answers()],
    }
    carol = make_client(make_actor(CAROL.acting_as(Role.GRID_MEMBER)))
    assert carol.get("/api/orders").json()["items"] == []
    assert carol.get(f"/api/orders/{order.id}").status_code == 404
    assert carol.post("/api/orders/result", result, content_type=JSON).status_code == 404
    assert bob.post("/api/orders/result", result | {"base_version": 9}, content_type=JSON).status_code == 409
    assert bob.post("/api/orders/result", result | {"answers": []}, content_type=JSON).status_code == 422
    assert bob.post("/api/orders/result", result, content_type=JSON).status_code == 200
    assert bob.post("/api/orders/result", result, content_type=JSON).status_code == 208
    batch = bob.post("/api/orders/results", [result], content_type=JSON)
    assert (batch.status_code, batch.json()[0]["outcome"]) == (200, "repeated")
    figures = bob.get("/api/orders/figures?opens_from=2025-11-01&opens_to=2025-12-01").json()
    assert (figures["made"], figures["done"], figures["hit_rate_pct"]) == (1, 1, 0.0)


def test_rules_and_lists_are_there_to_read():
    bob, _ = make_order()
    assert {rule["code"] for rule in bob.get("/api/orders/rules").json()} >= {"FQ-04-crowded"}
    [listed] = bob.get("/api/checklists").json()
    assert bob.get(f"/api/checklists/{listed['id']}").json() == listed
    assert bob.get("/api/checklists/999999").status_code == 404
    assert bob.get("/api/orders?cursor=nonsense").status_code == 422


def test_nobody_reads_without_a_post(client):
    assert client.get("/api/orders").status_code == 401
    client.force_login(make_user())
    assert client.get("/api/orders").status_code == 401
    citizen = make_client(make_actor(ALICE.acting_as(Role.CITIZEN)))
    assert citizen.get("/api/orders").status_code == 403
    assert citizen.get("/api/orders/figures").status_code == 403


def test_the_daily_jobs_close_and_plan():
    _, order = make_order()
    tasks.close_missed(0)
    order.refresh_from_db()
    assert order.status == "open"
    with clock.standing_at(IN_NOVEMBER.replace(month=12, day=1)):
        tasks.close_missed(0)
        tasks.plan_ahead(0)
    order.refresh_from_db()
    assert order.status == "missed"
    assert Order.objects.filter(opens_on__gte=date(2025, 12, 1)).count() <= 1


def test_an_order_whose_period_is_over_is_missed_before_the_night_writes_it_down():
    bob, order = make_order()
    with clock.standing_at(IN_NOVEMBER.replace(month=12, day=1)):
        row = bob.get("/api/orders?mine=true").json()["items"][0]
        assert (row["status"], row["is_overdue"]) == ("missed", False)
        assert bob.get("/api/orders?mine=true&status=open").json()["total"] == 0
        assert bob.get("/api/orders?mine=true&overdue=true").json()["total"] == 0
        assert bob.get("/api/orders?mine=true&status=missed").json()["total"] == 1
        figures = bob.get("/api/orders/figures").json()
        assert (figures["missed"], figures["open"], figures["overdue"]) == (1, 0, 0)
    order.refresh_from_db()
    assert order.status == "open"
