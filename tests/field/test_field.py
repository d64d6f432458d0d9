"""FD-1 … FD-7 on a real PostgreSQL and over HTTP: devices, slice and delta, inbox, photos in parts."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.field.makers import JSON, KEY, NOW, enrol, make_many_places, send, sync
from tests.makers import ALICE, BOB, CAROL, make_actor, make_client, make_venues, photo_bytes
from tests.orders.makers import make_bob, make_plan, make_rules
from tests.orders.test_services import make_answers
from wangge.accounts.models import User
from wangge.field.models import Device, PhotoOnItsWay
from wangge.kernel import clock
from wangge.kernel.models import AuditRow, StoredFile, Unread
from wangge.orders.models import Order
from wangge.venues.models import Venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    with clock.standing_at(NOW):
        yield


def keys(answer: Any) -> set[str]:
    return {row["key"].partition(":")[0] for row in answer.json()["changed"]}


def bob_with_an_order() -> tuple[Any, Order, Venue]:
    bob = make_bob()
    make_rules()
    venue = make_venues(class_code="crowded")[0]
    make_plan()
    return make_client(bob), Order.objects.get(), venue


def test_the_slice_of_the_day_comes_whole_and_then_only_what_changed():
    bob, order, venue = bob_with_an_order()
    device = enrol(bob)
    whole = sync(bob, device)
    assert whole.status_code == 200
    told = whole.json()
    assert told["is_whole"]
    assert keys(whole) >= {"venue", "order", "checklist", "matters", "cases", "grids", "shapes", "notices"}
    same = sync(bob, device, told["cursor"]).json()
    assert (same["is_whole"], same["changed"], same["removed"]) == (False, [], [])
    Venue.objects.filter(pk=venue.pk).update(name="新名字")
    changed = sync(bob, device, told["cursor"])
    assert keys(changed) == {"venue", "order"}
    lost = sync(bob, device, told["cursor"])  # the answer was lost: asked from the same cursor again
    assert lost.json()["changed"] == changed.json()["changed"]
    after = lost.json()["cursor"]
    Venue.objects.filter(pk=venue.pk).update(is_open=False)
    Order.objects.filter(pk=order.pk).update(
        status="done", done_at=NOW, done_by_id=Device.objects.get().user_id
    )
    gone = sync(bob, device, after).json()
    assert {f"venue:{venue.pk}", f"order:{order.pk}"} <= set(gone["removed"])
    assert sync(bob, device, str(uuid4())).json()["is_whole"]  # a cursor that nobody knows


def test_a_slice_holds_nothing_of_other_grids():
    bob, _, venue = bob_with_an_order()
    next_door = make_venues(grid_path="34.02.03.005.012.002.")[0]
    told = sync(bob, enrol(bob)).content.decode()
    assert str(venue.pk) in told
    assert str(next_door.pk) not in told
    carol = make_client(make_actor(CAROL))
    assert str(venue.pk) not in sync(carol, enrol(carol)).content.decode()


def test_a_device_is_of_one_person_and_has_one_key():
    bob, _, _ = bob_with_an_order()
    device = enrol(bob)
    enrol(bob, device)
    alice = make_client(make_actor(ALICE))
    taken = {"id": device, "name": "x", "key": KEY}
    assert alice.post("/api/field/devices", taken, content_type=JSON).json()["code"] == "field.device_taken"
    assert sync(alice, device).status_code == 404
    assert sync(bob, device, key="z" * 43).status_code == 404
    assert alice.get("/api/field/devices").json() == []
    assert alice.post(f"/api/field/devices/{device}/revoke").status_code == 404


def test_a_revoked_device_gets_no_slice_but_hands_its_work_over():
    bob, order, _ = bob_with_an_order()
    device = enrol(bob)
    assert bob.post(f"/api/field/devices/{device}/revoke").json()["revoked_by_name"] == BOB.name
    assert sync(bob, device).status_code == 401  # the log-in ended with the trust
    its_key = Client(headers={"Wangge-Device": f"{device}:{KEY}"})
    refused = sync(its_key, device)
    assert (refused.status_code, refused.json()["code"]) == (403, "field.device_revoked")
    assert send(its_key, [result_of(order)])[0]["outcome"] == "applied"
    anew = Client()
    anew.force_login(User.objects.get(username=BOB.username))
    again = anew.post("/api/field/devices", {"id": device, "name": "x", "key": KEY}, content_type=JSON)
    assert again.json()["code"] == "field.device_revoked"
    assert AuditRow.objects.filter(action="field.revoke", subject_id=device).count() == 1


def test_a_clock_that_is_off_by_a_day_is_said_and_written_down():
    bob, _, _ = bob_with_an_order()
    device = enrol(bob)
    tomorrow = "2025-11-29T02:00:00Z"
    assert sync(bob, device, phone_at=tomorrow).json()["clock_off_s"] == 86_400
    assert bob.get("/api/field/devices").json()[0]["clock_off_s"] == 86_400
    sync(bob, device, phone_at=tomorrow)
    assert AuditRow.objects.filter(action="field.clock_off").count() == 1
    assert sync(bob, device).json()["clock_off_s"] == 0


def result_of(order: Order, **changes: Any) -> dict[str, Any]:
    answers = [answer.model_dump(mode="json") for answer in make_answers()]
    payload = {"order_id": str(order.id), "answers": answers}
    return {
        "id": str(uuid4()),
        "kind": "orders.complete",
        "at": "2025-11-20T02:00:00Z",
        "base_version": 1,
        "payload": payload,
    } | changes


def test_the_inbox_gives_a_fate_a_command_in_order_and_keeps_what_it_cannot_read():
    bob, order, _ = bob_with_an_order()
    good = result_of(order)
    odd = result_of(order, kind="orders.sing")
    bent = result_of(order, at="yesterday")
    late = result_of(order, base_version=9)
    fates = send(bob, [odd, good, bent, {"kind": 3}, late, good])
    outcomes = [fate["outcome"] for fate in fates]
    assert outcomes == ["unreadable", "applied", "unreadable", "unreadable", "conflict", "repeated"]
    assert [fate["command_id"] for fate in fates[:3]] == [odd["id"], good["id"], bent["id"]]
    kept = list(Unread.objects.filter(kind="field.inbox").order_by("id"))
    assert [json.loads(row.raw) for row in kept] == [odd, bent, {"kind": 3}]
    stranger = make_client(make_actor(CAROL))
    assert send(stranger, [result_of(order)])[0]["outcome"] == "refused"


def part(client: Any, sha256: str, content: bytes, offset: int, size: int) -> Any:
    file = SimpleUploadedFile("part", content)
    return client.post(f"/api/field/photos/{sha256}?offset={offset}&size={size}", {"file": file})


def test_a_half_sent_photo_goes_on_where_it_ended():
    bob, _, _ = bob_with_an_order()
    photo = photo_bytes()
    sha256, size, half = hashlib.sha256(photo).hexdigest(), len(photo), len(photo) // 2
    assert part(bob, sha256, photo[:half], 0, size).json()["received_bytes"] == half
    assert bob.get(f"/api/field/photos/{sha256}").json()["received_bytes"] == half
    assert part(bob, sha256, photo[:half], 0, size).json()["received_bytes"] == half  # came twice
    alice = make_client(make_actor(ALICE))
    assert alice.get(f"/api/field/photos/{sha256}").json()["received_bytes"] == 0
    done = part(bob, sha256, photo[half:], half, size).json()
    assert (done["is_whole"], done["received_bytes"]) == (True, size)
    assert StoredFile.objects.get(pk=sha256).size_bytes == size
    assert bytes(PhotoOnItsWay.objects.get().content) == b""
    lost = bob.get(f"/api/field/photos/{sha256}").json()  # the answer to the last part was lost
    assert (lost["is_whole"], lost["received_bytes"]) == (True, size)
    assert part(bob, sha256, photo[half:], half, size).json()["is_whole"]


def test_bytes_that_are_not_what_their_digest_says_are_refused():
    bob, _, _ = bob_with_an_order()
    photo = photo_bytes()
    wrong = part(bob, "a" * 64, photo, 0, len(photo))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "kernel.unreadable")
    assert part(bob, "a" * 64, photo, 0, 0).status_code == 422
    assert not StoredFile.objects.exists()
    assert not PhotoOnItsWay.objects.exists()  # what cannot become a photo does not stay in the way


def test_a_grid_of_two_thousand_places_stays_below_a_megabyte_and_a_day_below_fifty_kilobytes():
    bob, _, _ = bob_with_an_order()
    make_many_places(2_000)
    device = enrol(bob)
    ask = {"HTTP_ACCEPT_ENCODING": "gzip"}
    body = {"device_id": device, "key": KEY, "cursor": None, "phone_at": NOW.isoformat()}
    whole = bob.post("/api/field/sync", body, content_type=JSON, **ask)
    assert whole["Content-Encoding"] == "gzip"
    told = json.loads(gzip.decompress(whole.content))
    assert sum(row["key"].startswith("venue:") for row in told["changed"]) == 2_001
    assert len(whole.content) < 1_000_000
    seen = Venue.objects.order_by("id").values_list("pk", flat=True)[:60]
    Venue.objects.filter(pk__in=list(seen)).update(last_visited_on="2025-11-28")
    delta = bob.post("/api/field/sync", body | {"cursor": told["cursor"]}, content_type=JSON, **ask)
    assert len(json.loads(gzip.decompress(delta.content))["changed"]) >= 60
    assert len(delta.content) < 50_000
    print(f"slice {len(whole.content)} B, delta of a day {len(delta.content)} B on the wire")
