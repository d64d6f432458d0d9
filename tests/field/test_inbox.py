"""FD-6, FD-8 … FD-11: all that a phone says goes through the inbox, whatever the link does to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.field.makers import JSON, KEY, NOW, enrol, send, sync
from tests.ground import NEXT, make_divisions, make_grids
from tests.makers import ALICE, BOB, CAROL, make_actor, make_client, make_post, make_user, make_venues
from tests.orders.makers import make_bob
from wangge.accounts.models import Post, User
from wangge.accounts.rules import Role
from wangge.field.models import Device
from wangge.kernel import clock
from wangge.kernel.ids import assemble
from wangge.kernel.models import AuditRow, Unread
from wangge.patrols.models import PatrolSession
from wangge.venues.models import Venue, VenueChange

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def bob() -> Client:
    make_divisions()
    make_grids()
    return make_client(make_bob())


def command(kind: str, payload: dict[str, Any], **changes: Any) -> dict[str, Any]:
    said = {"id": str(uuid4()), "kind": kind, "at": "2025-11-28T01:00:00Z", "base_version": 1}
    return said | {"payload": payload} | changes


def outcomes(fates: list[dict[str, Any]]) -> list[str]:
    return [fate["outcome"] for fate in fates]


def correction(venue: Venue, base_version: int, **fields: Any) -> dict[str, Any]:
    payload = {"venue_id": str(venue.pk), **fields}
    return command("venues.correct", payload, base_version=base_version)


def test_a_correction_changes_what_it_names_and_nothing_else(bob: Client):
    venue = make_venues(lon=118.305, lat=31.305)[0]
    first = correction(venue, venue.version, name="后街五金店", keeper_phone="13912345678")
    assert outcomes(send(bob, [first, first])) == ["applied", "repeated"]
    now = Venue.objects.get(pk=venue.pk)
    assert (now.name, now.address, now.version) == ("后街五金店", venue.address, venue.version + 1)
    change = VenueChange.objects.filter(venue_id=venue.pk).latest("id")
    assert (change.source, set(change.fields)) == ("field", {"name", "keeper_phone"})
    assert outcomes(send(bob, [correction(venue, now.version)])) == ["unreadable"]
    assert outcomes(send(make_client(make_actor(CAROL)), [correction(now, now.version, name="x")])) == [
        "refused"
    ]


def test_two_phones_put_one_dossier_right_and_a_person_decides(bob: Client):
    """Must-show 2: the second meets a newer version; both sides are told; the decision is written down."""
    venue = make_venues(lon=118.305, lat=31.305)[0]
    first = correction(venue, venue.version, name="后街五金店")
    second = correction(venue, venue.version, name="前街五金店", address="前街 2 号")
    assert outcomes(send(bob, [first])) == ["applied"]
    fate = send(bob, [second])[0]
    assert (fate["outcome"], fate["status"], fate["result"]["current"]) == (
        "conflict",
        409,
        venue.version + 1,
    )
    on_top = correction(venue, venue.version + 1, address="前街 2 号")  # their name, my address
    told = {
        "refused_id": second["id"],
        "kind": "venues.correct",
        "subject": f"venue:{venue.pk}",
        "code": fate["code"],
        "choice": "mixed",
        "fields": ["address"],
        "became": on_top["id"],
    }
    decided = command("field.decide", told)
    assert outcomes(send(bob, [on_top, decided, decided])) == ["applied", "applied", "repeated"]
    now = Venue.objects.get(pk=venue.pk)
    assert (now.name, now.address) == ("后街五金店", "前街 2 号")
    row = AuditRow.objects.get(action="field.decide_conflict")
    assert (row.subject_id, row.detail["choice"], row.detail["became"]) == (
        second["id"],
        "mixed",
        on_top["id"],
    )


def test_each_command_is_done_in_the_post_in_which_it_was_made(bob: Client):
    user = User.objects.get(username=BOB.username)
    own = Post.objects.get(user=user)
    chief = make_post(user=user, role=Role.GRID_CHIEF, scope="34.02.03.005.", starts_on=date(2025, 1, 1))
    next_door = make_venues(grid_path=NEXT, lon=118.315, lat=31.305)[0]
    over = make_post(user=user, role=Role.GRID_CHIEF, scope="34.02.03.005.012.")
    Post.objects.filter(pk=over).update(ends_on=date(2025, 11, 1))
    said = [
        correction(next_door, next_door.version, name="一") | {"post": own.pk},
        correction(next_door, next_door.version, name="二") | {"post": over},
        correction(next_door, next_door.version, name="三") | {"post": "chief"},
        correction(next_door, next_door.version, name="四") | {"post": chief},
    ]
    fates = send(bob, said)
    assert outcomes(fates) == ["refused", "refused", "unreadable", "applied"]
    assert (fates[0]["status"], fates[1]["code"]) == (404, "accounts.post_not_in_force")
    assert Venue.objects.get(pk=next_door.pk).name == "四"


def test_a_patrol_goes_through_the_inbox_in_its_order(bob: Client):
    session = str(uuid4())
    at = [f"2025-11-28T01:0{n}:00Z" for n in range(4)]
    ms = NOW.timestamp() * 1000 - 3_500_000
    points = [[ms + n * 5_000, 118.3, 31.3, 10, 0] for n in range(3)]
    batch = command("patrols.points", {"points": points}, id=str(assemble(NOW, 7)))
    said = [
        command("patrols.duty", {"action": "start", "session_id": session}, at=at[0]),
        batch,
        batch | {"id": str(assemble(NOW, 8)), "payload": {"points": [[1, 2]]}},
        command("patrols.duty", {"action": "stop", "session_id": session}, at=at[3]),
    ]
    fates = send(bob, said)
    assert outcomes(fates) == ["applied", "applied", "unreadable", "applied"]
    assert (fates[1]["result"]["kept"], fates[1]["result"]["refused"]) == (3, [])
    assert PatrolSession.objects.get(pk=session).state == "over"


def test_a_supervisor_ends_the_trust_in_a_lost_phone_and_its_log_in_with_it(bob: Client):
    phone = bob
    device = enrol(phone)
    assert sync(phone, device).status_code == 200
    chief = make_client(make_actor(ALICE.acting_as(Role.GRID_CHIEF)))
    stranger = make_client(make_actor(CAROL.acting_as(Role.GRID_CHIEF)))
    member = make_client(make_actor(BOB))
    told = chief.get("/api/field/phones?q=包").json()["items"]
    assert [(one["id"], one["person"]) for one in told] == [(device, BOB.name)]
    assert stranger.get("/api/field/phones").json()["items"] == []
    assert member.get("/api/field/phones").status_code == 403
    assert stranger.post(f"/api/field/devices/{device}/revoke").status_code == 404
    assert chief.post(f"/api/field/devices/{device}/revoke").json()["revoked_by_name"] == ALICE.name
    assert phone.get("/api/accounts/me").status_code == 401  # the log-in ended with the trust
    venue = make_venues(lon=118.305, lat=31.305)[0]
    made_before = correction(venue, venue.version, name="后街五金店")
    nobody = Client(headers={"Wangge-Device": f"{device}:{'z' * 43}"})
    assert nobody.post("/api/field/inbox", {"commands": []}, content_type=JSON).status_code == 401
    its_key = Client(headers={"Wangge-Device": f"{device}:{KEY}"})
    assert sync(its_key, device).json()["code"] == "field.device_revoked"
    undecided = command("kept.cases.step", {"case_id": "x"})
    assert outcomes(send(its_key, [made_before, undecided])) == ["applied", "unreadable"]
    assert Unread.objects.get().kind == "field.inbox"
    assert its_key.get("/api/venues").status_code == 401  # it may hand over, and read nothing
    with clock.standing_at(NOW + timedelta(days=7)):
        late = its_key.post("/api/field/inbox", {"commands": []}, content_type=JSON)
        assert late.status_code == 401
    row = Device.objects.get(pk=device)
    assert (row.session_key, row.cursor) == ("", None)


LINK = st.lists(st.sampled_from(["through", "cut", "lost", "twice", "old"]), max_size=24)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(link=LINK, sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_over_any_link_each_command_is_done_once_and_in_order(bob: Client, link: list[str], sizes: list[int]):
    """What a phone does over a link that cuts, loses answers, doubles, and brings old calls late.

    A batch is sent until its answer comes; a call that was given up may still arrive, long after.
    """
    venue = make_venues(lon=118.305, lat=31.305)[0]
    names = [f"第 {n} 次" for n in range(sum(sizes))]
    said = [correction(venue, venue.version + n, name=name) for n, name in enumerate(names)]
    batches, start = [], 0
    for size in sizes:
        batches.append(said[start : start + size])
        start += size
    faults, given_up = iter(link), []
    for batch in batches:
        while True:
            fault = next(faults, "through")
            if fault == "old" and given_up:
                send(bob, given_up.pop(0))
            if fault in {"cut", "old"}:
                given_up.append(batch)
                continue
            told = send(bob, batch)
            if fault == "lost":
                continue
            if fault == "twice":
                told = send(bob, batch)
            assert set(outcomes(told)) <= {"applied", "repeated"}
            break
    for batch in given_up:
        assert set(outcomes(send(bob, batch))) == {"repeated"}
    changes = VenueChange.objects.filter(venue_id=venue.pk).order_by("id")
    assert [change.fields["name"][1] for change in changes if "name" in change.fields] == names
    assert Venue.objects.get(pk=venue.pk).version == venue.version + len(names)


def test_the_id_of_a_command_is_its_own_whatever_else_is_said(bob: Client):
    venue = make_venues(lon=118.305, lat=31.305)[0]
    said = correction(venue, venue.version, name="一")
    send(bob, [said])
    other = said | {"payload": {"venue_id": str(venue.pk), "name": "二"}}
    assert send(bob, [other])[0]["code"] == "kernel.command_id_reused"


def test_the_city_sees_what_it_asks_and_nobody_sees_a_person(bob: Client):
    phone = str(uuid4())
    said = {"phone_id": phone, "on": "2025-11-28", "active_s": 3_600, "fields": 40, "photos": 6}
    later = said | {"active_s": 5_400, "fields": 44, "photos": 7}
    old = said | {"on": "2025-09-01"}
    told = send(bob, [command("field.burden", one) for one in (said, later, old)])
    assert outcomes(told) == ["applied", "applied", "unreadable"]
    alice = make_client(make_actor(ALICE))
    asked = "/api/field/burden?first_on=2025-11-01&last_on=2025-11-30"
    assert [(day["people"], day["minutes_median"]) for day in alice.get(asked).json()] == [(1, None)]
    for n in range(4):
        user = make_user(username=f"walker{n}", name=f"走{n}")
        make_post(user=user)
        walker = Client()
        walker.force_login(user)
        send(walker, [command("field.burden", said | {"phone_id": str(uuid4()), "photos": 10 * n})])
    day = alice.get(asked).json()[0]
    assert (day["people"], day["minutes_median"], day["photos_median"]) == (5, 60.0, 10.0)
    assert bob.get(asked).status_code == 403
    assert make_client(make_actor(CAROL)).get(asked).json() == []
    assert alice.get("/api/field/burden?first_on=2025-01-01&last_on=2025-11-30").status_code == 422


def test_what_a_census_finds_goes_through_the_inbox_too(bob: Client):
    found = {"census_id": str(uuid4()), "finding": "seen", "venue_id": str(uuid4())}
    fate = send(bob, [command("census.answer", found)])[0]
    assert (fate["outcome"], fate["code"]) == ("refused", "kernel.not_visible")
