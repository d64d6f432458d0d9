"""What raises a case, who sees a restricted one, and in which layer it was found (MA-3, MA-6, CS-8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tests.cases.makers import (
    FAR_AWAY,
    HOUR,
    House,
    command,
    make_case,
    make_house,
    report,
    suspend,
    take,
    walk,
)
from tests.makers import AT, make_client, make_venues
from wangge.cases import queries, services
from wangge.cases.models import Case, CaseEvent
from wangge.cases.rules import can_see
from wangge.cases.schemas import CaseFilter
from wangge.cases.writing import facts_of
from wangge.kernel.errors import NotVisible
from wangge.territory.models import GridMember

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RULES: list[Mapping[str, Any]] = [
    {"code": "UP-place", "to": "may_become", "classes": ["crowded"]},
    {"code": "UP-repeat", "to": "larger", "times": 3, "within_days": 365},
    {"code": "UP-overdue", "to": "larger", "overdue_times": 1},
]


@pytest.fixture
def house() -> House:
    return make_house(version="raises@1", upgrades=RULES, may_become={"H101": "larger"}, restricted={"H601"})


def history(case_id: object) -> list[tuple[str, Any]]:
    events = CaseEvent.objects.filter(case_id=case_id).order_by("seq")
    return [(event.action, event.detail.get("raised")) for event in events]


def test_a_crowded_place_raises_what_the_matter_may_become(house: House) -> None:
    [crowded] = make_venues(class_code="crowded")
    [shop] = make_venues(class_code="shop")
    raised = make_case(house, matter_code="H101", venue_id=crowded.id)
    plain = make_case(house, matter_code="H101", venue_id=shop.id)

    assert Case.objects.get(pk=raised).severity == "larger"
    assert Case.objects.get(pk=plain).severity == "general"
    [(action, why)] = history(raised)
    assert (action, why["rule"], why["from"], why["to"]) == ("report", "UP-place", "general", "larger")
    assert why["because"] == {"class": "crowded"}
    assert history(plain) == [("report", None)]
    assert list(queries.verify_chains()) == []


def test_the_third_of_a_matter_at_a_venue_is_raised_also_inside_one_batch(house: House) -> None:
    one, other = make_venues(count=2)
    make_case(house, venue_id=one.id, at=AT - 400 * DAY)  # too long ago
    refused = make_case(house, venue_id=one.id, at=AT - 20 * DAY)
    take(house.alice, command(refused, "reject", reason="不属实"))  # was nothing: does not count
    make_case(house, venue_id=one.id, at=AT - 10 * DAY)
    batch = [report(venue_id=venue) for venue in (one.id, other.id, one.id, None, None, None)]
    services.report_cases(batch, actor=house.bob, at=AT)

    severities = dict(Case.objects.values_list("pk", "severity"))
    assert [severities[one.id] for one in batch] == ["general"] * 2 + ["larger"] + ["general"] * 3
    assert history(batch[2].id)[0][1]["because"] == {"nth": 3, "within_days": 365}


def test_the_night_raises_what_is_late_by_its_time_and_says_so_once(house: House) -> None:
    late = make_case(house)  # three working days from Monday: due at the end of Thursday
    walk(house, late, "handling")
    paused = make_case(house)
    walk(house, paused, "handling")
    suspend(house, paused, at=AT + HOUR * 2)
    done = make_case(house)
    walk(house, done, "closed")
    due = Case.objects.get(pk=late).due_at
    assert due is not None
    double = due + (due - AT)

    assert services.raise_overdue(at=double - timedelta(seconds=1)) == 0
    assert services.raise_overdue(at=double) == 1
    assert services.raise_overdue(at=double) == 0
    assert Case.objects.get(pk=late).severity == "larger"
    action, why = history(late)[-1]
    assert (action, why["rule"], why["because"]) == ("raise_severity", "UP-overdue", {"overdue_times": 1})
    assert {Case.objects.get(pk=pk).severity for pk in (paused, done)} == {"general"}
    assert list(queries.verify_chains()) == []


def test_nobody_raises_by_a_command(house: House) -> None:
    case_id = make_case(house)
    body = command(case_id, "accept").model_dump(mode="json") | {"action": "raise_severity"}
    answer = make_client(house.alice).post("/api/cases/step", body, "application/json")
    assert answer.status_code == 422
    assert Case.objects.get(pk=case_id).severity == "general"


@pytest.mark.parametrize(
    ("who", "sees"),
    [("alice", True), ("super", True), ("han", True), ("bob", True), ("chief", False), ("carol", False)],
)
def test_a_restricted_case_is_seen_by_named_posts_and_its_reporter(
    house: House, who: str, sees: bool
) -> None:
    case_id = make_case(house, matter_code="H601", by="bob")
    walk(house, case_id, "dispatched")
    actor = house.named(who)
    found = Case.objects.get(pk=case_id)
    assert found.is_restricted
    assert [row.id for row in queries.list_cases(actor, CaseFilter(), at=AT).items] == [case_id] * sees
    assert can_see(actor, facts_of(found)) is sees
    if not sees:
        with pytest.raises(NotVisible):
            queries.get_detail(actor, case_id, at=AT)


def test_a_restricted_case_is_not_there_for_the_chief_over_http(house: House) -> None:
    case_id = make_case(house, matter_code="H601")
    assert make_client(house.chief).get(f"/api/cases/{case_id}").status_code == 404
    assert make_client(house.alice).get(f"/api/cases/{case_id}").status_code == 200
    walk(house, case_id, "verifying")
    step = command(case_id, "pass").model_dump(mode="json")
    judged = make_client(house.chief).post("/api/cases/step", step, "application/json")
    assert judged.status_code == 404


def test_who_walks_a_market_grid_reports_in_its_layer_and_its_route_wins(house: House) -> None:
    case_id = make_case(house, matter_code="H101")
    assert Case.objects.get(pk=case_id).layer == ""
    GridMember.objects.create(
        path="34.02.03.M01.", layer="market", user_id=house.bob.user_id, starts_on=date(2025, 1, 1)
    )
    found = make_case(house, matter_code="H101")
    assert Case.objects.get(pk=found).layer == "market"
    for one in (case_id, found):
        walk(house, one, "dispatched")
    assert Case.objects.get(pk=case_id).department_id == house.police  # the matter's own kind
    assert Case.objects.get(pk=found).department_id == house.fire  # WH-32
    GridMember.objects.create(
        path="34.02.03.005.012.001.",
        layer="comprehensive",
        user_id=house.bob.user_id,
        starts_on=date(2025, 1, 1),
    )
    assert Case.objects.get(pk=make_case(house)).layer == ""  # of two layers nobody knows which


def test_a_point_far_away_is_refused_before_anything_is_raised(house: House) -> None:
    [fate] = services.report_cases([report(point=FAR_AWAY)], actor=house.bob, at=AT)
    assert fate.status == 404
