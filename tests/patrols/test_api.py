"""The doors of patrols: one happy path, one refusal, one stranger each."""

from __future__ import annotations

import base64
import json
from uuid import uuid4

import pytest
from django.test import Client

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, AT, CAROL, ON, make_actor, make_client
from tests.patrols.makers import START, make_patrol, make_points, make_walker, rows
from wangge.kernel import clock
from wangge.kernel.ids import assemble
from wangge.kernel.models import AuditRow
from wangge.patrols import services

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def _now():
    make_divisions()
    make_grids()
    with clock.standing_at(AT):
        yield


@pytest.fixture
def bob():
    return make_walker()


def test_a_phone_walks_brings_its_points_and_sees_its_minutes(bob):
    phone, session = make_client(bob), str(uuid4())

    def step(action, at):
        body = {"id": str(uuid4()), "at": at.isoformat(), "action": action, "session_id": session}
        return phone.post("/api/patrols/duty", body, content_type=JSON)

    assert step("start", START).status_code == 200
    batch = {"id": str(assemble(AT, 5)), "points": rows()}
    assert phone.post("/api/patrols/points", batch, content_type=JSON).json()["result"]["kept"] == 181
    assert phone.post("/api/patrols/points", batch, content_type=JSON).status_code == 208
    assert step("stop", AT).status_code == 200
    assert step("stop", AT).json()["code"] == "patrols.not_on_duty"
    mine = phone.get("/api/patrols/mine").json()
    assert (mine["session"], mine["today"]["inside_s"], mine["today"]["attained"]) == (None, 10800, True)
    wrong = phone.post("/api/patrols/points", {"id": "x", "points": []}, content_type=JSON)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "kernel.unreadable")
    stranger = make_client(make_actor(ALICE))
    assert stranger.post("/api/patrols/points", batch, content_type=JSON).status_code == 403
    assert stranger.get("/api/patrols/mine").status_code == 403


def test_a_chief_reads_and_exports_and_a_stranger_does_not(bob):
    make_patrol(bob)
    make_points(bob, rows())
    services.count_arrived(at=AT)
    alice, carol = make_client(make_actor(ALICE)), make_client(make_actor(CAROL))
    (row,) = alice.get("/api/patrols/days?first_on=2025-10-13&q=bob").json()["items"]
    assert alice.get(f"/api/patrols/days/{row['id']}").json()["remarks"] == []
    assert AuditRow.objects.filter(action="patrols.read_day").count() == 1
    assert carol.get(f"/api/patrols/days/{row['id']}").status_code == 404
    assert "包步行" in b"".join(alice.get("/api/patrols/days.csv").streaming_content).decode("utf-8-sig")
    assert make_client(bob).get("/api/patrols/days.csv").status_code == 403
    assert alice.get("/api/patrols/days?cursor=zz").status_code == 422


def test_a_log_over_http(bob):
    phone = make_client(bob)
    body = {"id": str(uuid4()), "on": str(ON), "text": "已清理通道", "sign": True, "base_version": 0}
    assert phone.post("/api/patrols/logs", body, content_type=JSON).status_code == 200
    assert phone.get(f"/api/patrols/logs/mine?on={ON}").json()["text"] == "已清理通道"
    alice, carol = make_client(make_actor(ALICE)), make_client(make_actor(CAROL))
    assert alice.get("/api/patrols/logs?signed=true").json()["total"] == 1
    assert carol.get("/api/patrols/logs").json()["total"] == 0
    assert "已清理通道" in b"".join(alice.get("/api/patrols/logs.csv").streaming_content).decode("utf-8-sig")


def test_trackers_send_by_token_and_off_duty_is_answered_and_forgotten(bob):
    phone = make_client(bob)
    tokens = {}
    for kind in ("osmand", "owntracks"):
        body = {"id": str(uuid4()), "name": kind, "kind": kind}
        paired = phone.post("/api/patrols/trackers", body, content_type=JSON).json()
        assert paired["qr"].startswith("data:image/svg+xml")
        tokens[kind] = paired["token"]
    device, second = Client(), int(START.timestamp())
    query = {"id": tokens["osmand"], "lat": 31.305, "lon": 118.305, "timestamp": second}
    off = device.get("/api/patrols/osmand", query)
    assert (off.status_code, off.json()["result"]["kept"]) == (200, 0)
    make_patrol(bob)
    assert device.get("/api/patrols/osmand", query).json()["result"]["kept"] == 1
    assert device.post("/api/patrols/osmand", query | {"timestamp": second + 5}).json()["result"]["kept"] == 1
    coords = {"latitude": 31.305, "longitude": 118.305, "accuracy": 5}
    said = {"device_id": tokens["osmand"], "location": {"timestamp": START.isoformat(), "coords": coords}}
    assert device.post("/api/patrols/osmand", said, content_type=JSON).status_code == 200
    assert device.get("/api/patrols/osmand", query | {"id": "x"}).status_code == 401
    assert device.get("/api/patrols/osmand", query | {"lat": "x"}).status_code == 422

    def own(message, token):
        basic = base64.b64encode(f"u:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        return device.post("/api/patrols/owntracks", json.dumps(message), content_type=JSON, headers=headers)

    here = {"_type": "location", "lat": 31.306, "lon": 118.305, "tst": second + 60, "acc": 8}
    assert own(here, tokens["owntracks"]).json() == []
    assert own({"_type": "lwt"}, tokens["owntracks"]).status_code == 200
    assert own(here, "wrong").status_code == 401
    services.count_arrived(at=AT)
    assert phone.get("/api/patrols/days").json()["items"][0]["inside_s"] == 60
