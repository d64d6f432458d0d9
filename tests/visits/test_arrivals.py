"""Calls to places and arrivals on a real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cases.makers import House, command, make_case, take
from tests.makers import AT, BOB
from tests.visits.makers import (
    HOME,
    arrive,
    call,
    fresh_photo,
    make_street,
)
from wangge.cases.models import Case
from wangge.kernel.errors import NotYourRole
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id
from wangge.orders.models import PlanSeason, SeasonSpell
from wangge.visits import queries, services
from wangge.visits.models import Arrival
from wangge.visits.schemas import ArrivalCallIn, ArrivalFilter

OCTOBER, TODAY = date(2025, 10, 1), date(2025, 10, 13)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def street(settings, tmp_path, db) -> House:
    settings.WANGGE_FILES = tmp_path
    return make_street()


def test_a_tip_calls_somebody_once(street: House) -> None:
    tip = make_case(street, channel="citizen")
    make_case(street)  # found on patrol: no trigger fits it

    assert services.call_arrivals(at=AT + MINUTE) == 1
    assert services.call_arrivals(at=AT + 2 * MINUTE) == 0

    called = Arrival.objects.get()
    assert (called.case_id, called.trigger, called.grid_path) == (tip, "tip", BOB.scope)
    assert called.due_at == AT + timedelta(minutes=120)


def test_the_first_row_that_fits_calls(street: House) -> None:
    make_case(street, channel="citizen", matter_code="H601")  # suspected major, and a tip
    make_case(street, matter_code="H601")

    services.call_arrivals(at=AT + MINUTE)

    assert sorted(Arrival.objects.values_list("trigger", flat=True)) == ["gas", "tip"]


def test_what_came_in_too_late_or_is_over_calls_nobody(street: House) -> None:
    make_case(street, channel="citizen")
    assert services.call_arrivals(at=AT + timedelta(hours=25)) == 0

    services.call_arrivals(at=AT + MINUTE)
    assert close(street, Case.objects.get().pk)
    services.call_arrivals(at=AT + 5 * MINUTE)

    assert Arrival.objects.get().ended_at is not None


def close(house: House, case_id) -> bool:
    """Reject the case: it is over, and nobody went."""
    [fate] = take(house.alice, command(case_id, "reject", reason="重复举报"))
    return fate.outcome is Outcome.APPLIED


def test_a_declared_season_calls_to_each_of_its_grids_once_a_day(street: House) -> None:
    PlanSeason.objects.create(
        code="high_fire_risk", pack_version="test@1", name_zh="高火险", name_en="risk", kind="declared",
        source="HB-08", is_confirmed=True,
    )  # fmt: skip
    SeasonSpell.objects.create(
        id=new_id(), season_code="high_fire_risk", path="34.02.03.005.", starts_on=TODAY,
        ends_on=TODAY + timedelta(days=3), reason="大风", declared_by_id=street.alice.user_id, declared_at=AT,
    )  # fmt: skip

    assert services.call_arrivals(at=AT) == 2  # BOB's grid and the one beside it
    assert services.call_arrivals(at=AT + MINUTE) == 0
    own = Arrival.objects.get(grid_path=BOB.scope)
    assert arrive(street.bob, own.pk, at=AT, photos=[], lon=118.315).code == "visits.too_far"  # next door
    assert arrive(street.bob, own.pk, at=AT, photos=[]).outcome is Outcome.APPLIED
    assert services.call_arrivals(at=AT + timedelta(days=1)) == 2
    assert Arrival.objects.filter(ended_at__isnull=False).count() == 1  # yesterday's, where nobody went


def test_an_arrival_is_proved_and_timed(street: House) -> None:
    called = call(street)
    photo = fresh_photo(street, AT + 10 * MINUTE)

    fate = arrive(street.bob, called.pk, at=AT + 10 * MINUTE, photos=[photo], lon=118.3065)

    assert fate.outcome is Outcome.APPLIED
    [row] = queries.list_arrivals(street.alice, ArrivalFilter(state="arrived"), at=AT + 11 * MINUTE).items
    assert (row.minutes, row.is_late, row.arrived_by_name) == (10, False, "包步行")
    assert 130 < (row.off_m or 0) < 150


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("visits.too_far", {"lon": 118.309}),
        ("visits.position_missing", {"lon": None, "lat": None}),
        ("visits.photos_missing", {"photos": []}),
        ("visits.before_the_call", {"told": AT - MINUTE}),
        ("kernel.unreadable", {"photos": ["2" * 64]}),
    ],
)
def test_without_proof_nobody_has_arrived(street: House, code, wrong) -> None:
    called = call(street)
    wrong = dict(wrong)
    at = wrong.pop("told", AT + 5 * MINUTE)
    fate = arrive(street.bob, called.pk, at=at, **{"photos": [fresh_photo(street)]} | wrong)

    assert fate.code == code
    assert fate.zh
    assert fate.en
    assert Arrival.objects.get().arrived_at is None


def test_a_second_arrival_is_told_that_somebody_was_there(street: House) -> None:
    called, photo = call(street), fresh_photo(street)

    assert arrive(street.bob, called.pk, at=AT, photos=[photo]).outcome is Outcome.APPLIED
    assert arrive(street.chief, called.pk, at=AT + MINUTE, photos=[photo]).code == "visits.arrived_before"


def test_a_call_of_an_unknown_kind_or_elsewhere_is_refused(street: House) -> None:
    def fate(**wrong: object):
        given = {"id": new_id(), "at": AT, "trigger": "help", "text": "求助", "lon": HOME[0], "lat": HOME[1]}
        return services.call_by_hand(
            [ArrivalCallIn.model_validate(given | wrong)], actor=street.alice, at=AT
        )[0]

    assert fate(trigger="nothing").code == "visits.kind_unknown"
    assert fate(lon=110.0).code == "visits.outside_territory"
    assert fate(lon=118.325).code == "kernel.not_visible"
    with pytest.raises(NotYourRole):
        services.call_by_hand([], actor=street.bob, at=AT)
