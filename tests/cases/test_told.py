"""Incidents are told by their own life; a place says what was told of it. NT-12, NT-13; HB-01, HB-12."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.doors import get
from tests.cases.makers import HOUR, MATTERS, House, command, make_case, make_house, make_pack, take, walk
from tests.cases.tellers import install, tell
from tests.makers import AT, Person, make_actor, make_venues
from tests.notices.makers import connect, gateway
from wangge.accounts.rules import Medium, Role
from wangge.notices import services as notices
from wangge.notices.models import Message, Notice, NoticeRule
from wangge.packs.pushing import push_notices
from wangge.packs.reading import read
from wangge.venues import services as venues
from wangge.venues.rules import ContactKind
from wangge.venues.schemas import ContactIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ADMIN = Person("admin", "管理员", Role.SYSTEM_ADMIN, "34.02.")


@pytest.fixture
def house() -> House:
    return make_house()


def test_an_incident_is_told_by_its_own_life_and_a_hazard_is_not(house: House, monkeypatch: Any) -> None:
    incident = ("S2", "larger", 1, None, "fire")
    monkeypatch.setattr("tests.cases.makers.MATTERS", [*MATTERS, incident])
    make_pack("test@2")
    push_notices(read("wuhu"))
    NoticeRule.objects.exclude(code__regex="^HB-(01|12)").update(is_active=False)
    case, hazard = make_case(house, matter_code="S2"), make_case(house)
    tell(AT)  # what occurred is told while it goes on
    for one in (case, hazard):
        walk(house, one, "closed")

    tell(AT + 4 * HOUR)

    codes = Message.objects.order_by("id").values_list("case_id", "rule_code")
    assert [code for key, code in codes if key == case] == [
        "HB-01-occurred",
        "HB-01-confirmed",
        "HB-01-turnout",
        "HB-01-ended",
    ]
    assert [code for key, code in codes if key == hazard] == ["HB-12-managers"]  # nobody knows its owner
    heard = {
        code: set(Notice.objects.filter(message__rule_code=code).values_list("user__username", flat=True))
        for code in ("HB-01-occurred", "HB-01-confirmed", "HB-01-turnout", "HB-01-ended")
    }
    assert heard == {
        "HB-01-occurred": {"alice", "chief", "pang"},  # BOB, who reported it, knows it
        "HB-01-confirmed": {"chief", "super"},
        "HB-01-turnout": {"alice", "bob", "chief"},
        "HB-01-ended": {"alice", "bob", "super"},  # CHIEF, who passed it, knows it
    }


def test_the_log_of_a_place_says_who_was_told_by_what_and_whether_it_arrived(house: House) -> None:
    install(
        {"topic": "report", "recipients": ["grid_chief"]},
        {"topic": "accept", "recipients": ["owner"], "media": ["sms"], "name_zh": "请整改"},
    )
    [venue, other] = make_venues(count=2)
    given = ContactIn(
        kind=ContactKind.OWNER, name="钱业主", medium=Medium.SMS, address="13900000002", venue_id=venue.pk
    )
    venues.add_contact(given, actor=house.alice, at=AT)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        case = make_case(house, venue_id=venue.pk)
        take(house.alice, command(case, "accept"))
        make_case(house, venue_id=other.pk)
        tell(AT)
        waiting = get(house.bob, f"/told?venue_id={venue.pk}").json()["items"]
        notices.send_due(at=AT)
    log = get(house.bob, f"/told?venue_id={venue.pk}").json()

    owner = {"kind": "owner", "name": "钱**", "medium": "sms", "may_be_double": False}
    chief = {"kind": "person", "name": "网格长", "medium": "in_app", "may_be_double": False}
    assert waiting[0]["to"] == [owner | {"state": "queued", "at": None}]
    assert [row["to"] for row in log["items"]] == [
        [owner | {"state": "sent", "at": "2025-10-13T02:00:00Z"}],
        [chief | {"state": "unread", "at": None}],
    ]
    assert {row["case_id"] for row in log["items"]} == {str(case)}
    assert (log["items"][0]["title_zh"], log["beyond"]) == ("请整改", None)
    first = get(house.bob, f"/told?venue_id={venue.pk}&limit=1").json()
    then = get(house.bob, f"/told?venue_id={venue.pk}&limit=1&beyond={first['beyond']}").json()
    assert [first["items"][0]["id"], then["items"][0]["id"]] == [row["id"] for row in log["items"]]
    assert get(house.carol, f"/told?venue_id={venue.pk}").json() == {"items": [], "beyond": None}
    assert get(make_actor(ADMIN), f"/told?venue_id={venue.pk}").status_code == 403
