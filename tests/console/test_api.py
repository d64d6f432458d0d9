"""The wall: who gets in, and what a stranger is not told."""

from __future__ import annotations

import pytest

from tests.cases.makers import make_case, make_house, walk
from tests.makers import AT, make_client
from wangge.cases.forgetting import KEPT, forget_live
from wangge.cases.models import LiveEvent
from wangge.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def wall(actor):
    return make_client(actor).get("/api/console/wall")


def test_the_wall_tells_the_day_of_a_territory(house):
    with clock.standing_at(AT):
        case_id = make_case(house)
        walk(house, case_id, "dispatched")
        LiveEvent.objects.update(at=AT)
        told = wall(house.alice).json()
        assert (told["today"]["reported"], told["lights"]["total"]) == (1, 1)
        assert [event["action"] for event in told["events"]] == ["dispatch", "accept", "report"]
        assert [(place["open"], place["late"]) for place in told["places"]] == [(1, 0)]
        other = wall(house.carol).json()
        assert (other["today"]["reported"], other["events"], other["places"]) == (0, [], [])
        assert wall(house.bob).status_code == wall(house.han).status_code == 403


def test_steps_are_forgotten_after_a_day(house):
    make_case(house)
    forget_live(at=clock.now())
    assert LiveEvent.objects.count() == 1
    forget_live(at=clock.now() + KEPT)
    assert not LiveEvent.objects.exists()
