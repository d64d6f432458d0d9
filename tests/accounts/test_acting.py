"""AC-2, AC-16: somebody with several posts acts in the one they choose, and in none that is over."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.makers import ALICE, BOB, CAROL, make_actor, make_client, make_post
from wangge.accounts.models import Post, User
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db
ME, MINE = "/api/accounts/me", "/api/accounts/me/post"
SECOND = "34.02.03.005.013."


@pytest.fixture
def bob() -> Actor:
    return make_actor(BOB)


def second_post(bob: Actor, **fields: Any) -> int:
    user = User.objects.get(pk=bob.user_id)
    return make_post(user=user, **{"role": Role.GRID_CHIEF, "scope": SECOND} | fields)


def choose(client: Client, post_id: int, **headers: str) -> Any:
    return client.put(MINE, json.dumps({"post_id": post_id}), "application/json", headers=headers)


def test_the_post_that_began_first_acts_until_another_is_chosen_and_the_choice_lasts(bob: Actor) -> None:
    chief = second_post(bob, starts_on=date(2025, 2, 1))
    client = make_client(bob)
    me = client.get(ME).json()
    assert (me["role"], me["scope"]) == ("grid_member", BOB.scope)
    assert [one["role"] for one in me["posts"]] == ["grid_member", "grid_chief"]
    assert choose(client, chief).json()["scope"] == SECOND
    me = client.get(ME).json()
    assert (me["role"], me["scope"], me["post_id"]) == ("grid_chief", SECOND, chief)
    assert client.get("/api/accounts/people").status_code == 403
    assert AuditRow.objects.filter(action="accounts.act_in_post").get().detail["to"] == chief


def test_a_post_of_somebody_else_one_that_is_over_and_one_to_come_cannot_be_chosen(bob: Actor) -> None:
    today = clock.today()
    carol = make_actor(CAROL)
    over = second_post(bob, ends_on=today)
    later = second_post(bob, scope="34.02.03.005.014.", starts_on=today + timedelta(days=1))
    client = make_client(bob)
    for post_id in (carol.post_id, over, later, 0, 2**40):
        answer = choose(client, post_id)
        assert (answer.status_code, answer.json()["code"]) == (403, "accounts.post_not_in_force"), post_id
    assert client.get(ME).json()["scope"] == BOB.scope


def test_when_the_chosen_post_ends_nobody_slides_into_another(bob: Actor) -> None:
    chief = second_post(bob)
    client = make_client(bob)
    choose(client, chief)
    Post.objects.filter(pk=chief).update(ends_on=clock.today())
    assert client.get(ME).status_code == 401
    again = make_client(bob)
    assert again.get(ME).json()["scope"] == BOB.scope


def test_a_request_acts_in_the_post_it_names_or_not_at_all(bob: Actor) -> None:
    chief = second_post(bob)
    client = make_client(bob)
    named = client.get(ME, headers={"Wangge-Post": str(chief)})
    assert named.json()["scope"] == SECOND
    assert client.get(ME).json()["scope"] == BOB.scope, "the session goes on in its own post"
    Post.objects.filter(pk=chief).update(ends_on=clock.today())
    carol = make_actor(CAROL)
    for name in (chief, carol.post_id, 0, "-1", "x", "²", "9" * 30):
        answer = client.get(ME, headers={"Wangge-Post": str(name)})
        assert (answer.status_code, answer.json()["code"]) == (403, "accounts.post_not_in_force"), name
    assert Client().get(ME, headers={"Wangge-Post": str(bob.post_id)}).status_code == 401


def test_the_audit_names_the_post(bob: Actor) -> None:
    chief = second_post(bob)
    client = make_client(bob)
    choose(client, chief)
    client.put("/api/accounts/me/addresses", json.dumps({"addresses": {}}), "application/json")
    rows = AuditRow.objects.filter(action="accounts.set_addresses")
    assert [(row.role, row.post_id) for row in rows] == [("grid_chief", chief)]


def test_alice_s_actor_is_the_same_however_it_is_found() -> None:
    alice = make_actor(ALICE)
    assert alice.post_id == Post.objects.get(user_id=alice.user_id).pk
