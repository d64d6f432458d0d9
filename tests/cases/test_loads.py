"""On whom the open cases weigh least, and what lies in inboxes (CS-21, CS-22)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.makers import HAN, House, command, make_case, make_house, take, walk
from tests.makers import AT, Person, make_actor, make_client
from wangge.accounts.models import Post
from wangge.accounts.rules import Role
from wangge.cases import queries
from wangge.cases.loads import Load, lightest
from wangge.cases.models import Case
from wangge.matters import services as matters

VERSION = "weighs@1"


@pytest.mark.parametrize(
    ("loads", "but", "answer"),
    [
        ([(1, 5, 5.0), (2, 3, 6.0)], 0, 1),  # fewer cases, but heavier ones
        ([(1, 5, 6.0), (2, 3, 6.0)], 0, 2),
        ([(2, 3, 6.0), (1, 3, 6.0)], 0, 1),
        ([(1, 0, 0.0), (2, 3, 6.0)], 1, 2),  # who reported it does not handle it
        ([(1, 0, 0.0)], 1, None),
        ([], 0, None),
    ],
)
def test_the_lightest_is_suggested(loads, but, answer) -> None:
    assert lightest([Load(*load) for load in loads], but=but) == answer


@pytest.fixture
def house(db: None) -> House:
    house = make_house(VERSION)
    weights = {"general": 1, "larger": 3}
    matters.install_terms(
        [
            {"kind": "severity", "code": code, "number": weight, "name_zh": code, "name_en": code}
            | {"source": "t", "is_confirmed": False}
            for code, weight in weights.items()
        ],
        pack_version=VERSION,
    )
    return house


def sign(house: House, who: str, matter: str) -> None:
    case_id = make_case(house, matter_code=matter)
    walk(house, case_id, "dispatched")
    [fate] = take(house.named(who), command(case_id, "sign", at=AT + timedelta(hours=2)))
    assert fate.status == 200


def test_the_suggestion_shows_its_numbers_and_assigns_nobody(house: House) -> None:
    second = make_actor(Person("hua", "华二", Role.DEPARTMENT_HANDLER, HAN.scope), department_id=house.fire)
    gone = Person("old", "老张", Role.DEPARTMENT_HANDLER, HAN.scope)
    make_actor(gone, department_id=house.fire)
    Post.objects.filter(user__username="old").update(ends_on=AT.date())
    sign(house, "han", "H501")  # larger: weighs three
    for _ in range(2):
        case_id = make_case(house)
        walk(house, case_id, "dispatched")
        take(second, command(case_id, "sign", at=AT + timedelta(hours=2)))
    case_id = make_case(house)
    walk(house, case_id, "dispatched")

    told = queries.advise_handler(house.alice, case_id, at=AT)
    assert [(one.name, one.open_cases, one.weight) for one in told.handlers] == [
        ("韩处置", 1, 3.0),
        ("华二", 2, 2.0),
    ]
    assert told.suggested_id == second.user_id
    assert Case.objects.get(pk=case_id).handler_id is None


def test_advice_and_inboxes_over_http(house: House) -> None:
    waits = make_case(house)
    walk(house, waits, "dispatched")
    door = f"/api/cases/{waits}/handlers"
    assert make_client(house.alice).get(door).json()["department_name"] == "镜湖区消防大队"
    assert make_client(house.carol).get(door).status_code == 404
    citizen = make_actor(Person("zhang", "张", Role.CITIZEN, "34.02.03.005."))
    assert make_client(citizen).get("/api/cases/inboxes").status_code == 403
    assert [box["unsigned"] for box in make_client(house.han).get("/api/cases/inboxes").json()] == [1]
    assert make_client(house.pang).get("/api/cases/inboxes").json() == []  # another department's inbox


def test_inboxes_are_counted_with_their_age_and_what_is_late(house: House) -> None:
    for matter, hours in (("H301", 1), ("H301", 3), ("H101", 2)):
        case_id = make_case(house, matter_code=matter)
        walk(house, case_id, "accepted")
        take(house.alice, command(case_id, "dispatch", at=AT + timedelta(hours=hours)))
    signed = make_case(house)
    walk(house, signed, "handling")
    told = queries.list_inboxes(house.alice, at=AT + timedelta(hours=6))
    assert [(box.department_name, box.unsigned, box.oldest_hours, box.late) for box in told] == [
        ("镜湖区消防大队", 2, 5.0, 1),  # four hours to sign: only the first is late
        ("赭山派出所", 1, 4.0, 1),
    ]
    assert [box.handlers for box in told] == [1, 1]
