"""The doors of plans: intensified periods, the proof, level days, a walk."""

from __future__ import annotations

from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.makers import ALICE, CAROL, make_actor, make_client, make_venues
from tests.orders.makers import make_bob, make_plan
from tests.orders.test_seasons import EARLY, GRID, make_season
from wangge.kernel import clock
from wangge.orders import services
from wangge.orders.walk_rules import distance_m, length_m, nearest_first, walk

JSON = "application/json"
RANGE = {"starts_on": "2025-11-01", "ends_on": "2025-12-01"}
points = st.lists(
    st.tuples(st.floats(118.30, 118.32), st.floats(31.30, 31.32)), min_size=1, max_size=7, unique=True
)


@settings(max_examples=25, deadline=None)
@given(points)
def test_a_walk_visits_each_place_once_and_none_is_shorter(points):
    order = walk(points)
    assert sorted(order) == list(range(len(points)))
    best = min(length_m(points, one) for one in permutations(range(len(points))))
    assert length_m(points, order) <= best + len(points)  # the library counts whole metres
    assert length_m(points, order) <= length_m(points, nearest_first(points)) + len(points)


def test_a_degree_of_latitude_is_111_kilometres():
    assert distance_m((118.0, 31.0), (118.0, 32.0)) == pytest.approx(111_195, abs=1)


@pytest.fixture
def _in_october():
    with clock.standing_at(EARLY):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_october")
def test_a_period_is_declared_seen_and_ended_over_http():
    make_season()
    make_venues(count=3, class_code="shop", grid_path=GRID)
    alice, carol = make_client(make_actor(ALICE)), make_client(make_actor(CAROL))
    body = {"id": str(uuid4()), "season": "fire_risk", "path": GRID, "reason": "红色预警"}
    body |= {"starts_on": "2025-11-10", "ends_on": "2025-11-13"}
    door = "/api/orders/seasons/spells"
    assert carol.post(door, body, content_type=JSON).status_code == 404
    assert [alice.post(door, body, content_type=JSON).status_code for _ in range(2)] == [200, 208]
    wrong = alice.post(door, body | {"id": str(uuid4()), "season": "x"}, content_type=JSON)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "orders.season_unknown")
    shown = alice.get("/api/orders/seasons").json()
    assert [(one["season"], one["path"], one["reason"]) for one in shown["spells"]] == [
        ("fire_risk", GRID, "红色预警")
    ]
    assert [one["rules"] for one in shown["seasons"]] == [["daily_risk"]]
    assert carol.get("/api/orders/seasons").json()["spells"] == []
    end = f"{door}/{body['id']}/end"
    assert carol.post(end).status_code == 404
    assert [alice.post(end).status_code for _ in range(2)] == [200, 409]


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_october")
def test_the_proof_level_days_and_a_walk_over_http():
    bob = make_bob()
    make_season()
    services.install_capacity(12, is_confirmed=False, pack_version="test@1")
    make_venues(count=3, class_code="shop")
    alice, carol = make_client(make_actor(ALICE)), make_client(make_actor(CAROL))
    assert alice.get("/api/orders/coverage", RANGE).json()["unplanned"] == 3
    make_plan(at=EARLY)
    proof = alice.get("/api/orders/coverage", RANGE).json()
    assert (proof["owed"], proof["unplanned"], proof["capacity_is_confirmed"]) == (3, 0, False)
    assert carol.get("/api/orders/coverage", RANGE).json()["owed"] == 0
    far = alice.get("/api/orders/coverage", RANGE | {"ends_on": "2027-01-01"})
    assert (far.status_code, far.json()["code"]) == (422, "orders.range_too_long")
    asked = RANGE | {"grid": GRID}
    assert alice.get("/api/orders/coverage/unreachable", asked).json() == []
    walker = make_client(bob)
    assert walker.post("/api/orders/level", RANGE, content_type=JSON).status_code == 403
    assert alice.post("/api/orders/level", RANGE, content_type=JSON).status_code == 200
    on = [f"2025-11-{day:02}" for day in range(1, 31)]
    assert sum(len(walker.get("/api/orders/walk", {"on": day}).json()["stops"]) for day in on) == 3
    assert all(not alice.get("/api/orders/walk", {"on": day}).json()["stops"] for day in on)
