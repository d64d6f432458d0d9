"""VE-17: places that are kept twice are found, and those that somebody decided about are not asked again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.ground import NEXT, make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, make_actor, make_client, make_venues
from wangge.kernel.ids import new_id
from wangge.venues import services
from wangge.venues.models import LikePair, NotSame, Venue
from wangge.venues.rules import initials_for

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"


@pytest.fixture(autouse=True)
def ground() -> None:
    make_divisions()
    make_grids()


def place(name: str, *, lon: float = 118.305, lat: float = 31.305, **fields: Any) -> Venue:
    [made] = make_venues(name=name, lon=lon, lat=lat, initials=initials_for(name, "", ""), **fields)
    return made


def look(path: str = "34.02.") -> int:
    return services.find_duplicates(path, at=AT)


def reasons() -> list[tuple[int, list[str]]]:
    return [(row.score, row.reasons) for row in LikePair.objects.order_by("-score", "one", "other")]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"name": "宏达 小吃（店）"}, [(70, ["name", "near", "class"])]),
        ({"name": "洪大小吃店"}, [(55, ["initials", "near", "class"])]),  # other letters, the same reading
        ({"name": "洪大小吃店", "class_code": "rental"}, []),  # 45
        ({"name": "宏达小吃店", "lat": 31.3059}, []),  # 100 m on is another branch: 50 needs near
        ({"name": "别的", "credit_code": CODE, "lat": 31.35}, [(70, ["credit_code", "class"])]),
        ({"name": "别的", "address": "花园路１号"}, [(60, ["address", "near", "class"])]),
        ({"name": "别的"}, []),
    ],
)
def test_two_dossiers_are_asked_about_for_a_reason(
    other: dict[str, Any], told: list[tuple[int, list[str]]]
) -> None:
    place("宏达小吃店", credit_code=CODE, address="花园路 1 号")
    place(**other)
    assert look() == len(told)
    assert reasons() == told


def test_a_chain_and_a_building_are_no_duplicates() -> None:
    for n in range(22):
        place(f"连锁{n}店甲", credit_code=CODE, lat=31.3 + n / 1000)
    for n in range(4):
        place(f"{'甲乙丙丁'[n]}号铺", address="大厦 1 号", lon=118.306)
    assert look() == 0


def test_what_is_decided_is_not_asked_again_until_the_decision_is_taken_back() -> None:
    one, other = place("宏达小吃店"), place("宏达小吃店")
    alice = make_client(make_actor(ALICE))
    look()
    apart = {"id": str(new_id()), "one_id": str(other.pk), "other_id": str(one.pk), "reason": "两家店"}
    url = "/api/venues/duplicates/apart"
    assert [one["status"] for one in post(alice, url, [apart])] == [200]
    assert [one["status"] for one in post(alice, url, [apart])] == [208]
    assert alice.get("/api/venues/duplicates").json()["items"] == []
    assert look() == 0
    back = apart | {"id": str(new_id()), "is_withdrawn": True}
    assert [one["status"] for one in post(alice, url, [back])] == [200]
    assert not NotSame.objects.exists()
    assert look() == 1


def test_pairs_are_paged_best_first_inside_the_scope_and_a_merge_takes_its_own_away() -> None:
    for n in range(7):
        place(f"{'甲乙丙丁戊己庚'[n]}记面馆", lon=118.3 + n / 1000)
        place(f"{'甲乙丙丁戊己庚'[n]}记面馆", lon=118.3 + n / 1000, credit_code=CODE if n == 3 else "")
    Venue.objects.filter(name="丁记面馆").update(credit_code=CODE)
    Venue.objects.filter(name="庚记面馆").update(grid_path=NEXT)
    assert look() == 7
    alice, bob, carol = (make_client(make_actor(one)) for one in (ALICE, BOB, CAROL))
    seen, cursor = [], ""
    while cursor is not None:
        page = alice.get("/api/venues/duplicates", {"limit": 3, "cursor": cursor}).json()
        assert page["total"] == 7
        seen += page["items"]
        cursor = page["next_cursor"]
    assert [row["score"] for row in seen] == [100, *[70] * 6]
    assert len({row["one"]["id"] for row in seen}) == 7
    assert bob.get("/api/venues/duplicates").json()["total"] == 6
    assert carol.get("/api/venues/duplicates").json()["items"] == []
    assert alice.get("/api/venues/duplicates", {"reason": "credit_code"}).json()["total"] == 1
    one, other = seen[0]["one"], seen[0]["other"]
    query = {"stay_id": one["id"], "gone_id": other["id"]}
    told = alice.get("/api/venues/merges/preview", query).json()
    assert {side["choice"]: side["takes"] for side in told["sides"] if side["takes"]} == {}
    assert carol.get("/api/venues/merges/preview", query).status_code == 404
    command = {"id": str(new_id()), "stay_id": one["id"], "stay_version": 1, "gone_id": other["id"]}
    [fate] = post(alice, "/api/venues/merges", [command | {"gone_version": 1}])
    assert fate["status"] == 200, fate
    assert alice.get("/api/venues/duplicates").json()["total"] == 6
    [merged] = alice.get("/api/venues/merges", {"venue_id": one["id"]}).json()["items"]
    assert (merged["gone_code"], merged["by"]) == (other["code"], "李爱丽")
    assert carol.get("/api/venues/merges").json()["items"] == []
    undo = {"id": str(new_id()), "merge_id": merged["id"]}
    assert [one["status"] for one in post(alice, "/api/venues/merges/undo", [undo])] == [200]


def test_looking_takes_the_same_statements_whatever_there_is() -> None:
    place("宏达小吃店")
    look()
    with CaptureQueriesContext(connection) as few:
        look()
    for n in range(30):
        place(f"宏达{n % 9}店")
    with CaptureQueriesContext(connection) as many:
        assert look() > 20
    assert len(many) == len(few)


def test_only_whoever_may_merge_lets_the_house_look() -> None:
    alice, bob = make_client(make_actor(ALICE)), make_client(make_actor(BOB))
    url = "/api/venues/duplicates/look"
    body: dict[str, str] = {"path": ""}
    assert alice.post(url, body, content_type="application/json").json() == {"is_looking": True}
    assert alice.get("/api/venues/duplicates").json()["is_looking"] is True
    assert bob.post(url, body, content_type="application/json").status_code == 403
    answer = alice.post(url, {"path": "34.02.0."}, content_type="application/json")
    assert answer.status_code == 404


def post(client: Any, url: str, body: list[Any]) -> list[dict[str, Any]]:
    answer = client.post(url, body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    told: list[dict[str, Any]] = answer.json()
    return told
