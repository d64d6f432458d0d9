"""The register through HTTP: ALICE and BOB see their own, CAROL nothing of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.ground import NEXT, make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_client, make_venues
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.ids import new_id
from wangge.venues.models import Venue

pytestmark = pytest.mark.django_db
BOX = "118.3,31.3,118.4,31.4"


@pytest.fixture(autouse=True)
def ground() -> Any:
    make_divisions()
    make_grids()
    make_venues(count=3, grid_path=BOB.scope)
    make_venues(count=2, grid_path=NEXT, class_code="factory", tags=["重点"])
    with clock.standing_at(AT):
        yield


def client_of(person: Person) -> Client:
    return make_client(make_actor(person))


def test_pages_follow_each_other_without_a_gap() -> None:
    client = client_of(ALICE)
    seen, cursor = [], ""
    for _ in range(3):
        page = client.get("/api/venues", {"limit": 2, "cursor": cursor}).json()
        assert (page["total"], page["total_is_exact"]) == (5, True)
        seen += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (cursor, sorted(seen)) == (None, ["V0", "V1", "V2", "V3", "V4"])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"q": "1 号"}, 1),
        ({"venue_class": "factory"}, 2),
        ({"tag": "重点"}, 2),
        ({"grid": NEXT}, 2),
        ({"grid": "34.02.03.005.012.00"}, 0),
        ({"orphan": "true"}, 0),
        ({"is_open": "true"}, 5),
    ],
)
def test_filters(query: dict[str, str], count: int) -> None:
    assert client_of(ALICE).get("/api/venues", query).json()["total"] == count


def test_the_number_of_queries_does_not_grow_with_the_page(django_assert_max_num_queries: Any) -> None:
    client = client_of(ALICE)
    with django_assert_max_num_queries(8):
        client.get("/api/venues", {"limit": 200})


def test_carol_sees_nothing_of_bobs() -> None:
    client, bobs = client_of(CAROL), Venue.objects.filter(grid_path=BOB.scope)[0]
    assert client.get("/api/venues").json()["items"] == []
    assert client.get(f"/api/venues/{bobs.pk}").status_code == 404
    assert client.get("/api/venues/shapes.geojson", {"bbox": BOX}).json()["features"] == []


def test_bob_sees_his_grid_and_not_his_neighbours() -> None:
    client = client_of(BOB)
    assert client.get("/api/venues").json()["total"] == 3
    assert len(client.get("/api/venues/shapes.geojson", {"bbox": BOX}).json()["features"]) == 3
    theirs = Venue.objects.filter(grid_path=NEXT)[0]
    assert client.get(f"/api/venues/{theirs.pk}").status_code == 404
    mine = client.get(f"/api/venues/{Venue.objects.filter(grid_path=BOB.scope)[0].pk}").json()
    assert (mine["grid_name"], mine["class_code"]) == ("一格", "shop")


def test_classes_are_listed() -> None:
    assert [c["code"] for c in client_of(BOB).get("/api/venues/classes").json()] == ["factory", "shop"]


@pytest.mark.parametrize(("person", "status"), [(BOB, 200), (CAROL, 404)])
def test_a_dossier_is_saved_where_one_stands(person: Person, status: int) -> None:
    body = [
        {
            "id": str(new_id()),
            "code": "S1",
            "name": "新店",
            "class_code": "shop",
            "lon": 118.305,
            "lat": 31.305,
        }
    ]
    answer = client_of(person).post("/api/venues", body, content_type="application/json")
    assert (answer.status_code, [fate["status"] for fate in answer.json()]) == (200, [status])


def test_a_leader_reads_and_does_not_write() -> None:
    client = client_of(ALICE.acting_as(Role.LEADER))
    assert client.get("/api/venues").json()["total"] == 5
    assert client.post("/api/venues", [], content_type="application/json").status_code == 403
    assert client.get("/api/venues/export.csv").status_code == 403


@pytest.mark.parametrize("address", ["", "/shapes.geojson"])
def test_a_citizen_does_not_read_the_register(address: str) -> None:
    assert (
        client_of(ALICE.acting_as(Role.CITIZEN)).get(f"/api/venues{address}", {"bbox": BOX}).status_code
        == 403
    )


def test_the_register_is_exported_as_a_file() -> None:
    answer = client_of(ALICE).get("/api/venues/export.csv", {"venue_class": "factory"})
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert (answer.status_code, len(lines), lines[0][:6]) == (200, 3, "编号,名称,")
    assert answer["Content-Disposition"] == 'attachment; filename="venues.csv"'
