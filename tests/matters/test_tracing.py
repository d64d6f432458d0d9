"""Why a matter goes where it goes, and where it would go nowhere, over HTTP and as a command."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tests.cases.makers import House, make_house
from tests.ground import NEXT
from tests.makers import BOB, Person, make_actor, make_client, make_department, make_members
from wangge.accounts.models import User
from wangge.accounts.rules import Role
from wangge.config.pack_command import app
from wangge.matters import services

pytestmark = pytest.mark.django_db
VERSION = "traced@1"
NAMED = {"name_zh": "规则", "name_en": "Rule", "source": "test", "is_confirmed": False}


@pytest.fixture
def house() -> House:
    house = make_house(VERSION)
    services.install_terms([NAMED | {"kind": "department", "code": "fire"}], pack_version=VERSION)
    services.install_powers(
        [NAMED | {"code": "PW", "department_kind": "fire", "matter_prefix": "H", "basis": "消防法§53"}],
        pack_version=VERSION,
    )
    make_members({BOB.scope: User.objects.get(pk=house.bob.user_id)})
    return house


def explain(house: House, who: str = "alice", **question: object) -> tuple[int, dict[str, object]]:
    answer = make_client(house.named(who)).get("/api/matters/routes/explain", question)
    return answer.status_code, answer.json()


def test_a_route_is_explained_row_by_row_down_to_the_people(house: House) -> None:
    status, told = explain(house, matter="H304", grid=BOB.scope)
    assert status == 200
    assert (told["kind"], told["is_own_kind"], told["severity"]) == ("police", False, "larger")
    assert told["department"] == {"path": "34.02.03.005.", "name": "赭山派出所"}
    assert [one["name"] for one in told["handlers"]] == ["庞旁人"]
    assert [(row["department_kind"], row["wins"], row["lost_by"]) for row in told["routes"]] == [
        ("police", True, "")
    ]
    assert told["powers"] == []  # the list names only the fire brigade
    assert told["member"]["name"] == "包步行"


def test_in_the_market_layer_another_row_wins_and_the_loser_says_by_what(house: House) -> None:
    _, told = explain(house, matter="H304", grid=BOB.scope, layer="market")
    assert [(row["department_kind"], row["wins"], row["lost_by"]) for row in told["routes"]] == [
        ("fire", True, ""),
        ("police", False, "layer"),
    ]
    assert [power["code"] for power in told["powers"]] == ["PW"]


def test_without_a_row_it_is_the_matters_own_kind_also_for_a_point(house: House) -> None:
    _, told = explain(house, matter="H301", lon=118.315, lat=31.305)
    assert (told["is_own_kind"], told["kind"], told["grid"]["path"]) == (True, "fire", NEXT)
    assert told["member"] is None


@pytest.mark.parametrize(
    ("who", "question", "status"),
    [
        ("carol", {"matter": "H301", "grid": BOB.scope}, 404),
        ("alice", {"matter": "H301", "lon": 118.325, "lat": 31.305}, 404),  # the other district
        ("alice", {"matter": "H999", "grid": BOB.scope}, 422),
        ("alice", {"matter": "H301"}, 422),
        ("alice", {"matter": "H301", "grid": "34.02"}, 422),
        ("alice", {"matter": "H301", "lon": 100.0, "lat": 10.0}, 422),
    ],
)
def test_what_is_not_explained(house: House, who: str, question: dict[str, object], status: int) -> None:
    assert explain(house, who, **question)[0] == status


def test_a_citizen_reads_no_routes(house: House) -> None:
    citizen = make_client(make_actor(Person("zhang", "张", Role.CITIZEN, "34.02.03.005.")))
    for door in ("routes", "routes/gaps", "powers", "catalogue", "admissions"):
        assert citizen.get(f"/api/matters/{door}").status_code == 403


def test_gaps_are_told_inside_the_scope_and_go_when_the_department_comes(house: House) -> None:
    city = make_client(make_actor(Person("mayor", "市长", Role.LEADER, "34.02.03.")))
    gaps = city.get("/api/matters/routes/gaps").json()
    assert (gaps["matters"], gaps["grids"]) == (6, 2)  # CAROL's grid lies outside
    assert gaps["gaps"] == []

    services.install_routes(
        [NAMED | {"code": "R", "matter_prefix": "H1", "path": NEXT, "department_kind": "water"}],
        pack_version="traced@2",
    )
    make_pack_again()
    [gap] = city.get("/api/matters/routes/gaps").json()["gaps"]
    assert (gap["kind"], gap["matters"], gap["grids_missing"]) == ("water", ["H101"], 1)
    assert gap["places"] == [{"path": NEXT, "name": "二格"}]
    street = make_client(house.bob)
    assert street.get("/api/matters/routes/gaps").json()["gaps"] == []  # not in his grid
    make_department(code="water", name="供水", kind="water", path="34.02.")
    assert city.get("/api/matters/routes/gaps").json()["gaps"] == []


def make_pack_again() -> None:
    services.install_matters(
        [
            {"code": "H101", "group_code": "H1", "group_zh": "组", "group_en": "G", "name_zh": "堆物"}
            | {"name_en": "Goods", "basis": "b", "severity": "general", "fix_days": 1}
            | {"department_kind": "police", "is_confirmed": False}
        ],
        pack_version="traced@2",
    )
    services.install_timing(yellow_at_pct=75, at_once_hours=24, pack_version="traced@2")


def test_the_table_of_routes(house: House) -> None:
    rows = make_client(house.alice).get("/api/matters/routes").json()
    assert [(row["matter_prefix"], row["path_name"], row["department_kind"]) for row in rows] == [
        ("H304", "镜湖区", "police"),
        ("H", "", "fire"),
    ]


@pytest.mark.slow
def test_the_command_tells_the_same(house: House) -> None:
    told = json.loads(
        CliRunner().invoke(app, ["routes", "--matter", "H304", "--grid", BOB.scope, "--json"]).stdout
    )
    assert told["department"]["name"] == "赭山派出所"
    spoken = CliRunner().invoke(app, ["routes", "--matter", "H304", "--grid", BOB.scope, "--layer", "market"])
    assert "输于 lost by: layer" in spoken.stdout
    gaps = CliRunner().invoke(app, ["routes"]).stdout
    assert "6 个事项 × 3 个网格" in gaps
    assert CliRunner().invoke(app, ["routes", "--matter", "H999", "--grid", BOB.scope]).exit_code == 2
