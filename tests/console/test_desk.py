"""The page that opens first: what waits for a post, each figure the size of the list it leads to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.makers import make_case, make_house, walk
from tests.makers import ALICE, AT, Person, make_actor, make_client, make_venues
from wangge.accounts.rules import Role
from wangge.kernel import audit, clock
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db
LISTS = {
    "/cases": "/api/cases",
    "/orders": "/api/orders",
    "/venues": "/api/venues",
    "/audit": "/api/console/audit",
}


@pytest.fixture
def house():
    return make_house()


def desk(actor):
    return make_client(actor).get("/api/console/desk").json()


def counts(told):
    return {card["code"]: card["count"] for card in told["cards"]}


def size(actor, card):
    """How many rows the list has that a card leads to, as the page asks for them."""
    asked = dict(card["query"])
    view = asked.pop("view", "")
    asked |= {"waiting": {"waiting_for_me": True, "is_open": True}, "mine": {"mine": True}}.get(view, {})
    if view == "open":
        asked["is_open"] = True
    if asked.pop("state", "") == "orphan":
        asked["orphan"] = True
    return make_client(actor).get(LISTS[card["path"]], asked).json()["total"]


def test_every_post_sees_what_waits_for_it_and_each_figure_is_its_list(house):
    with clock.standing_at(AT):
        make_case(house)
        walk(house, make_case(house), "dispatched")
        late = make_case(house)
        make_venues(count=2, is_orphan=True, nearest_m=3.0)
    with clock.standing_at(AT + timedelta(days=30)):
        told = desk(house.alice)
        assert counts(told)["waiting"] == 2
        assert counts(told)["orphans"] == 2
        assert str(late) in {one["id"] for one in told["next_cases"]}
        for actor in (house.alice, house.bob, house.han, house.super, house.chief):
            found = desk(actor)
            checked = [card for card in found["cards"] if card["path"] in LISTS]
            assert checked
            for card in checked:
                assert size(actor, card) == card["count"], (actor.role, card)
        assert counts(desk(house.han))["waiting"] == 1
        assert [one["red"] for one in desk(house.super)["departments"]] == [1]
        assert desk(house.han)["departments"] == []
        assert not any(counts(desk(house.carol)).values())


def test_a_post_is_told_of_no_room_that_it_cannot_open(house):
    guard = make_actor(Person("guard", "安管", Role.SECURITY_ADMIN, "34.02.03."))
    assert set(counts(desk(guard))) == {"uncovered", "unread"}


def auditor(scope):
    return make_actor(Person(f"auditor{scope}", "审计", Role.AUDIT_ADMIN, scope))


def trail(actor, **asked):
    return make_client(actor).get(
        "/api/console/audit", {"first_on": "2025-10-13", "last_on": "2025-10-13"} | asked
    )


def test_the_trail_is_read_inside_the_own_territory_and_narrowed(house):
    whole, near = auditor("34."), auditor("34.02.03.005.")
    AuditRow.objects.all().delete()
    for actor, action in (
        (house.alice, "venues.reveal"),
        (house.carol, "venues.export"),
        (None, "packs.install"),
    ):
        audit.record([(action, "venue", "7", {"reason": "复核"})], actor=actor, at=AT)
    assert [row["action"] for row in trail(near).json()["items"]] == ["venues.reveal"]
    seen = trail(whole).json()
    assert ([row["action"] for row in seen["items"]], seen["total"]) == (
        ["packs.install", "venues.export", "venues.reveal"],
        3,
    )
    for asked, many in (
        ({"person": ALICE.name}, 1),
        ({"action": "export"}, 1),
        ({"subject_type": "venue", "subject_id": "7"}, 3),
        ({"subject_id": "8"}, 0),
        ({"first_on": "2025-10-12", "last_on": "2025-10-12"}, 0),
    ):
        assert trail(whole, **asked).json()["total"] == many, asked
    first = trail(whole, limit=2).json()
    rest = trail(whole, limit=2, cursor=first["next_cursor"]).json()
    assert len(first["items"]) + len(rest["items"]) == 3
    assert rest["next_cursor"] is None
    assert trail(house.alice).status_code == 403
    assert trail(whole, first_on="2024-01-01").status_code == 422


def test_who_takes_the_trail_out_is_in_it(house):
    one = auditor("34.")
    AuditRow.objects.all().delete()
    audit.record([("venues.reveal", "venue", "7", {})], actor=house.alice, at=AT)
    with clock.standing_at(AT):
        answer = make_client(one).get("/api/console/audit/export.csv", {"last_on": "2025-10-13"})
    text = b"".join(answer).decode("utf-8-sig")
    assert "venues.reveal" in text
    assert "李爱丽" in text
    assert AuditRow.objects.filter(action="audit.export", actor_name="审计").count() == 1
