"""CS-39: the matter of a case is corrected; severity, deadline and route follow, no clock starts again."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import HOUR, House, command, make_case, make_house, take, walk
from tests.cases.test_concurrency import together
from tests.cases.test_severity import RULES
from tests.makers import AT, make_client, make_venues
from wangge.cases import queries, services
from wangge.cases.models import Case, CaseEvent, OpenCase
from wangge.cases.schemas import StepCommand
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house(version="moved@1", upgrades=RULES, may_become={"H101": "larger"}, restricted={"H601"})


def moved(case_id: UUID, matter: str, **fields: Any) -> StepCommand:
    return command(case_id, "reclassify", matter_code=matter, **fields)


def china(*when: int) -> datetime:
    return datetime(*when, tzinfo=CHINA)  # type: ignore[misc, arg-type]


def test_severity_deadline_and_route_follow_and_both_clocks_go_on(house: House) -> None:
    case_id = make_case(house, matter_code="H301")  # Monday: three working days, to the end of Thursday
    before = Case.objects.get(pk=case_id)
    assert before.due_at == china(2025, 10, 17)
    [fate] = take(house.alice, moved(case_id, "H101", at=AT + HOUR))
    assert fate.outcome is Outcome.APPLIED, fate
    after = Case.objects.get(pk=case_id)
    assert (after.matter_code, after.severity, after.due_at) == ("H101", "general", china(2025, 10, 15))
    assert (after.status, after.version, after.event_count) == ("reported", 2, 2)
    assert (after.stage_started_at, after.stage_due_at) == (before.stage_started_at, before.stage_due_at)
    assert OpenCase.objects.get(pk=case_id).matter_code == "H101"
    shown = queries.get_detail(house.alice, case_id, at=AT + HOUR)
    assert shown.events[-1].detail["reclassified"] == {
        "from": "H301",
        "from_zh": "事项H301",
        "from_en": "Matter H301",
        "to": "H101",
        "to_zh": "事项H101",
        "to_en": "Matter H101",
    }
    lines = [line.zh for line in queries.explain_deadline(house.alice, case_id).lines]
    assert "重新归类，自上报起按新事项计，期限为 2025-10-14 24:00" in lines
    assert shown.chain_is_valid
    assert list(queries.verify_chains()) == []
    walk(house, case_id, "dispatched", at=AT + HOUR)
    assert Case.objects.get(pk=case_id).department_id == house.police  # the route of the new matter


def test_the_new_matter_is_raised_by_place_and_repetition_as_at_its_report(house: House) -> None:
    crowded, shop = make_venues(class_code="crowded")[0], make_venues(class_code="shop")[0]
    raised = make_case(house, matter_code="H301", venue_id=crowded.id)
    take(house.alice, moved(raised, "H101", at=AT + HOUR))
    for days in (20, 10):
        make_case(house, matter_code="H101", venue_id=shop.id, at=AT - timedelta(days=days))
    third = make_case(house, matter_code="H301", venue_id=shop.id)
    make_case(house, matter_code="H101", venue_id=shop.id, at=AT + HOUR)  # later: does not count
    take(house.alice, moved(third, "H101", at=AT + HOUR))
    events = {case: CaseEvent.objects.get(case_id=case, seq=2) for case in (raised, third)}
    assert [events[raised].detail["raised"]["rule"], events[third].detail["raised"]["rule"]] == [
        "UP-place",
        "UP-repeat",
    ]
    assert events[third].detail["raised"]["because"] == {"nth": 3, "within_days": 365}
    assert {Case.objects.get(pk=case).severity for case in (raised, third)} == {"larger"}
    assert list(queries.verify_chains()) == []


def test_a_suspension_that_went_by_still_counts(house: House) -> None:
    case_id = make_case(house, matter_code="H101")
    walk(house, case_id, "handling")
    day = timedelta(days=1)
    take(house.pang, command(case_id, "ask_suspension", at=AT + 2 * HOUR, reason="等待配件"))
    take(house.alice, command(case_id, "suspend", at=AT + 2 * HOUR, reason="等待配件"))
    take(house.alice, command(case_id, "resume", at=AT + 2 * day))
    was = Case.objects.get(pk=case_id)
    take(house.super, moved(case_id, "H301", at=AT + 2 * day + HOUR, reason="实为灭火器"))
    now = Case.objects.get(pk=case_id)
    assert was.due_at == china(2025, 10, 17)  # one working day, and two that it stood still
    assert now.due_at == china(2025, 10, 21)  # three and two: Thursday, and over the weekend to Monday
    assert now.stage_due_at == was.stage_due_at
    assert queries.list_deadline_moves(house.alice, queries.Window()) == ([], None)
    assert list(queries.verify_chains()) == []


@pytest.mark.parametrize(
    ("who", "status", "fields", "refusal"),
    [
        ("alice", "accepted", {"matter": "H304"}, (200, None)),
        ("alice", "accepted", {"matter": "X999"}, (422, "kernel.unreadable")),
        ("alice", "accepted", {"matter": "H301"}, (422, "kernel.unreadable")),
        ("alice", "accepted", {"matter": ""}, (422, "cases.need_missing")),
        ("alice", "dispatched", {"matter": "H304", "reason": "错"}, (403, "kernel.not_your_role")),
        ("super", "accepted", {"matter": "H304"}, (200, None)),
        ("super", "handling", {"matter": "H304"}, (422, "cases.need_missing")),
        ("super", "handling", {"matter": "H304", "reason": "错"}, (200, None)),
        ("super", "closed", {"matter": "H304", "reason": "错"}, (409, "cases.step_not_allowed")),
        ("bob", "accepted", {"matter": "H304"}, (403, "kernel.not_your_role")),
        ("han", "dispatched", {"matter": "H304", "reason": "错"}, (403, "kernel.not_your_role")),
        ("carol", "accepted", {"matter": "H304"}, (404, "kernel.not_visible")),
    ],
)
def test_the_desk_while_it_has_the_case_and_the_supervisor_until_it_ends(
    house: House, who: str, status: str, fields: dict[str, str], refusal: tuple[int, str | None]
) -> None:
    case_id = make_case(house)
    walk(house, case_id, status)
    step = moved(case_id, fields["matter"], reason=fields.get("reason", ""), at=AT + HOUR * 4)
    [fate] = take(house.named(who), step)
    assert (fate.status, fate.code) == refusal
    assert CaseEvent.objects.filter(case_id=case_id, action="reclassify").count() == (fate.status == 200)
    assert list(queries.verify_chains()) == []


def test_who_may_see_a_case_follows_its_matter(house: House) -> None:
    case_id = make_case(house, matter_code="H301")
    assert queries.get_briefs(house.chief, [case_id])
    take(house.alice, moved(case_id, "H601"))
    found = Case.objects.get(pk=case_id)
    assert (found.is_restricted, found.severity) == (True, "suspected_major")
    assert OpenCase.objects.get(pk=case_id).is_restricted
    assert not queries.get_briefs(house.chief, [case_id])
    [refused] = take(house.alice, moved(case_id, "H301"))  # opening it to all is explained
    assert refused.code == "cases.need_missing"
    take(house.alice, moved(case_id, "H301", reason="并非线索"))
    assert queries.get_briefs(house.chief, [case_id])
    assert list(queries.verify_chains()) == []


def test_sent_twice_is_once_and_who_looked_before_looks_again(house: House) -> None:
    case_id = make_case(house)
    late = command(case_id, "accept")
    step = moved(case_id, "H304")
    assert [fate.status for fate in (*take(house.alice, step), *take(house.alice, step))] == [200, 208]
    assert [fate.code for fate in take(house.alice, late)] == ["kernel.version_conflict"]
    first, second = moved(case_id, "H101"), moved(case_id, "H301", base_version=3)
    assert [fate.status for fate in take(house.alice, first, second)] == [200, 200]
    assert Case.objects.get(pk=case_id).matter_code == "H301"
    assert list(queries.verify_chains()) == []


def test_over_http(house: House) -> None:
    case_id = make_case(house)
    body = moved(case_id, "H304").model_dump(mode="json")
    client = make_client(house.alice)
    needs = {one["action"]: one["needs"] for one in client.get(f"/api/cases/{case_id}").json()["actions"]}
    assert needs["reclassify"] == ["matter"]
    assert client.post("/api/cases/step", body, "application/json").status_code == 200
    shown = client.get(f"/api/cases/{case_id}").json()
    assert (shown["matter_code"], shown["severity"], shown["events"][-1]["action"]) == (
        "H304",
        "larger",
        "reclassify",
    )


def test_the_night_raises_by_the_new_matter(house: House) -> None:
    case_id = make_case(house, matter_code="H304")
    take(house.alice, moved(case_id, "H101", at=AT + HOUR))
    due_at = Case.objects.get(pk=case_id).due_at
    assert due_at
    assert services.raise_overdue(at=due_at + (due_at - AT)) == 1
    assert Case.objects.get(pk=case_id).severity == "larger"
    assert list(queries.verify_chains()) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_step_and_one_conflict() -> None:
    house = make_house()
    for n in range(5):
        case_id = make_case(house)
        other = command(case_id, "accept") if n % 2 else moved(case_id, "H101")
        deeds = [partial(take, house.alice, moved(case_id, "H304")), partial(take, house.alice, other)]
        fates = [fate for [fate] in together(*deeds)]
        assert sorted(fate.status for fate in fates) == [200, 409]
        assert Case.objects.get(pk=case_id).version == 2
    assert list(queries.verify_chains()) == []
