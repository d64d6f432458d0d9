"""Who is told of a place. VE-11."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.makers import ALICE, BOB, CAROL, Person, make_actor, make_client, make_venues
from wangge.accounts.rules import Role
from wangge.kernel.models import AuditRow
from wangge.kernel.secrets import encrypt
from wangge.venues import queries
from wangge.venues.models import Contact
from wangge.venues.rules import ContactKind

pytestmark = pytest.mark.django_db
PHONE = "13812345678"


def add(client: Client, **fields: Any) -> Any:
    plain = {"kind": "owner", "name": "钱业主", "medium": "sms", "address": PHONE}
    return client.post("/api/venues/contacts", json.dumps(plain | fields), content_type="application/json")


def test_a_contact_goes_in_whole_and_comes_out_masked() -> None:
    [venue] = make_venues()
    client = make_client(make_actor(ALICE))

    key = add(client, venue_id=str(venue.pk)).json()["id"]

    [shown] = client.get(f"/api/venues/{venue.pk}/contacts").json()
    assert (shown["id"], shown["name"], shown["address"]) == (key, "钱**", "138****5678")
    assert PHONE.encode() not in bytes(Contact.objects.get().sealed)
    assert PHONE not in str(list(AuditRow.objects.values()))
    assert client.delete(f"/api/venues/contacts/{key}").status_code == 204
    assert not Contact.objects.exists()


def test_the_places_own_come_before_those_of_the_nearest_territory() -> None:
    own, other = make_venues(count=2)
    client = make_client(make_actor(ALICE))
    for place in ({"venue_id": str(own.pk)}, {"path": "34.02.03.005."}, {"path": "34.02.03.005.012."}):
        add(client, **place)
    first, _, nearer = Contact.objects.order_by("id")
    places = [(own.pk, BOB.scope), (other.pk, BOB.scope), (None, "34.02.03.005.013.001.")]

    found = queries.contacts_of(places, [ContactKind.OWNER, ContactKind.POLICE])

    assert [[line[0] for line in found[place, "owner"]] for place in places] == [
        [f"c{first.pk}"],
        [f"c{nearer.pk}"],
        [f"c{first.pk + 1}"],
    ]
    assert found[places[0], "police"] == []


def test_a_stranger_neither_sees_nor_writes_them() -> None:
    [venue] = make_venues()
    key = add(make_client(make_actor(ALICE)), venue_id=str(venue.pk)).json()["id"]
    carol = make_client(make_actor(CAROL))

    assert carol.get(f"/api/venues/{venue.pk}/contacts").status_code == 404
    assert add(carol, venue_id=str(venue.pk)).status_code == 404
    assert add(carol, path=BOB.scope).status_code == 404
    assert carol.delete(f"/api/venues/contacts/{key}").status_code == 404
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"address": "12"}, {"address": "a@b.cn,c@d.cn", "medium": "email"}, {"path": "34"}, {}]
)
def test_what_is_no_address_or_names_no_place_is_refused(wrong: dict[str, str]) -> None:
    place = {} if "path" in wrong or not wrong else {"path": BOB.scope}

    assert add(make_client(make_actor(ALICE)), **place, **wrong).status_code == 422


def reveal(client: Client, path: str, reason: str = "电话通知整改") -> Any:
    body = json.dumps({"reason": reason})
    return client.post(f"/api/venues/{path}/reveal", body, content_type="application/json")


def test_a_contact_is_revealed_for_a_reason_that_stays() -> None:
    [venue] = make_venues()
    key = add(make_client(make_actor(ALICE)), venue_id=str(venue.pk)).json()["id"]
    bob = make_actor(BOB)

    assert reveal(make_client(bob), f"contacts/{key}").json() == {"name": "钱业主", "address": PHONE}

    row = AuditRow.objects.get(action="venues.reveal")
    assert (row.actor_id, row.subject_type, row.subject_id) == (bob.user_id, "contact", str(key))
    assert row.detail == {"reason": "电话通知整改"}
    assert reveal(make_client(bob), f"contacts/{key}", reason="  ").status_code == 422
    assert AuditRow.objects.filter(action="venues.reveal").count() == 1


def test_the_keeper_is_revealed_the_same_way() -> None:
    [venue] = make_venues(keeper_name="孙店主", keeper_phone=encrypt(PHONE))
    alice = make_client(make_actor(ALICE))

    assert reveal(alice, f"{venue.pk}/keeper").json() == {"name": "孙店主", "address": PHONE}
    assert AuditRow.objects.get(action="venues.reveal").subject_id == str(venue.pk)


def test_a_contact_of_the_territory_above_is_revealed_from_below() -> None:
    key = add(make_client(make_actor(ALICE)), path=ALICE.scope).json()["id"]
    assert reveal(make_client(make_actor(BOB)), f"contacts/{key}").json()["address"] == PHONE


def test_nothing_is_revealed_to_a_stranger_or_to_a_post_that_has_no_need() -> None:
    [venue] = make_venues(keeper_phone=encrypt(PHONE))
    key = add(make_client(make_actor(ALICE)), venue_id=str(venue.pk)).json()["id"]
    carol = make_client(make_actor(CAROL))
    leader = make_client(make_actor(Person("lead", "冷领导", Role.LEADER, "34.02.")))

    for path in (f"contacts/{key}", f"{venue.pk}/keeper"):
        assert reveal(carol, path).status_code == 404
        assert reveal(leader, path).status_code == 403
    assert not AuditRow.objects.filter(action="venues.reveal").exists()
