"""Teams on a real database, through services and the API. TM-1 to TM-8."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.ground import NEXT, make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, ON, Person, make_actor, make_client, make_user
from tests.teams.makers import STREET, make_kinds, make_team, member, piece, save, team
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.teams import calling, queries, services
from wangge.teams.models import Equipment, Team, TeamMember
from wangge.teams.schemas import MaintainIn, TeamEndIn, TeamFilter
from wangge.teams.services import TeamMover

pytestmark = pytest.mark.django_db
HERE = (118.305, 31.305)


@pytest.fixture
def alice() -> Actor:
    make_kinds()
    return make_actor(ALICE)


def full(**fields: Any) -> dict[str, Any]:
    """A team that lacks nothing."""
    people = [member(duty="leader"), *(member() for _ in range(5))]
    return team(**{"members": people, "equipment": [piece(interval_days=30, last_on=ON)]} | fields)


def test_a_team_is_saved_whole_and_its_people_stand_in_the_order_of_calling(alice: Actor) -> None:
    bob = make_actor(BOB)
    people = [
        {"id": new_id(), "user_id": bob.user_id, "duty": "deputy"},
        member(duty="leader"),
        member(name="孙后来", phone=""),
    ]

    key = make_team(alice, members=people)

    shown = queries.get_team(alice, key, on=ON)
    assert [(one.name, one.phone, one.duty) for one in shown.members] == [
        ("包步行", "", "deputy"),
        ("钱**", "138****5678", "leader"),
        ("孙**", "", "member"),
    ]
    assert (shown.duty_phone, shown.leader_name, shown.kind_zh) == ("05533810119", "钱**", "微型消防站")
    assert b"13812345678" not in bytes(TeamMember.objects.get(duty="leader").sealed_phone or b"")
    assert "13812345678" not in str(list(AuditRow.objects.values()))


def test_what_went_out_masked_comes_back_masked_and_stays_as_it_was(alice: Actor) -> None:
    one = member(duty="leader")
    given = team(members=[one])
    save(alice, given)

    back = {**one, "name": "钱**", "phone": "138****5678"}
    [fate] = save(alice, given | {"id": new_id(), "base_version": 1, "members": [back]})

    assert fate.result["version"] == 2
    told = services.reveal_member(one["id"], "核对电话", actor=alice, at=AT)
    assert (told.name, told.address) == ("钱外援", "13812345678")
    [row] = AuditRow.objects.filter(action="teams.reveal")
    assert row.detail == {"reason": "核对电话"}


def test_the_same_command_twice_is_done_once_and_another_version_is_a_conflict(alice: Actor) -> None:
    given = team()

    first, again = save(alice, given)[0], save(alice, given)[0]
    [late] = save(alice, given | {"id": new_id(), "base_version": 7})

    assert (first.status, again.status, late.status) == (200, 208, 409)
    assert Team.objects.get().version == 1


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"kind": "choir"}, 422),
        ({"lat": 95.0}, 422),
        ({"path": CAROL.scope}, 404),
        ({"areas": ["34.02.04."]}, 404),
        ({"duty_phone": "找老王"}, 422),
        ({"members": [member(duty="leader"), member(duty="leader")]}, 422),
        ({"members": [member(name="钱*")]}, 422),
        ({"members": [member(name="")]}, 422),
        ({"members": [{"id": new_id(), "user_id": 999_999, "duty": "member"}]}, 404),
    ],
)
def test_a_team_that_will_not_do_is_refused_alone(alice: Actor, wrong: dict[str, Any], status: int) -> None:
    good, bad = save(alice, team(), team(**wrong))

    assert (good.status, bad.status) == (200, status)
    assert Team.objects.count() == 1


def test_nobody_of_another_district_is_named(alice: Actor) -> None:
    stranger = make_actor(CAROL)

    [fate] = save(alice, team(members=[{"id": new_id(), "user_id": stranger.user_id}]))

    assert fate.status == 404


def test_the_list_of_what_is_wanting_says_what(alice: Actor) -> None:
    save(
        alice,
        full(name="一站"),
        team(name="二站"),
        full(name="三站", equipment=[piece(count=1)]),
        full(name="四站", equipment=[piece(interval_days=30, last_on=date(2025, 9, 12))]),
        team(name="邻里", kind="circle", members=[member(duty="leader")]),
    )

    page = queries.list_teams(alice, TeamFilter(only_wanting=True), on=ON)

    assert {row.name: row.wants for row in page.items} == {
        "二站": ["leader", "people", "equipment"],
        "三站": ["equipment"],
        "四站": ["maintenance"],
    }
    assert page.total == 3


def test_pages_of_a_list_join_without_a_gap_whether_wanting_or_all(alice: Actor) -> None:
    save(alice, *(team(name=f"站{n % 3}") for n in range(7)))

    for only in (False, True):
        seen, cursor = [], ""
        for _ in range(4):
            page = queries.list_teams(alice, TeamFilter(only_wanting=only, cursor=cursor, limit=2), on=ON)
            seen += [row.id for row in page.items]
            cursor = page.next_cursor or ""
        assert len(set(seen)) == len(seen) == page.total == 7
        assert cursor == ""


def test_a_list_costs_the_same_statements_for_two_teams_as_for_twenty(alice: Actor) -> None:
    save(alice, full(), full())
    with CaptureQueriesContext(
        connection,
    ) as two:
        queries.list_teams(alice, TeamFilter(), on=ON)
    save(alice, *(full() for _ in range(18)))
    with CaptureQueriesContext(connection) as twenty:
        queries.list_teams(alice, TeamFilter(), on=ON)

    assert len(twenty) == len(two)


def test_maintenance_counts_from_the_latest_day_and_leaves_a_line(alice: Actor) -> None:
    one = piece(interval_days=30, last_on=date(2025, 8, 1))
    key = make_team(alice, equipment=[one])
    done = MaintainIn(id=new_id(), equipment_id=one["id"], done_on=date(2025, 10, 10), note="换垫圈")
    earlier = MaintainIn(id=new_id(), equipment_id=one["id"], done_on=date(2025, 10, 1))
    ahead = MaintainIn(id=new_id(), equipment_id=one["id"], done_on=ON + timedelta(days=1))

    fates = services.record_maintenance([done, earlier, ahead], actor=alice, at=AT)

    assert [fate.status for fate in fates] == [200, 200, 422]
    assert Equipment.objects.get().next_due_on == date(2025, 11, 9)
    changes = queries.get_team(alice, key, on=ON).changes
    assert [(one.what, one.detail.get("note")) for one in changes] == [
        ("maintained", ""),
        ("maintained", "换垫圈"),
        ("saved", None),
    ]


def test_a_team_that_ended_is_in_no_list_and_comes_to_no_place_until_it_stands_again(alice: Actor) -> None:
    key = make_team(alice)
    end = {"id": new_id(), "team_id": key, "base_version": 1, "is_standing": False, "reason": "撤并"}

    [fate] = services.end_teams([TeamEndIn.model_validate(end)], actor=alice, at=AT)

    assert fate.status == 200
    assert queries.list_teams(alice, TeamFilter(), on=ON).items == []
    assert near(alice) == []
    again = end | {"id": new_id(), "base_version": 2, "is_standing": True, "reason": "恢复"}
    services.end_teams([TeamEndIn.model_validate(again)], actor=alice, at=AT)
    assert len(near(alice)) == 1


def near(actor: Actor, point: tuple[float, float] = HERE, count: int = 5) -> list[str]:
    found = calling.list_nearest(actor, point, kind="", count=count, on=ON, at=AT)
    return [one.name for one in found]


def test_who_can_come_is_the_nearest_first_and_those_of_the_district_come_too(alice: Actor) -> None:
    make_divisions()
    make_grids()
    chief = make_actor(Person("chief", "区长", Role.DISPATCHER, "34.02.03."))
    make_team(chief, name="区站", path="34.02.03.", lon=118.4)
    make_team(chief, name="邻街站", path="34.02.03.006.", lon=118.306)
    save(
        alice,
        team(name="远站", lon=118.35, areas=[STREET]),
        team(name="近站", lon=118.304, radius_m=50),
        team(name="邻里", kind="circle", lon=118.305),
    )

    found = calling.list_nearest(alice, HERE, kind="", count=5, on=ON, at=AT)

    assert [(one.name, one.serves) for one in found] == [("近站", False), ("远站", True), ("区站", False)]
    assert found[0].distance_m == pytest.approx(95, abs=1)
    assert (found[0].target_minutes, found[0].duty_phone) == (3, "05533810119")


def test_a_far_team_in_the_corner_of_a_box_does_not_come_before_a_nearer_one_outside(alice: Actor) -> None:
    corner = {"lon": 118.305 + 0.0205, "lat": 31.305 + 0.0178}  # 2.77 km away, inside the box of 2 km
    outside = {"lon": 118.305, "lat": 31.305 + 0.0186}  # 2.07 km away, outside of it
    save(alice, team(name="角上", **corner), team(name="正北", **outside))

    assert near(alice, count=1) == ["正北"]


@pytest.mark.slow
def test_the_nearest_of_five_thousand_stations_are_the_true_ones_and_one_index_finds_them(
    alice: Actor,
) -> None:
    rng = random.Random(7)
    Team.objects.bulk_create(
        Team(
            id=new_id(), kind="station", name=f"站{n}", path=BOB.scope, created_at=AT, updated_at=AT,
            lon=118.305 + rng.uniform(-0.4, 0.4), lat=31.305 + rng.uniform(-0.4, 0.4),
        )
        for n in range(5_000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE teams_team")
    with CaptureQueriesContext(connection) as asked:
        names = near(alice)

    def away(one: Team) -> float:
        return (one.lat - HERE[1]) ** 2 + ((one.lon - HERE[0]) * 0.8544) ** 2

    every = sorted(Team.objects.all(), key=away)
    assert names == [one.name for one in every[:5]]
    assert len(asked) <= 9
    [found] = [one["sql"] for one in asked if '"lat" BETWEEN' in one["sql"]]  # one box was enough
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {found}")
        assert "team_on_map" in str(cursor.fetchall())


def test_a_stranger_sees_and_changes_nothing_and_a_member_of_staff_reads_only(alice: Actor) -> None:
    one = member()
    key = make_team(alice, members=[one], equipment=[piece()])
    carol, bob = make_actor(CAROL), make_actor(BOB)

    client = make_client(carol)
    assert client.get(f"/api/teams/{key}").status_code == 404
    assert client.get("/api/teams").json()["items"] == []
    assert client.get("/api/teams/nearest", {"lon": 118.305, "lat": 31.305}).json() == []
    [fate] = save(carol, team(team_id=key, base_version=1, path=CAROL.scope))
    assert fate.status == 404
    reveal = {"reason": "想看看"}
    assert post(carol, f"/api/teams/members/{one['id']}/reveal", reveal).status_code == 404
    assert post(bob, "/api/teams", [json_of(team())]).status_code == 403
    assert make_client(bob).get(f"/api/teams/{key}").json()["name"] == "花园微站"


def post(actor: Actor, path: str, body: object) -> Any:
    return make_client(actor).post(path, json.dumps(body, default=str), content_type="application/json")


def json_of(given: dict[str, Any]) -> Any:
    return json.loads(json.dumps(given, default=str))


def test_the_api_saves_lists_and_shows(alice: Actor) -> None:
    given = json_of(full())

    with clock.standing_at(AT):
        [fate] = post(alice, "/api/teams", [given]).json()
        row = make_client(alice).get("/api/teams", {"q": "花园"}).json()["items"][0]
        kinds = make_client(alice).get("/api/teams/kinds").json()

    assert (fate["status"], row["name"], row["people"], row["wants"]) == (200, "花园微站", 6, [])
    assert [(one["code"], one["least_people"]) for one in kinds] == [("station", 6), ("circle", 0)]


def test_people_of_a_picker_have_a_post_inside_or_above(alice: Actor) -> None:
    make_actor(BOB)
    make_actor(CAROL)
    make_user(username="nobody", name="包无岗")

    found = queries.find_people(alice, "包", on=ON)

    assert [one.name for one in found] == ["包步行"]


def test_a_team_goes_with_its_grid_and_its_areas_with_a_recoding(alice: Actor) -> None:
    key = make_team(alice, areas=[STREET, NEXT])
    mover = TeamMover()

    [placed] = mover.list_open([BOB.scope], AT)
    mover.recode(["34.02.03.005."], ["34.02.03.007."], AT)

    assert (placed.id, placed.path) == (key, BOB.scope)
    assert sorted(Team.objects.get().areas) == ["34.02.03.007.", "34.02.03.007.012.002."]


def test_ids_of_another_teams_people_are_not_taken(alice: Actor) -> None:
    one = member()
    make_team(alice, members=[one])

    [fate] = save(alice, team(members=[member(id=one["id"])]))

    assert fate.status == 404
    assert TeamMember.objects.get().team.pk != UUID(int=0)
