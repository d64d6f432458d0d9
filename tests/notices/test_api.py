"""The doors of notices: one happy path, one refusal, one stranger each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_client
from tests.notices.makers import gateway, install_hours, telling
from wangge.accounts.rules import Role
from wangge.kernel.actor import Actor
from wangge.notices import services
from wangge.notices.models import Delivery, Notice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ADA = Person("ada", "艾管理", Role.SYSTEM_ADMIN, "34.02.03.")
FARAWAY = Person("faraway", "远管理", Role.SYSTEM_ADMIN, "34.02.0.")


def get(client: Client, path: str) -> Any:
    answer = client.get(f"/api/notices{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def send(client: Client, method: str, path: str, body: object, status: int = 200) -> Any:
    answer = client.generic(method, f"/api/notices{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def bob() -> Actor:
    actor = make_actor(BOB)
    for n in range(3):
        services.tell([telling(f"k{n}", [actor.user_id], topic="dispatch" if n else "pass")], at=AT)
    return actor


def test_the_bell_counts_and_the_list_pages_from_the_newest(bob: Actor) -> None:
    client = make_client(bob)

    assert get(client, "/unread") == {"unread": 3}
    first = get(client, "?limit=2")
    rest = get(client, f"?limit=2&cursor={first['next_cursor']}")
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]
    ids = [one["id"] for one in (*first["items"], *rest["items"])]
    assert ids == sorted(ids, reverse=True)
    assert [one["topic"] for one in get(client, "?topic=pass")["items"]] == ["pass"]


def test_one_is_read_then_all_that_were_seen_and_a_later_one_stays(bob: Actor) -> None:
    client = make_client(bob)
    seen = get(client, "")["items"]
    services.tell([telling("later", [bob.user_id])], at=AT)

    assert send(client, "POST", "/read", {"ids": [seen[0]["id"]]}) == {"unread": 3}
    assert send(client, "POST", "/read", {"up_to": seen[0]["id"]}) == {"unread": 1}
    assert [one["id"] for one in get(client, "?is_unread=true")["items"]] == [Notice.objects.latest("id").pk]


def test_a_stranger_sees_nobody_elses_notices_and_marks_none(bob: Actor) -> None:
    carol = make_client(make_actor(CAROL))

    assert get(carol, "")["items"] == []
    assert get(carol, "/unread") == {"unread": 0}
    send(carol, "POST", "/read", {"ids": list(Notice.objects.values_list("pk", flat=True))})
    send(carol, "POST", "/read", {"up_to": 2**40})
    assert get(make_client(bob), "/unread") == {"unread": 3}


def test_nobody_reads_without_logging_in() -> None:
    assert Client().get("/api/notices/unread").status_code == 401


def test_the_own_choice_is_kept_and_duty_is_not_muted() -> None:
    install_hours()
    rule = {
        "name_zh": "派遣",
        "name_en": "Dispatched",
        "recipients": ["department"],
        "media": ["in_app"],
        "delay_minutes": 0,
        "only_if_open": False,
        "levels_up": 0,
        "is_urgent": False,
        "is_digest": False,
        "text_zh": "{matter}",
        "text_en": "{matter}",
        "source": "test",
        "is_confirmed": False,
    }
    services.install_topics(
        [{"code": code, "name_zh": code, "name_en": code} for code in ("dispatch", "suspend")],
        pack_version="test@1",
    )
    services.install_rules(
        [
            rule | {"code": "a", "topic": "dispatch", "is_duty": True},
            rule | {"code": "b", "topic": "suspend", "is_duty": False},
        ],
        pack_version="test@1",
    )
    client = make_client(make_actor(BOB))
    given = {
        "quiet_from": "21:00",
        "quiet_to": "08:00",
        "wants_digest": True,
        "muted": ["dispatch", "suspend"],
    }

    kept = send(client, "PUT", "/preference", given)

    assert kept["muted"] == ["suspend"]
    assert (kept["quiet_from"], kept["wants_digest"]) == ("21:00:00", True)
    assert [(one["code"], one["can_mute"]) for one in kept["topics"]] == [
        ("dispatch", False),
        ("suspend", True),
    ]
    send(client, "PUT", "/preference", {"quiet_from": "21:00"}, status=422)


def test_the_administrator_connects_tests_and_reads_the_figures() -> None:
    ada = make_client(make_actor(ADA))
    with gateway() as sms:
        rows = send(ada, "PUT", "/channels/sms", {"url": sms.url})
        assert [one["masked_url"] for one in rows if one["medium"] == "sms"] == ["json://127.0.0.1****"]
        assert send(ada, "POST", "/channels/sms/test", {"to": "13812345678"}) == {"reason": ""}
        assert len(sms.received) == 1
        sms.status = 500
        assert "500" in send(ada, "POST", "/channels/sms/test", {"to": "13812345678"})["reason"]
    send(ada, "PUT", "/channels/sms", {"is_on": False})
    sms_row = next(one for one in get(ada, "/channels") if one["medium"] == "sms")
    assert (sms_row["is_on"], sms_row["masked_url"]) == (False, "json://127.0.0.1****")
    send(ada, "PUT", "/channels/sms", {"url": "syslog://x"}, status=422)
    send(ada, "POST", "/channels/email/test", {"to": "a@b.cn"}, status=409)
    send(ada, "POST", "/channels/sms/test", {"to": "nobody"}, status=422)


def test_only_who_runs_the_channels_sees_rules_channels_and_outbox() -> None:
    alice = make_client(make_actor(ALICE))

    for path in ("/rules", "/channels", "/outbox"):
        assert alice.get(f"/api/notices{path}").status_code == 403
    send(alice, "PUT", "/channels/sms", {"url": "json://h/{to}"}, status=403)
    send(alice, "POST", "/channels/sms/test", {"to": "13812345678"}, status=403)
    send(alice, "POST", "/outbox/retry", {"ids": [1]}, status=403)


def test_failures_are_seen_and_tried_again_by_the_own_administrator_only() -> None:
    ada, faraway = make_client(make_actor(ADA)), make_client(make_actor(FARAWAY))
    with gateway() as sms:
        send(ada, "PUT", "/channels/sms", {"url": sms.url})
    contact = services.Contact("c1", "sms", b"not sealed with this key")
    services.tell([telling("a", contacts=[contact])], at=AT)
    for _ in range(6):
        services.send_due(at=Delivery.objects.get().due_at)
    [row] = get(ada, "/outbox")["items"]

    assert (row["attempts"], row["state"], row["recipient"]) == (6, "given_up", "c1")
    assert row["reason"] == "no address on file, or it cannot be read"
    assert get(faraway, "/outbox")["items"] == []
    assert send(faraway, "POST", "/outbox/retry", {"ids": [row["id"]]}) == {"count": 0}
    assert send(ada, "POST", "/outbox/retry", {"ids": [row["id"]]}) == {"count": 1}
    assert next(one for one in get(ada, "/channels") if one["medium"] == "sms")["waiting"] == 1


def test_own_addresses_go_in_and_come_out_masked() -> None:
    client = make_client(make_actor(BOB))
    body = json.dumps({"addresses": {"sms": "13812345678", "email": "bob@city.example"}})

    answer = client.put("/api/accounts/me/addresses", body, content_type="application/json")

    assert answer.json() == {"addresses": {"sms": "138****5678", "email": "b***@city.example"}}
    gone = client.put(
        "/api/accounts/me/addresses", json.dumps({"addresses": {"sms": ""}}), content_type="application/json"
    )
    assert gone.json() == {"addresses": {"email": "b***@city.example"}}
    wrong = client.put(
        "/api/accounts/me/addresses",
        json.dumps({"addresses": {"email": "a@b.cn,c@d.cn"}}),
        content_type="application/json",
    )
    assert wrong.status_code == 422


def test_only_who_makes_people_writes_their_addresses() -> None:
    alice, bob, ada = make_actor(ALICE), make_actor(BOB), make_actor(ADA)
    body = json.dumps({"addresses": {"sms": "13812345678"}})
    path = f"/api/accounts/users/{bob.user_id}/addresses"

    assert make_client(alice).put(path, body, content_type="application/json").status_code == 403
    assert make_client(ada).put(path, body, content_type="application/json").status_code == 200
    lost = make_client(ada).put("/api/accounts/users/999999/addresses", body, content_type="application/json")
    assert lost.status_code == 404
