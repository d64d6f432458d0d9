"""The territory through HTTP: ALICE and BOB see their own, CAROL nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground import NEXT, make_divisions, make_grids, square
from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_client, make_members
from wangge.accounts.models import User
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.territory.models import Grid
from wangge.territory.services import GridFeature

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground() -> Any:
    make_divisions()
    make_grids()
    with clock.standing_at(AT):
        yield


def get(person: Person, address: str, **query: Any) -> Any:
    return make_client(make_actor(person)).get(f"/api/territory/{address}", query)


def test_the_division_tree_begins_at_ones_own_and_goes_down() -> None:
    assert [d["name"] for d in get(ALICE, "divisions").json()] == ["赭山街道"]
    client = make_client(make_actor(BOB))
    assert [d["name"] for d in client.get("/api/territory/divisions").json()] == ["花园社区"]
    trunk = client.get("/api/territory/divisions", {"parent": "34.02."}).json()
    assert [(d["name"], d["has_children"]) for d in trunk] == [("镜湖区", True)]


def test_a_search_of_divisions_stays_inside_ones_scope() -> None:
    assert [d["code"] for d in get(ALICE, "divisions", q="社区").json()] == ["340203005012"]
    assert get(CAROL, "divisions", q="社区").json() == []


def test_alice_pages_through_her_grids_and_sees_who_covers_them() -> None:
    client = make_client(make_actor(ALICE))
    make_actor(BOB)
    make_members({BOB.scope: User.objects.get(username="bob")})
    first = client.get("/api/territory/grids", {"limit": 1}).json()
    assert (first["total"], first["items"][0]["path"]) == (2, BOB.scope)
    assert first["items"][0]["member_name"] == BOB.name
    second = client.get("/api/territory/grids", {"limit": 1, "cursor": first["next_cursor"]}).json()
    assert (second["items"][0]["path"], second["items"][0]["member_name"]) == (NEXT, None)
    assert second["next_cursor"] is None


def test_a_broken_cursor_and_a_broken_box_are_named() -> None:
    client = make_client(make_actor(ALICE))
    for address, query in (("grids", {"cursor": "%%%"}), ("grids/shapes.geojson", {"bbox": "1,2,3"})):
        answer = client.get(f"/api/territory/{address}", query)
        assert (answer.status_code, answer.json()["code"]) == (422, "kernel.unreadable")


def test_carol_sees_none_of_bobs_grids() -> None:
    bobs = Grid.objects.get(path=BOB.scope)
    client = make_client(make_actor(CAROL))
    assert [g["name"] for g in client.get("/api/territory/grids").json()["items"]] == ["三格"]
    assert client.get(f"/api/territory/grids/{bobs.pk}").status_code == 404
    assert len(client.get("/api/territory/grids/shapes.geojson").json()["features"]) == 1


def test_bob_reads_his_grid() -> None:
    bobs = Grid.objects.get(path=BOB.scope)
    body = get(BOB, f"grids/{bobs.pk}").json()
    assert (body["path"], body["bbox"]) == (BOB.scope, [118.3, 31.3, 118.31, 31.31])


def test_shapes_come_by_box() -> None:
    shapes = get(ALICE, "grids/shapes.geojson", bbox="118.311,31.301,118.312,31.302").json()
    assert [f["properties"]["path"] for f in shapes["features"]] == [NEXT]
    assert (shapes["is_complete"], shapes["features"][0]["geometry"]["type"]) == (True, "Polygon")


@pytest.mark.parametrize(
    ("person", "seen"), [(ALICE, ["一格", "二格", None, None]), (BOB, ["一格", None, None, None])]
)
def test_points_are_located_inside_ones_own_grids(person: Person, seen: list[str | None]) -> None:
    points = [[118.305, 31.305], [118.315, 31.305], [118.325, 31.305], [118.2, 31.2]]
    client = make_client(make_actor(person))
    answer = client.post("/api/territory/locate", {"points": points}, content_type="application/json")
    assert [one and one["name"] for one in answer.json()] == seen


def test_points_of_a_map_in_gcj02_are_moved_first() -> None:
    client = make_client(make_actor(BOB))
    body = {"points": [[118.3103, 31.3030]], "datum": "gcj02"}
    answer = client.post("/api/territory/locate", body, content_type="application/json")
    assert answer.json() == [{"path": BOB.scope, "name": "一格"}]  # as WGS-84 it would be the neighbour's


def test_coverage_tells_gaps_overlaps_and_grids_without_a_parent() -> None:
    make_grids(GridFeature("五格", square(1.5, row=1), path="34.02.03.005.099.001."))
    body = get(ALICE, "coverage").json()
    assert (body["grids"], body["gaps"], body["overlaps"], body["orphans"]) == (3, 0, 0, 1)


def test_coverage_of_a_layer_without_grids_is_not_found() -> None:
    assert get(ALICE, "coverage", layer="market").status_code == 404


@pytest.mark.parametrize("address", ["divisions", "grids", "grids/shapes.geojson", "coverage"])
def test_a_citizen_does_not_read_the_territory(address: str) -> None:
    answer = get(ALICE.acting_as(Role.CITIZEN), address)
    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.not_your_role")
