"""Photos of cases: who gets which form, what their events keep, where they were used (CS-8, CS-9, KE-21)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cases.doors import LATER, get
from tests.cases.makers import HERE, HOUR, House, command, make_case, make_house, take, walk
from tests.makers import AT, make_photo
from tests.photos import store_photo, take_photo
from wangge.cases import queries
from wangge.cases.models import CaseEvent
from wangge.kernel import clock
from wangge.kernel.fates import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house()
    with clock.standing_at(LATER):
        yield house


def content_of(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return answer.getvalue()


def test_whoever_does_not_judge_gets_a_copy_that_is_only_the_picture(house: House) -> None:
    told = take_photo(local="2025:10:13 09:59:00", point=HERE, Make="HUAWEI")
    photo = store_photo(told, actor=house.bob, at=AT)
    case = make_case(house, photos=[photo])
    for form in ("plain", "small"):
        copy = content_of(get(house.alice, f"/{case}/photos/{photo}", form=form))
        assert copy.startswith(b"\xff\xd8")
        assert b"Exif" not in copy
    assert content_of(get(house.chief, f"/{case}/photos/{photo}", form="original")) == told
    refused = {"alice": 403, "carol": 404}
    found = {who: get(house.named(who), f"/{case}/photos/{photo}", form="original") for who in refused}
    assert {who: answer.status_code for who, answer in found.items()} == refused


def test_what_photos_say_stands_in_the_event_and_is_not_told_with_the_case(house: House) -> None:
    photo = store_photo(take_photo(local="2025:10:13 09:59:00", point=HERE), actor=house.bob, at=AT)
    case = make_case(house, photos=[photo, make_photo(actor=house.bob)])
    walk(house, case, "handling")
    [fate] = take(house.han, command(case, "feed_back", photos=[photo], at=AT + HOUR * 3))
    assert fate.outcome is Outcome.APPLIED, fate
    said = {photo: {"taken_at": "2025-10-13T01:59:00+00:00", "point_wgs84": list(HERE)}}
    events = {event.action: event.detail for event in CaseEvent.objects.filter(case_id=case)}
    assert events["report"]["photo_facts"] == events["feed_back"]["photo_facts"] == said
    assert "photo_facts" not in events["sign"]
    assert "photo_facts" not in str(get(house.chief, f"/{case}").json())
    assert list(queries.verify_chains()) == []


def test_every_use_of_a_photo_is_found(house: House) -> None:
    photo = store_photo(take_photo(), actor=house.bob, at=AT)
    one, other = make_case(house, photos=[photo]), make_case(house)
    on_spot = make_case(house, photos=[house.photo], fixed_on_spot=True, after_photos=[photo])
    walk(house, other, "handling")
    take(house.han, command(other, "feed_back", photos=[house.photo, photo], at=AT + HOUR * 3))
    uses = queries.list_photo_uses([photo, "f" * 64])
    assert {(use.case_id, use.seq, use.actor_id) for use in uses} == {
        (one, 1, house.bob.user_id),
        (on_spot, 2, house.bob.user_id),
        (other, 5, house.han.user_id),
    }
    assert {use.sha256 for use in uses} == {photo}
