"""CE-1 … CE-7: a census is opened, walked, reviewed, compared and closed."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.ground import NEXT, make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_client, make_members, make_venues
from wangge.accounts.models import User
from wangge.accounts.rules import Role
from wangge.census.models import Answer, Census
from wangge.kernel import clock
from wangge.kernel.ids import new_id
from wangge.kernel.secrets import decrypt
from wangge.venues.models import Venue, VenueChange

pytestmark = pytest.mark.django_db
CHIEF = Person("chief", "网格长", Role.GRID_CHIEF, "34.02.03.005.012.")
CODE = "91350100M000100Y43"


class House:
    """A community with two grids, its chief, a member, a stranger, and a census that goes on."""

    def __init__(self) -> None:
        make_divisions()
        make_grids()
        self.chief, self.bob, self.carol = (make_client(make_actor(one)) for one in (CHIEF, BOB, CAROL))
        self.places = make_venues(
            count=4, lon=118.305, lat=31.305, keeper_name="张三丰", address="花园路 1 号"
        )
        self.far = make_venues(count=1, lon=118.315, lat=31.305, grid_path=NEXT)[0]
        make_members({BOB.scope: User.objects.get(username="bob")})
        self.census = self.open()

    def open(self, **changes: Any) -> str:
        body = {
            "id": str(new_id()), "name": "秋季普查", "starts_on": "2025-10-01", "ends_on": "2025-10-31",
            "asked": ["name", "address", "keeper_phone", "area_m2", "tags"],
        }  # fmt: skip
        answer = self.chief.post("/api/census", body | changes, content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
        told: str = answer.json()["id"]
        return told

    def send(self, who: Client, what: str, *items: dict[str, Any], census: str = "") -> list[dict[str, Any]]:
        url = f"/api/census/{census or self.census}/{what}"
        answer = who.post(url, list(items), content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
        fates: list[dict[str, Any]] = answer.json()
        return fates

    def found(self, finding: str, venue: Venue | None = None, **more: Any) -> dict[str, Any]:
        plain: dict[str, Any] = {"id": str(new_id()), "at": AT.isoformat(), "finding": finding}
        if venue is not None:
            plain |= {"venue_id": str(venue.pk), "venue_version": venue.version}
        return plain | more

    def judge(
        self, answer: dict[str, Any], verdict: str = "accept", who: Client | None = None
    ) -> dict[str, Any]:
        command = {"id": str(new_id()), "answer_id": answer["id"], "verdict": verdict, "reason": "核实过"}
        [fate] = self.send(who or self.chief, "reviews", command)
        return fate

    def get(self, who: Client, what: str, **query: Any) -> Any:
        answer = who.get(f"/api/census/{self.census}{what}", query)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()


@pytest.fixture
def house() -> Any:
    with clock.standing_at(AT):
        yield House()


def test_nothing_changes_the_register_until_somebody_accepts(house: House) -> None:
    one, two, three, four = house.places
    answers = [
        house.found("seen", one),
        house.found(
            "changed", two, values={"name": "新名字", "keeper_phone": "13900001111", "tags": ["重点"]}
        ),
        house.found("gone", three),
        house.found("duplicate", four, other_id=str(one.pk)),
        house.found(
            "new", values={"name": "新开的店", "class_code": "shop", "area_m2": 30.5}, lon=118.306, lat=31.306
        ),
    ]
    before = list(Venue.objects.order_by("pk").values())
    assert [fate["status"] for fate in house.send(house.bob, "answers", *answers)] == [200] * 5
    assert [fate["status"] for fate in house.send(house.bob, "answers", *answers)] == [208] * 5
    assert list(Venue.objects.order_by("pk").values()) == before
    assert "13900001111" not in str(Answer.objects.get(pk=answers[1]["id"]).values)
    waiting = house.get(house.chief, "/answers", review="waiting")
    assert [row["finding"] for row in waiting["items"]] == ["changed", "gone", "duplicate", "new"]
    told = {one["field"]: (one["recorded"], one["found"]) for one in waiting["items"][0]["values"]}
    assert told == {
        "name": (two.name, "新名字"), "keeper_phone": ("", "139****1111"), "tags": ("", "重点")
    }  # fmt: skip

    assert [house.judge(answer)["status"] for answer in answers[1:]] == [200] * 4
    two.refresh_from_db()
    assert (two.name, two.tags, two.address, two.keeper_name) == ("新名字", ["重点"], "花园路 1 号", "张三丰")
    assert two.keeper_phone is not None
    assert decrypt(two.keeper_phone) == "13900001111"
    three.refresh_from_db()
    four.refresh_from_db()
    assert (three.is_open, four.merged_into_id) == (False, one.pk)
    new = Venue.objects.get(pk=answers[4]["id"])
    assert (new.name, new.grid_path, new.area_m2) == ("新开的店", BOB.scope, 30.5)
    ways = VenueChange.objects.filter(venue__in=[two.pk, three.pk, new.pk]).values_list("way", "source")
    assert set(ways) == {("census", "census 秋季普查")}
    assert house.judge(answers[1])["code"] == "census.reviewed_already"
    assert house.judge(answers[0])["code"] == "census.reviewed_already"
    assert house.send(house.bob, "answers", house.found("seen", two))[0]["code"] == "census.accepted_already"


def test_what_is_kept_leaves_the_register_and_may_be_answered_again(house: House) -> None:
    one = house.places[0]
    answer = house.found("gone", one)
    house.send(house.bob, "answers", answer)
    assert house.judge(answer, "keep")["result"]["review"] == "kept"
    one.refresh_from_db()
    assert (one.is_open, one.version) == (True, 1)
    assert house.send(house.bob, "answers", house.found("seen", one))[0]["status"] == 200
    assert Answer.objects.filter(is_current=True).count() == 1


def test_a_field_that_changed_since_is_not_written_over(house: House) -> None:
    one = house.places[0]
    answer, other = house.found("changed", one, values={"name": "普查名"}), house.places[1]
    beside = house.found("changed", other, values={"name": "普查名"})
    house.send(house.bob, "answers", answer, beside)
    for venue, field in ((one, "name"), (other, "address")):
        Venue.objects.filter(pk=venue.pk).update(version=2, **{field: "别人改的"})
        VenueChange.objects.create(
            venue=venue, version=2, at=AT, way="hand", fields={field: ["旧", "别人改的"]}
        )
    refused = house.judge(answer)
    assert (refused["status"], refused["code"]) == (409, "census.changed_since")
    assert house.judge(beside)["status"] == 200
    other.refresh_from_db()
    assert (other.name, other.address) == ("普查名", "别人改的")
    assert house.judge(answer, "keep")["status"] == 200


def test_the_later_answer_of_a_place_counts_and_the_earlier_stays(house: House) -> None:
    one = house.places[0]
    first, second = house.found("gone", one), house.found("seen", one)
    house.send(house.bob, "answers", first)
    house.send(house.bob, "answers", second)
    assert house.judge(first)["code"] == "census.reviewed_already"
    assert list(Answer.objects.order_by("is_current").values_list("finding", "is_current")) == [
        ("gone", False), ("seen", True)
    ]  # fmt: skip
    third, fourth = house.found("gone", one), house.found("changed", one, values={"name": "又改"})
    house.send(house.bob, "answers", third, fourth)  # of one batch the last
    assert Answer.objects.get(is_current=True).finding == "changed"


def test_wrong_answers_are_refused_one_by_one(house: House) -> None:
    one = house.places[0]
    stray = house.found("seen", house.far)  # in the neighbour's grid
    late = house.found("seen", one, at=(AT + timedelta(days=30)).isoformat())
    cases = [
        (stray, 404, "kernel.not_visible"),
        (late, 409, "census.not_its_time"),
        (house.found("changed", one), 422, "census.bad_finding"),
        (house.found("changed", one, values={"height_m": 9.0}), 422, "census.bad_finding"),
        (
            house.found("new", values={"name": "店", "class_code": "nothing"}, lon=118.305, lat=31.305),
            422,
            "",
        ),
        (house.found("new", values={"name": "店", "class_code": "shop"}), 422, "census.bad_finding"),
        (house.found("new", values={"name": "店", "class_code": "shop"}, lon=118.315, lat=31.305), 404, ""),
        (house.found("duplicate", one, other_id=str(new_id())), 404, "kernel.not_visible"),
        (house.found("seen", one), 200, ""),
    ]
    fates = house.send(house.bob, "answers", *(given for given, _, _ in cases))
    for fate, (_, status, code) in zip(fates, cases, strict=True):
        assert fate["status"] == status, fate
        assert not code or fate["code"] == code
    bad = house.found("changed", one, values={"owner": "x"})
    assert (
        house.bob.post(
            f"/api/census/{house.census}/answers", [bad], content_type="application/json"
        ).status_code
        == 422
    )


def test_strangers_see_nothing_and_posts_do_what_they_may(house: House) -> None:
    one = house.places[0]
    answer = house.found("gone", one)
    assert house.send(house.carol, "answers", answer)[0]["status"] in (403, 404)
    house.send(house.bob, "answers", answer)
    assert house.judge(answer, who=house.bob)["status"] == 403
    assert house.judge(answer, who=house.carol)["status"] == 404
    assert house.carol.get("/api/census").json()["items"] == []
    for what in ("", "/grids", "/members", "/walk", "/answers", "/export.csv"):
        assert house.carol.get(f"/api/census/{house.census}{what}").status_code == 404, what
    assert [one["name"] for one in house.bob.get("/api/census").json()["items"]] == ["秋季普查"]
    body = {
        "id": str(new_id()), "name": "越权", "path": "34.02.0.", "starts_on": "2025-10-01",
        "ends_on": "2025-10-02", "asked": ["name"],
    }  # fmt: skip
    assert house.chief.post("/api/census", body, content_type="application/json").status_code == 404
    assert house.bob.post("/api/census", body, content_type="application/json").status_code == 403
    wrong = body | {"path": "", "ends_on": "2025-09-01"}
    assert house.chief.post("/api/census", wrong, content_type="application/json").status_code == 422


def test_progress_by_grid_and_member_takes_the_same_statements_whatever_there_is(house: House) -> None:
    one, two, three, _ = house.places
    house.send(house.bob, "answers", house.found("seen", one), house.found("gone", two))
    with CaptureQueriesContext(connection) as few:
        page = house.get(house.chief, "/grids")
    told = [
        (row["path"], row["member"], row["counts"]["walked"], row["counts"]["total"]) for row in page["items"]
    ]
    assert told == [(BOB.scope, "包步行", 2, 4), (NEXT, "", 0, 1)]
    assert page["items"][0]["counts"]["waiting"] == 1
    new = house.found("new", values={"name": "店", "class_code": "shop"}, lon=118.305, lat=31.305)
    make_venues(count=40, lon=118.305, lat=31.305)
    house.send(house.bob, "answers", house.found("changed", three, values={"name": "x"}), new)
    with CaptureQueriesContext(connection) as many:
        house.get(house.chief, "/grids")
    assert len(many) == len(few)
    counts = house.get(house.chief, "")["counts"]
    assert counts == {
        "total": 45, "walked": 3, "unwalked": 42, "seen": 1, "changed": 1, "gone": 1,
        "duplicate": 0, "new": 1, "waiting": 3,
    }  # fmt: skip
    assert house.get(house.bob, "")["counts"]["total"] == 44  # of the own grid
    [member] = house.get(house.chief, "/members")
    assert (member["name"], member["answered"], member["new"]) == ("包步行", 4, 1)
    assert house.judge({"id": Answer.objects.get(finding="gone").pk.hex})["status"] == 200
    assert house.get(house.chief, "")["counts"]["total"] == 45  # a closed place was walked to all the same


def test_the_walk_list_is_the_register_and_says_what_was_found(house: House) -> None:
    one = house.places[0]
    house.send(house.bob, "answers", house.found("seen", one))
    walk = house.get(house.bob, "/walk")
    assert [(row["venue"]["id"], row["finding"]) for row in walk["items"]] == [
        (str(place.pk), "seen" if place is one else None) for place in house.places
    ]
    left = house.get(house.bob, "/walk", only_unwalked="true")
    assert [row["venue"]["id"] for row in left["items"]] == [str(place.pk) for place in house.places[1:]]
    assert len(house.get(house.chief, "/walk", grid=NEXT)["items"]) == 1
    assert house.bob.get(f"/api/census/{house.census}/walk", {"grid": NEXT}).status_code == 404
    page = house.get(house.bob, "/walk", limit=3)
    assert len(house.get(house.bob, "/walk", limit=3, cursor=page["next_cursor"])["items"]) == 1


def test_a_register_of_somebody_else_is_laid_beside_ours(house: House) -> None:
    one, two, three, four = house.places
    Venue.objects.filter(pk=one.pk).update(credit_code=CODE)
    Venue.objects.filter(pk=two.pk).update(name="宏达小吃店")
    Venue.objects.filter(pk__in=[three.pk, four.pk]).update(name="便利店")
    rows = [
        {"名称": "改了名", "统一社会信用代码": CODE, "地址": ""},
        {"名称": "宏达小吃店", "统一社会信用代码": "", "地址": "另一种写法"},
        {
            "名称": "便利店",
            "统一社会信用代码": "",
            "地址": "写法不同",
        },  # two of that name: nobody knows which
        {"名称": "没登记的店", "统一社会信用代码": "", "地址": "花园路 9 号"},
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    before = list(Venue.objects.order_by("pk").values())
    url = f"/api/census/{house.census}/comparisons"

    def send(who: Client, **more: str) -> Any:
        file = SimpleUploadedFile("市监.csv", text.getvalue().encode())
        return who.post(url, {"id": str(new_id()), "name": "市场监管", "file": file} | more)

    told = send(house.chief).json()
    assert (told["rows"], told["both"], told["only_there"], told["only_here"]) == (4, 2, 2, 3)
    assert list(Venue.objects.order_by("pk").values()) == before
    sides: dict[str, Any] = {
        side: house.chief.get(f"/api/census/comparisons/{told['id']}", {"side": side}).json()["items"]
        for side in ("both", "only_here", "only_there")
    }
    assert [(row["row"], row["venue_id"]) for row in sides["both"]] == [(2, str(one.pk)), (3, str(two.pk))]
    assert {row["venue_id"] for row in sides["only_here"]} == {str(v.pk) for v in (three, four, house.far)}
    assert [row["name"] for row in sides["only_there"]] == ["便利店", "没登记的店"]
    first = house.chief.get(f"/api/census/comparisons/{told['id']}", {"side": "only_here", "limit": 2}).json()
    query = {"side": "only_here", "limit": 2, "cursor": first["next_cursor"]}
    assert len(house.chief.get(f"/api/census/comparisons/{told['id']}", query).json()["items"]) == 1
    assert send(house.bob).status_code == 403
    assert send(house.carol).status_code == 404
    assert send(house.chief, name_column="没有").status_code == 422
    assert len(house.chief.get(url).json()) == 1
    assert house.carol.get(f"/api/census/comparisons/{told['id']}", {"side": "both"}).status_code == 404


def test_a_closed_census_says_what_was_not_walked_and_takes_nothing_more(house: House) -> None:
    one = house.places[0]
    answer = house.found("gone", one)
    house.send(house.bob, "answers", answer)
    url = f"/api/census/{house.census}/close"
    assert house.bob.post(url).status_code == 403
    told = house.chief.post(url).json()
    assert told["unwalked"] == 4
    assert house.chief.post(url).json()["closed_at"] == told["closed_at"]
    assert (
        house.send(house.bob, "answers", house.found("seen", house.places[1]))[0]["code"] == "census.closed"
    )
    assert house.judge(answer)["code"] == "census.closed"
    left = house.get(house.chief, "/walk", only_unwalked="true")
    assert len(left["items"]) == 4


def test_the_export_is_masked_and_needs_its_post(house: House) -> None:
    one = house.places[0]
    values = {"keeper_phone": "13900001111", "name": "新名"}
    house.send(house.bob, "answers", house.found("changed", one, values=values, note="店主说的"))
    assert house.chief.get(f"/api/census/{house.census}/export.csv").status_code == 403
    alice = make_client(make_actor(ALICE))
    answer = alice.get(f"/api/census/{house.census}/export.csv")
    content = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    [row] = list(csv.DictReader(io.StringIO(content)))
    assert (row["结果"], row["审核"], row["编号"], row["填报人"]) == ("有变化", "待审核", one.code, "包步行")
    assert "139****1111" in row["填报内容"]
    assert "13900001111" not in content
    assert alice.get(f"/api/census/{house.census}/export.doc").status_code == 422


def test_opened_twice_with_one_id_it_is_one_census(house: House) -> None:
    identifier = str(new_id())
    assert house.open(id=identifier, name="第二次") == house.open(id=identifier, name="第二次") == identifier
    assert Census.objects.filter(name="第二次").count() == 1
    assert UUID(identifier) in {UUID(one["id"]) for one in house.chief.get("/api/census").json()["items"]}
