"""Escalation with a database: OV-1, OV-2."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from tests.cases.makers import HOUR, command, make_case, suspend, walk
from tests.cases.makers import take as step
from tests.makers import AT
from tests.oversight.makers import china, make_handled, make_watched_house
from wangge.cases.models import Case, CaseEvent
from wangge.cases.queries import verify_chains
from wangge.oversight import climbing, services
from wangge.oversight.models import Escalation

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_watched_house()


def levels(case_id, clock="business"):
    found = Escalation.objects.filter(case_id=case_id, clock=clock).order_by("level")
    return list(found.values_list("code", flat=True))


def marks(case_id):
    return CaseEvent.objects.filter(case_id=case_id, action="escalate").count()


def test_a_late_case_climbs_once_a_rung_however_often_the_scheduler_looks(house):
    case_id = make_handled(house)  # three working days from Monday 13: until 24:00 of Thursday 16
    assert services.climb(at=china("2025-10-16T23:59")) == 0
    assert services.climb(at=china("2025-10-17T00:00")) == 1
    assert services.climb(at=china("2025-10-17T00:05")) == 0
    assert levels(case_id) == ["L1"]
    assert services.climb(at=china("2025-10-18T00:00")) == 1
    assert levels(case_id) == ["L1", "L2"]
    assert marks(case_id) == 2
    row = Escalation.objects.get(case_id=case_id, level=2)
    assert (row.role, row.since, row.department_id) == ("dispatcher", china("2025-10-18T00:00"), house.fire)


def test_a_scheduler_that_was_down_for_days_catches_up_without_doubling(house):
    late = [make_handled(house) for _ in range(3)]
    awake, asleep = late[:2], late
    assert services.climb(at=china("2025-10-17T00:00")) == 3  # then it is down for five days
    assert services.climb(at=china("2025-10-22T09:00")) == 6
    assert services.climb(at=china("2025-10-22T09:05")) == 0
    for case_id in (*awake, *asleep):
        assert levels(case_id) == ["L1", "L2", "L3"]
        assert marks(case_id) == 3
    since = Escalation.objects.filter(case_id=late[0]).order_by("level").values_list("since", "at")
    assert list(since) == [  # it says when the rung was reached and when it was noticed
        (china("2025-10-17T00:00"), china("2025-10-17T00:00")),
        (china("2025-10-18T00:00"), china("2025-10-22T09:00")),
        (china("2025-10-22T00:00"), china("2025-10-22T09:00")),
    ]
    assert list(verify_chains()) == []


def test_a_tick_that_was_cut_off_goes_on_where_it_was(house, monkeypatch):
    late = [make_handled(house) for _ in range(5)]
    monkeypatch.setattr(climbing, "PIECE", 2)
    at = china("2025-10-17T00:00")
    done, beyond = services.escalate_late(None, at=at)
    assert (done, beyond is not None) == (2, True)
    assert services.climb(at=at) == 3
    assert sorted(Escalation.objects.values_list("case_id", flat=True)) == sorted(late)


def test_a_case_that_nobody_signed_climbs_by_its_stage_clock(house):
    case_id = make_case(house)
    walk(house, case_id, "dispatched")  # four hours to sign, from 11 o'clock on
    assert services.climb(at=china("2025-10-13T15:00")) == 1
    assert levels(case_id, "stage") == ["L1"]
    assert Case.objects.get(pk=case_id).handler_id is None


def test_a_stage_that_begins_again_climbs_again(house):
    case_id = make_handled(house)
    [fed] = step(house.han, command(case_id, "feed_back", at=AT + HOUR * 3, photos=[house.photo]))
    assert fed.status == 200
    later = china("2025-10-17T00:00")  # three working days to verify
    services.climb(at=later)
    assert levels(case_id, "stage") == ["L1"]
    step(house.chief, command(case_id, "fail", at=later, reason="未整改"))
    step(house.han, command(case_id, "feed_back", at=later + HOUR, photos=[house.photo]))
    services.climb(at=china("2025-10-25T00:00"))
    assert levels(case_id, "stage") == ["L1", "L1", "L2"]


def test_a_suspended_case_and_an_ended_one_do_not_climb(house):
    suspended, closed = make_case(house), make_case(house)
    walk(house, suspended, "handling")
    suspend(house, suspended, at=AT + HOUR * 2)
    walk(house, closed, "closed")
    services.climb(at=china("2025-11-03T00:00"))
    assert not Escalation.objects.filter(case_id__in=[suspended, closed]).exists()


def test_an_escalation_leaves_the_version_alone_so_that_no_step_is_refused(house):
    case_id = make_handled(house)
    ready = command(case_id, "feed_back", at=china("2025-10-17T09:00"), photos=[house.photo])
    services.climb(at=china("2025-10-17T00:00"))
    [fate] = step(house.han, ready)
    assert fate.status == 200
    assert list(verify_chains()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_schedulers_at_once_climb_once(house):
    late = [make_handled(house) for _ in range(4)]

    def tick(_):
        try:
            return services.climb(at=china("2025-10-18T00:00"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(tick, range(2)))

    assert sum(done) == 8
    assert Escalation.objects.count() == 8
    assert all(marks(case_id) == 2 for case_id in late)
    assert list(verify_chains()) == []


def test_the_work_of_a_tick_grows_with_pieces_not_with_cases(house, django_assert_max_num_queries):
    for _ in range(6):
        make_handled(house)
    services.climb(at=china("2025-10-16T12:00"))  # warm
    with django_assert_max_num_queries(40):
        assert services.climb(at=china("2025-10-17T00:00") + timedelta(minutes=1)) == 6
