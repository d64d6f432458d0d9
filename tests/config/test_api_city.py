"""A program sets up a city through the API alone, and no post does what is another's."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.makers import make_post, make_user
from wangge.accounts.rules import Role
from wangge.config.run_kinds import KINDS, find_author
from wangge.kernel import clock
from wangge.kernel.ids import new_id
from wangge.kernel.run_work import do_run

pytestmark = pytest.mark.django_db(transaction=True)
DIVISIONS = "code,name\n99,示范省\n9901,示范市\n990101,示范区\n990101001,和顺街道\n"
SQUARE = [[[83.5, 39.2], [83.51, 39.2], [83.51, 39.21], [83.5, 39.21], [83.5, 39.2]]]
GRIDS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "和顺街道"},
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        }
    ],
}


def holding(role: Role) -> Client:
    """The client of somebody new with this post."""
    user = make_user(username=role.value)
    make_post(user=user, role=role, scope="99.01.")
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def system() -> Client:
    return holding(Role.SYSTEM_ADMIN)


@pytest.fixture
def security() -> Client:
    return holding(Role.SECURITY_ADMIN)


def test_a_program_sets_up_a_city(system: Client, security: Client) -> None:
    table = SimpleUploadedFile("divisions.csv", DIVISIONS.encode())
    asked = system.post("/api/territory/divisions/imports", {"id": new_id(), "file": table}).json()
    do_run(UUID(asked["id"]), KINDS[asked["kind"]], find_author, now=clock.now)
    divisions = system.get(f"/api/runs/{asked['id']}").json()["report"]
    assert (divisions["loaded"], divisions["created"]) == (True, 4)
    outlines = SimpleUploadedFile("grids.geojson", json.dumps(GRIDS).encode())
    options = {"datum": "wgs84", "tier": "street", "within": "99.01.", "file": outlines}
    grids = system.post("/api/territory/grids/imports", options).json()
    assert (grids["loaded"], grids["created"]) == (True, 1)
    packs = send(system, "/packs/installs", {"name": "dongguan"}).json()
    assert [one["name"] for one in packs["installed"] if one["is_active"]] == ["dongguan"]
    desk = send(
        system,
        "/accounts/departments",
        {"code": "p1", "name": "派出所", "kind": "police", "path": "99.01.01.001."},
    ).json()
    bob = send(
        system, "/accounts/users", {"username": "bob", "name": "鲍勃", "password": "walks-a-grid-1"}
    ).json()
    post = {"user_id": bob["id"], "role": "grid_member", "scope": "99.01.01.001.", "starts_on": "2026-01-01"}
    assert send(security, "/accounts/posts", post).status_code == 200
    body = {"starts_on": "2026-01-01", "appointments": [{"path": "99.01.01.001.", "user_id": bob["id"]}]}
    assert send(system, "/territory/members", body).json() == {"appointed": 1}
    assert desk["kind"] == "police"
    door = {"username": "bob", "password": "walks-a-grid-1"}
    assert send(Client(), "/accounts/login", door).json()["scope"] == "99.01.01.001."


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/packs/installs", {"name": "dongguan"}),
        ("/accounts/users", {"username": "eve", "name": "伊芙", "password": "listens-a-lot-1"}),
        ("/accounts/departments", {"code": "p2", "name": "所", "kind": "police", "path": "99.01."}),
        (
            "/territory/members",
            {"starts_on": "2026-01-01", "appointments": [{"path": "99.01.", "user_id": 1}]},
        ),
    ],
)
def test_setting_up_is_the_system_administrators(security: Client, path: str, body: dict[str, Any]) -> None:
    assert send(security, path, body).status_code == 403


def test_the_system_administrator_grants_nothing(system: Client) -> None:
    post = {"user_id": 1, "role": "leader", "scope": "99.01.", "starts_on": "2026-01-01"}
    assert send(system, "/accounts/posts", post).status_code == 403


def test_nobody_is_appointed_outside_the_callers_territory(system: Client) -> None:
    body = {"starts_on": "2026-01-01", "appointments": [{"path": "99.010.", "user_id": 1}]}
    assert send(system, "/territory/members", body).status_code == 404
