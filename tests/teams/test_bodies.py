"""Committees, groups, meetings, and which nodes lack theirs. TM-10 to TM-12."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, ON, make_actor, make_client, make_department, make_photo
from tests.teams.makers import STREET, body, make_kinds, save_body
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.teams import bodies, services
from wangge.teams.body_schemas import BodyFilter, MeetingIn
from wangge.teams.models import Body, Meeting
from wangge.teams.services import TeamMover

pytestmark = pytest.mark.django_db
COMMUNITY = "34.02.03.005.012."


@pytest.fixture
def alice() -> Actor:
    make_kinds()
    make_divisions()
    make_grids()
    return make_actor(ALICE)


def missing(actor: Actor, **asked: Any) -> list[tuple[str, str]]:
    page = bodies.list_missing(
        actor, **{"kind": "", "within": "", "cursor": "", "limit": 50, "on": ON} | asked
    )
    return [(one.path, one.kind) for one in page.items]


def test_a_street_and_a_community_lack_what_the_pack_asks_of_their_level(alice: Actor) -> None:
    assert missing(alice) == [(STREET, "committee"), (COMMUNITY, "group")]  # an optional one is not missed

    [fate] = save_body(alice, body())

    assert fate.status == 200
    assert missing(alice) == [(COMMUNITY, "group")]
    told = {one.code: (one.standing, one.missing) for one in bodies.list_kinds(alice, on=ON)}
    assert told == {"committee": (1, 0), "group": (0, 1), "salon": (0, 0)}


def test_a_body_that_ended_is_missed_from_that_day_and_another_may_begin(alice: Actor) -> None:
    given = body()
    save_body(alice, given)

    end = given | {"id": new_id(), "base_version": 1, "until_on": ON}
    ended, begun = save_body(alice, end, body(since_on=ON))

    assert (ended.status, begun.status) == (200, 200)
    assert missing(alice) == [(COMMUNITY, "group")]
    assert missing(alice, on=ON - timedelta(days=1)) == [(COMMUNITY, "group")]
    assert Body.objects.filter(until_on=None).count() == 1


def test_one_body_of_a_kind_a_node(alice: Actor) -> None:
    save_body(alice, body())

    [fate] = save_body(alice, body(name="又一个"))

    assert (fate.status, fate.code) == (409, "teams.body_stands")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"kind": "group"}, 422),  # of a community, not of a street
        ({"kind": "choir"}, 422),
        ({"path": CAROL.scope}, 404),
        ({"path": f"{STREET}999."}, 422),  # no such node
        ({"chair_title": ""}, 422),
        ({"until_on": date(2024, 1, 1)}, 422),
        ({"members": [{}]}, 422),
        ({"members": [{"department_id": 999_999}]}, 404),
        ({"chair_id": 999_999}, 404),
        ({"base_version": 3}, 409),
    ],
)
def test_a_body_that_will_not_do_is_refused_alone(alice: Actor, wrong: dict[str, Any], status: int) -> None:
    good, bad = save_body(alice, body(kind="group", path=COMMUNITY), body(**wrong))

    assert (good.status, bad.status) == (200, status)
    assert Body.objects.count() == 1


def test_departments_people_and_posts_sit_in_a_body_in_order(alice: Actor) -> None:
    police = make_department(code="p", name="赭山派出所", kind="police", path=STREET)
    bob = make_actor(BOB)
    seats = [{"department_id": police}, {"user_id": bob.user_id}, {"title": "综治办主任"}]

    save_body(alice, body(chair_id=alice.user_id, members=seats))

    [row] = bodies.list_bodies(alice, BodyFilter(), on=ON).items
    assert [(one.name, one.title) for one in row.members] == [
        ("赭山派出所", ""),
        ("包步行", ""),
        ("", "综治办主任"),
    ]
    assert (row.chair_name, row.place_name) == ("李爱丽", "赭山街道")


def test_a_meeting_is_written_down_once_with_its_minutes(alice: Actor) -> None:
    given = body()
    save_body(alice, given)
    page = make_photo(actor=alice)
    meeting = {"id": new_id(), "body_id": given["body_id"], "held_on": ON, "topic": "月度例会"}
    good = MeetingIn.model_validate(meeting | {"decision": "开展冬季检查", "photos": [page]})
    ahead = MeetingIn.model_validate(meeting | {"id": new_id(), "held_on": ON + timedelta(days=1)})
    lost = MeetingIn.model_validate(meeting | {"id": new_id(), "photos": ["0" * 64]})

    fates = services.record_meetings([good, ahead, lost, good], actor=alice, at=AT)

    assert [fate.status for fate in fates] == [200, 422, 422, 208]
    [shown] = bodies.list_meetings(alice, given["body_id"])
    assert (shown.topic, shown.decision, shown.by) == ("月度例会", "开展冬季检查", "李爱丽")
    url = f"/api/teams/meetings/{shown.id}/photos/{page}"
    answer = make_client(alice).get(url)
    assert (answer.status_code, b"".join(answer)[:3]) == (200, b"\xff\xd8\xff")  # type: ignore[arg-type]
    assert make_client(make_actor(CAROL)).get(url).status_code == 404
    [row] = bodies.list_bodies(alice, BodyFilter(), on=ON).items
    assert (row.meetings, row.last_met_on) == (1, ON)


def test_a_stranger_sees_no_body_and_a_member_of_staff_makes_none(alice: Actor) -> None:
    given = body()
    save_body(alice, given)
    carol, bob = make_client(make_actor(CAROL)), make_client(make_actor(BOB))

    assert carol.get("/api/teams/bodies").json()["items"] == []
    assert carol.get("/api/teams/bodies/missing").json()["items"] == []
    assert carol.get(f"/api/teams/bodies/{given['body_id']}/meetings").status_code == 404
    sent = json.dumps([body()], default=str)
    assert bob.post("/api/teams/bodies", sent, content_type="application/json").status_code == 403
    sent = json.dumps(
        [{"id": new_id(), "body_id": given["body_id"], "held_on": ON, "topic": "x"}], default=str
    )
    [fate] = carol.post("/api/teams/meetings", sent, content_type="application/json").json()
    assert fate["status"] == 404
    assert not Meeting.objects.exists()


def test_pages_join_and_cost_the_same_statements(alice: Actor) -> None:
    save_body(alice, body(), body(kind="group", path=COMMUNITY), body(kind="salon", path=COMMUNITY))

    first = bodies.list_bodies(alice, BodyFilter(limit=1), on=ON)
    with CaptureQueriesContext(connection) as one:
        bodies.list_bodies(alice, BodyFilter(limit=1), on=ON)
    with CaptureQueriesContext(connection) as all_of_them:
        rest = bodies.list_bodies(alice, BodyFilter(cursor=first.next_cursor or ""), on=ON)

    assert [row.kind for row in first.items] == ["committee"]
    assert {row.kind for row in rest.items} == {"group", "salon"}
    assert len(all_of_them) <= len(one)
    page = bodies.list_missing(alice, kind="", within="", cursor="", limit=1, on=ON)
    assert (page.items, page.total) == ([], 0)


def test_a_body_follows_a_recoding(alice: Actor) -> None:
    save_body(alice, body())

    TeamMover().recode([STREET], ["34.02.03.007."], AT)

    assert Body.objects.get().path == "34.02.03.007."
