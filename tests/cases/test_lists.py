"""CS-6, CS-8 through HTTP: paging, filters, lights, what waits for me; a long list costs no more."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.doors import LATER, get, ids
from tests.cases.makers import (
    HOUR,
    House,
    make_case,
    make_house,
    suspend,
    walk,
)
from tests.makers import AT, make_client, make_venues
from wangge.cases.deadlines import light
from wangge.cases.models import Case
from wangge.cases.rules import Status
from wangge.kernel import clock
from wangge.kernel.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house()
    with clock.standing_at(LATER):
        yield house


# ---- lists ----


@pytest.mark.parametrize("sort", ["newest", "due"])
def test_pages_follow_each_other_without_gap_or_double(house: House, sort: str) -> None:
    made = [make_case(house, at=AT + HOUR * (n // 3)) for n in range(11)]  # three a moment
    seen: list[UUID] = []
    cursor = ""
    while True:
        page = get(house.alice, "", limit=2, sort=sort, cursor=cursor).json()
        assert (page["total"], page["total_is_exact"]) == (11, True)
        seen += [UUID(item["id"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 11
    assert set(seen) == set(made)
    moments = dict(Case.objects.values_list("pk", "reported_at" if sort == "newest" else "due_at"))
    assert [moments[one] for one in seen] == sorted(moments.values(), reverse=sort == "newest")


def test_by_deadline_the_cases_without_one_come_last_and_none_is_left_out(house: House) -> None:
    made = [make_case(house, at=AT + HOUR * n) for n in range(6)]
    Case.objects.filter(pk__in=made[1:4]).update(due_at=None)
    seen: list[UUID] = []
    cursor = ""
    while cursor is not None:
        page = get(house.alice, "", limit=2, sort="due", cursor=cursor).json()
        assert page["total"] == 6
        seen += [UUID(item["id"]) for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [made[0], made[4], made[5], *made[1:4]]


def test_who_sees_which_cases_in_the_list(house: House) -> None:
    case, own = make_case(house), make_case(house, by="alice")
    walk(house, own, "dispatched")
    assert set(ids(house.alice)) == set(ids(house.bob)) == set(ids(house.super)) == {case, own}
    assert ids(house.carol) == []
    assert ids(house.han) == [own]
    assert ids(house.pang) == []


def test_filters(house: House) -> None:
    [venue] = make_venues()
    one = make_case(house, venue_id=venue.pk, matter_code="H601", text="私储柴油")
    two = make_case(house, at=AT + HOUR, address="河滨路 100% 号")
    done = make_case(house, at=AT + HOUR * 2, matter_code="H101")
    walk(house, done, "closed", at=AT + HOUR * 2)
    expected: list[tuple[dict[str, Any], set[UUID]]] = [
        ({"q": "柴油"}, {one}),
        ({"ids": [str(one), str(done)]}, {one, done}),
        ({"ids": [str(done)], "is_open": "true"}, set()),
        ({"q": "0 号店"}, {one}),
        ({"q": "100%"}, {two}),
        ({"q": "h101"}, {done}),
        ({"q": str(one)}, {one}),
        ({"q": "\\"}, set()),
        ({"status": "reported"}, {one, two}),
        ({"status": ["reported", "closed"]}, {one, two, done}),
        ({"status": "rejected"}, set()),
        ({"matter": "H6"}, {one}),
        ({"severity": "suspected_major"}, {one}),
        ({"department_id": house.police}, {done}),
        ({"grid": house.bob.scope}, {one, two, done}),
        ({"grid": "34.02.0."}, set()),
        ({"venue_id": str(venue.pk)}, {one}),
        ({"is_open": "true"}, {one, two}),
        ({"is_open": "false"}, {done}),
        ({"reported_from": (AT + HOUR).isoformat()}, {two, done}),
        ({"reported_to": (AT + HOUR).isoformat()}, {one}),
        ({"light": "none"}, {done}),
        ({"light": "red"}, {one, two}),
    ]
    for query, cases in expected:
        assert set(ids(house.alice, **query)) == cases, query


@pytest.mark.parametrize(
    "query",
    [
        {"grid": "34.02"},
        {"cursor": "x"},
        {"cursor": "x_y"},
        {"cursor": "2025-10-13_01a201c7-daa9-7245-b14c-f5629fcfcdcc"},  # a moment without a zone
        {"cursor": "a\0"},
        {"light": "blue"},
        {"limit": 0},
        {"q": "a\0"},
    ],
)
def test_a_filter_that_means_nothing_is_refused(house: House, query: dict[str, Any]) -> None:
    assert get(house.alice, "", **query).status_code == 422


def test_an_administrator_reads_no_cases(house: House) -> None:
    admin = Actor(house.alice.user_id, "", "system_admin", "34.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wangge.config.api.get_signed_in", lambda key, on, post_id: admin)
        assert get(house.alice, "").status_code == 403
        assert get(house.alice, "/figures").status_code == 403


def test_the_light_of_a_filter_is_the_light_of_the_rule(house: House) -> None:
    rng = random.Random(7)
    for n in range(40):
        case = make_case(
            house, at=AT + HOUR * n / 2, matter_code=rng.choice(["H101", "H301", "H501", "H601"])
        )
        goal = rng.choice(["reported", "accepted", "dispatched", "suspended", "handling", "closed"])
        if goal != "reported":
            walk(house, case, "handling" if goal == "suspended" else goal, at=AT + HOUR * n / 2)
        if goal == "suspended":
            suspend(house, case, at=AT + HOUR * 24)
    Case.objects.filter(pk__in=Case.objects.values("pk")[:5]).update(due_at=None)
    for at in (AT + HOUR * 3, AT + HOUR * 18, LATER, AT + timedelta(days=4)):
        shown = {
            case.pk: light(
                Status(case.status),
                [(case.reported_at, case.due_at), (case.stage_started_at, case.stage_due_at)],
                at,
                yellow_at_pct=75,
            ).value
            for case in Case.objects.all()
        }
        with clock.standing_at(at):
            for colour in ("green", "yellow", "red", "none"):
                page = get(house.alice, "", light=colour, limit=200).json()
                assert {UUID(item["id"]) for item in page["items"]} == {
                    pk for pk, one in shown.items() if one == colour
                }
                assert {item["light"] for item in page["items"]} <= {colour}


def test_waiting_for_me_is_where_i_have_a_next_step(house: House) -> None:
    cases = {
        goal: make_case(house)
        for goal in ("reported", "accepted", "dispatched", "handling", "verifying", "closed")
    }
    for goal, case in cases.items():
        if goal != "reported":
            walk(house, case, goal)
    waiting = {
        "alice": {"reported", "accepted"},
        "bob": set(),  # his own reports
        "chief": {"verifying"},
        "super": {"verifying"},
        "han": {"dispatched", "handling"},
        "pang": set(),
        "carol": set(),
    }
    for name, goals in waiting.items():
        found = ids(house.named(name), waiting_for_me="true")
        assert set(found) == {cases[goal] for goal in goals}, name


def test_the_list_costs_the_same_for_one_case_and_for_many(house: House) -> None:
    [venue] = make_venues()
    client = make_client(house.alice)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/api/cases").status_code == 200
        return len(queries)

    walk(house, make_case(house, venue_id=venue.pk), "handling")
    count()
    few = count()
    for _ in range(10):
        walk(house, make_case(house, venue_id=venue.pk, by="chief"), "handling")
        make_case(house, by="alice")
    assert count() == few <= 14
