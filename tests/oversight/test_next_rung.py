"""A tick without news: OV-9. Nothing that a late case hangs on may change unseen."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cases.makers import HOUR, command, make_case, walk
from tests.cases.makers import take as step
from tests.makers import AT, Person, make_actor
from tests.oversight.makers import china, make_handled, make_oversight, make_watched_house
from wangge.accounts.rules import Role
from wangge.kernel import calendar_changes
from wangge.kernel.calendar import DayKind
from wangge.kernel.calendar_changes import LocalDayIn
from wangge.oversight import climbing, services
from wangge.oversight.models import Escalation, NextRung, Promise

pytestmark = pytest.mark.django_db
FRIDAY = china("2025-10-17T00:00")  # three working days after Monday 13 are over


@pytest.fixture
def house():
    return make_watched_house()


@pytest.fixture
def looked_at(monkeypatch):
    """Return the list that fills with every clock that a tick counts."""
    counted: list[str] = []
    real = climbing.climbs

    def climbs(clocks, *args, **kwargs):
        counted.extend(clock.clock for clock in clocks)
        return real(clocks, *args, **kwargs)

    monkeypatch.setattr(climbing, "climbs", climbs)
    return counted


def test_a_late_case_is_not_read_again_before_its_next_rung(house, looked_at):
    case_id = make_handled(house)
    assert services.climb(at=FRIDAY) == 1
    assert NextRung.objects.get(case_id=case_id).next_at == china("2025-10-18T00:00")
    looked_at.clear()
    assert services.climb(at=china("2025-10-17T23:55")) == 0
    assert looked_at == []
    assert services.climb(at=china("2025-10-18T00:00")) == 1
    assert looked_at == ["business"]


def test_the_earlier_of_two_clocks_says_when_to_look_again(house):
    case_id = make_case(house)
    walk(house, case_id, "dispatched")  # to sign by 15:00 of Monday; the whole case until 24:00 of Thursday
    services.climb(at=china("2025-10-13T15:00"))
    assert NextRung.objects.get(case_id=case_id).next_at == china("2025-10-15T00:00")
    services.climb(at=china("2025-10-20T00:00"))  # Friday's whole case, its stage in between
    assert NextRung.objects.get(case_id=case_id).next_at == china("2025-10-21T00:00")


def test_a_case_at_the_top_of_the_ladder_is_never_read_again(house, looked_at):
    make_handled(house)
    assert services.climb(at=china("2025-11-30T00:00")) == 4
    looked_at.clear()
    assert services.climb(at=china("2026-11-30T00:00")) == 0
    assert looked_at == []


def test_another_ladder_is_climbed_at_the_next_tick(house):
    make_handled(house)
    services.climb(at=FRIDAY)
    make_oversight(ladder=[("L1", "grid_chief", 0), ("L2", "supervisor", 0)], pack_version="test@2")
    assert services.climb(at=china("2025-10-17T00:05")) == 1
    assert list(Escalation.objects.order_by("level").values_list("role", flat=True)) == [
        "grid_chief",
        "supervisor",
    ]


def test_a_changed_calendar_is_counted_anew(house):
    make_handled(house)
    services.climb(at=FRIDAY)
    admin = make_actor(Person("admin", "管理员", Role.SYSTEM_ADMIN, "34.02."))
    free = LocalDayIn(date(2025, 10, 17), DayKind.LOCAL_OFF, "当地放假")
    calendar_changes.put_local_days("34.02.", [free], actor=admin, at=FRIDAY)
    assert services.climb(at=china("2025-10-18T00:00")) == 0  # Friday is no working day any more
    assert NextRung.objects.get().next_at == china("2025-10-21T00:00")
    assert services.climb(at=china("2025-10-21T00:00")) == 1


def test_a_stage_that_begins_anew_is_seen(house, looked_at):
    case_id = make_handled(house)
    services.climb(at=FRIDAY)
    step(house.han, command(case_id, "feed_back", at=FRIDAY + HOUR, photos=[house.photo]))
    looked_at.clear()
    assert services.climb(at=china("2025-10-17T02:00")) == 0
    assert sorted(looked_at) == ["business", "stage"]


def test_what_was_suspended_is_seen_when_it_goes_on(house):
    case_id = make_case(house)
    walk(house, case_id, "dispatched")
    services.climb(at=china("2025-10-13T15:00"))
    step(house.alice, command(case_id, "suspend", at=AT + HOUR * 5, reason="等配件"))
    assert services.climb(at=china("2025-10-14T00:00")) == 0
    later = china("2025-10-15T09:00")
    step(house.alice, command(case_id, "resume", at=later))
    assert services.climb(at=later + HOUR * 12) == 1  # four hours to sign, counted anew


def test_an_ended_case_leaves_nothing_behind_over_night(house):
    case_id = make_handled(house)
    services.climb(at=FRIDAY)
    assert services.forget_ended() == 0
    step(house.han, command(case_id, "feed_back", at=FRIDAY + HOUR, photos=[house.photo]))
    step(house.chief, command(case_id, "pass", at=FRIDAY + HOUR * 2, photos=[house.photo]))
    assert services.forget_ended() == 1
    assert not NextRung.objects.exists()


def test_a_promise_is_not_read_again_before_its_next_rung(house, looked_at):
    case_id = make_case(house, channel="hotline")
    services.note_promises([case_id])
    late = china("2025-10-17T00:00")
    services.climb(at=late)
    owed = Promise.objects.get(code="reply_reporter")
    assert owed.next_at == china("2025-10-18T00:00")
    looked_at.clear()
    services.climb(at=late + HOUR)
    assert looked_at == []
