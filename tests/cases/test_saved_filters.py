"""CS-40: lists under a name, for oneself and for the office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cases.doors import get, post
from tests.cases.makers import House, make_house
from tests.makers import ALICE, Person, make_actor, make_client
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def save(actor: Actor, name: str, *, id: UUID | None = None, **fields: Any) -> Any:
    return post(actor, "/saved", {"id": str(id or new_id()), "name": name, "query": "light=red"} | fields)


def names(actor: Actor) -> list[str]:
    return [one["name"] for one in get(actor, "/saved").json()]


def test_a_list_is_kept_changed_and_forgotten(house: House) -> None:
    key = new_id()
    assert save(house.alice, "红灯", id=key).json()["is_mine"] is True
    assert save(house.alice, "红灯", id=key).status_code == 200, "sent twice it is one"
    assert save(house.alice, "超期", id=key, query="light=red&view=open").status_code == 200
    [kept] = get(house.alice, "/saved").json()
    assert (kept["name"], kept["query"], kept["owner_name"]) == ("超期", "light=red&view=open", "李爱丽")
    assert make_client(house.alice).delete(f"/api/cases/saved/{key}").status_code == 204
    assert names(house.alice) == []
    assert make_client(house.alice).delete(f"/api/cases/saved/{key}").status_code == 404


def test_the_office_sees_what_is_shared_and_only_that(house: House) -> None:
    anna = make_actor(Person("anna", "安娜", ALICE.role, ALICE.scope))
    shared = new_id()
    save(house.alice, "大家的", id=shared, is_shared=True)
    save(house.alice, "我的")
    assert names(anna) == ["大家的"]
    for stranger in (house.bob, house.carol, house.han, house.chief):
        assert names(stranger) == []
    assert save(anna, "抢走", id=shared).status_code == 404
    assert make_client(anna).delete(f"/api/cases/saved/{shared}").status_code == 404


def test_two_departments_of_one_territory_are_two_offices(house: House) -> None:
    save(house.han, "消防", is_shared=True)
    assert names(house.pang) == []
    assert names(house.han) == ["消防"]


def test_a_name_is_taken_once_a_person(house: House) -> None:
    assert save(house.alice, "红灯").status_code == 200
    answer = save(house.alice, "红灯")
    assert (answer.status_code, answer.json()["code"]) == (409, "cases.filter_name_taken")
    assert save(house.bob, "红灯").status_code == 200


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": " "}, {"name": "长" * 33}, {"query": "x" * 501}])
def test_what_does_not_fit_is_refused(house: House, fields: dict[str, str]) -> None:
    assert post(house.alice, "/saved", {"id": str(new_id()), "name": "好"} | fields).status_code == 422
