"""Heat by place and hour, a day again, kept views, the ground. MP-10 … MP-12, WP-5, CS-46, PA-18."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from tests.cases.makers import HERE, NEXT_DOOR, make_case, make_house, walk
from tests.fires.makers import make_ended, make_words
from tests.makers import AT, make_client
from wangge.cases.models import Case
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db
DAY = AT.astimezone(CHINA).date()


@pytest.fixture
def house():
    make_words()
    return make_house(restricted=["H304"])


def get(actor, path):
    return make_client(actor).get(f"/api/map/{path}")


def heat(actor, **words):
    asked = {"first_on": DAY - timedelta(days=3), "last_on": DAY + timedelta(days=3), **words}
    return get(actor, "heat?" + "&".join(f"{key}={value}" for key, value in asked.items()))


def test_the_cells_and_hours_of_heat_are_a_recount(house):
    for n, place in enumerate([HERE, NEXT_DOOR, HERE, HERE]):
        make_case(house, by="alice", at=AT + timedelta(hours=5 * n), point=place)
    found = heat(house.alice).json()
    hours = Counter(one.reported_at.astimezone(CHINA).hour for one in Case.objects.all())
    assert found["hours"] == [hours.get(hour, 0) for hour in range(24)]
    assert found["total"] == sum(n for *_, n in found["cells"]) == 4
    first = AT.astimezone(CHINA).hour
    alone = heat(house.alice, first_hour=first, after_hour=first + 1).json()
    assert (sum(n for *_, n in alone["cells"]), alone["total"]) == (1, 4)
    [lon, lat, _] = found["cells"][0]
    assert abs(lon - HERE[0]) < 0.002
    assert abs(lat - HERE[1]) < 0.002


def test_restricted_cases_warm_nothing_for_who_may_not_read_them(house):
    make_case(house, by="alice", matter_code="H304")
    assert heat(house.alice).json()["total"] == 1
    assert heat(house.chief).json()["total"] == 0


@pytest.mark.parametrize("wrong", [{"first_on": "2020-01-01"}, {"first_hour": 9, "after_hour": 9}])
def test_days_and_hours_that_are_none_are_refused(house, wrong):
    assert heat(house.alice, **wrong).status_code == 422


def test_a_day_has_what_was_open_in_it_from_minute_to_minute(house):
    now = AT + timedelta(days=2)
    early = make_case(house, by="alice", at=AT)
    own = make_case(house, by="alice", at=now)
    late = make_case(house, by="alice", at=now + timedelta(days=1))
    over = make_case(house, by="alice", at=AT)
    walk(house, over, "closed", at=AT)
    burnt = make_ended(house.alice, occurred_at=now - timedelta(minutes=30))
    local = now.astimezone(CHINA)
    found = get(house.alice, f"day?on={local.date()}").json()
    cases = {one["id"]: one for one in found["cases"]}
    assert cases[str(early)]["from_minute"] == 0
    assert cases[str(own)]["from_minute"] == local.hour * 60 + local.minute
    assert cases[str(own)]["to_minute"] is None
    assert str(late) not in cases
    closed = Case.objects.get(pk=over)
    assert (str(over) in cases) == (
        closed.closed_at is not None and closed.closed_at >= local.replace(hour=0)
    )
    assert [one["id"] for one in found["fires"]] == [str(burnt)]


def test_a_stranger_sees_nothing_of_it_and_a_day_to_come_is_refused(house):
    make_case(house, by="alice")
    assert heat(house.carol).json()["total"] == 0
    assert get(house.carol, f"day?on={DAY}").json()["cases"] == []
    assert get(house.alice, "day?on=2199-01-01").status_code == 422
    assert not AuditRow.objects.filter(action="patrols.replay_day").exists()  # there was nobody to be seen


def test_a_view_is_kept_shared_and_forgotten_by_its_owner_alone(house):
    alice, chief, carol = (make_client(one) for one in (house.alice, house.chief, house.carol))
    body = {"id": str(new_id()), "page": "map", "name": "夜间", "query": "beside=heat", "is_shared": True}

    def save(client, **fields):
        return client.post("/api/console/views", body | fields, content_type="application/json")

    assert save(alice).json()["is_own"]
    assert save(alice, id=str(new_id())).json()["code"] == "console.view_name_taken"
    assert save(chief, name="抢").status_code == 404
    shared = [one["name"] for one in chief.get("/api/console/views?page=map").json()]
    assert shared == (["夜间"] if house.chief.scope == house.alice.scope else [])
    assert carol.get("/api/console/views?page=map").json() == []
    assert alice.get("/api/console/views?page=orders").json() == []
    assert chief.delete(f"/api/console/views/{body['id']}").status_code == 404
    assert alice.delete(f"/api/console/views/{body['id']}").status_code == 204
    assert alice.get("/api/console/views?page=map").json() == []


def test_at_most_fifty_views_a_page(house):
    alice = make_client(house.alice)
    for n in range(51):
        body = {"id": str(new_id()), "page": "map", "name": f"v{n}", "query": ""}
        last = alice.post("/api/console/views", body, content_type="application/json")
    assert last.json()["code"] == "console.too_many_views"


def test_the_citys_ground_is_served_where_it_is_put(house, settings, tmp_path):
    settings.WANGGE_HOME = tmp_path
    assert get(house.alice, "base.geojson").status_code == 404
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "base.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert get(house.alice, "legend").json()["has_base_file"]
    answer = get(house.alice, "base.geojson")
    assert b"".join(answer.streaming_content).startswith(b"{")
