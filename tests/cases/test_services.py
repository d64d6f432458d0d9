"""CS-1 … CS-8 on a real PostgreSQL: the whole walk, every refusal, batches, and what they leave behind."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cases.makers import (
    FAR_AWAY,
    HOUR,
    MATTERS,
    NEXT_DOOR,
    House,
    command,
    count_rows,
    make_case,
    make_house,
    make_pack,
    report,
    suspend,
    take,
    walk,
)
from tests.makers import AT, make_photo, make_venues
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.cases import queries, services
from wangge.cases.models import Case, CaseEvent
from wangge.cases.recounting import Window
from wangge.kernel import calendar_changes
from wangge.kernel.actor import Actor
from wangge.kernel.batches import TooMany
from wangge.kernel.calendar import DayKind, national
from wangge.kernel.calendar_changes import LocalDayIn
from wangge.kernel.fates import Fate
from wangge.kernel.models import AuditRow, Receipt

pytestmark = pytest.mark.django_db
NOWHERE = (119.0, 32.0)


@pytest.fixture
def house() -> House:
    return make_house()


def facts(case_id: UUID) -> Any:
    return Case.objects.filter(pk=case_id).values().get()


def broken() -> list[Any]:
    return list(queries.verify_chains())


def told(fate: Fate) -> tuple[int, str | None]:
    return fate.status, fate.code


# ---- the walk ----


def test_a_case_goes_from_report_over_a_failed_verdict_to_closed(house: House) -> None:
    case = make_case(house)
    walk(house, case, "verifying")
    take(house.chief, command(case, "fail", at=AT + HOUR * 3, reason="仍未更换"))
    assert facts(case)["status"] == "handling"
    assert facts(case)["rework"] == 1
    walk(house, case, "closed", at=AT + HOUR * 4)
    found = Case.objects.get(pk=case)
    assert (found.reporter_id, found.handler_id, found.verifier_id) == (
        house.bob.user_id,
        house.han.user_id,
        house.chief.user_id,
    )
    assert (found.status, found.version, found.event_count, found.department_id) == (
        "closed",
        8,
        8,
        house.fire,
    )
    assert found.closed_at == AT + HOUR * 5
    events = list(CaseEvent.objects.filter(case_id=case).order_by("seq").values_list("action", "after"))
    assert events == [
        ("report", "reported"),
        ("accept", "accepted"),
        ("dispatch", "dispatched"),
        ("sign", "handling"),
        ("feed_back", "verifying"),
        ("fail", "handling"),
        ("feed_back", "verifying"),
        ("pass", "closed"),
    ]
    assert Receipt.objects.count() == AuditRow.objects.filter(subject_id=str(case)).count() == 8
    assert broken() == []


def test_a_report_knows_its_place_matter_and_deadlines(house: House) -> None:
    found = Case.objects.get(pk=make_case(house))
    assert (found.grid_path, found.severity, found.pack_version) == (house.bob.scope, "general", "test@1")
    assert found.due_at == datetime(2025, 10, 16, 16, tzinfo=UTC)  # three working days after Monday the 13th
    assert found.stage_due_at == AT + HOUR * 2
    assert (found.lon, found.lat, found.status, found.version) == (118.305, 31.305, "reported", 1)


@pytest.mark.parametrize(("matter", "hours"), [("H501", 24), ("H601", 2)])
def test_what_is_to_be_fixed_at_once_has_the_hours_of_the_pack(house: House, matter: str, hours: int) -> None:
    assert facts(make_case(house, matter_code=matter))["due_at"] == AT + HOUR * hours


def test_a_report_in_gcj02_lies_where_it_lies(house: House) -> None:
    found = Case.objects.get(pk=make_case(house, point=(118.3102, 31.3030), datum="gcj02"))
    assert found.grid_path == house.bob.scope
    assert found.lon == pytest.approx(118.305, abs=0.002)


def test_a_report_at_a_venue_takes_its_grid(house: House) -> None:
    [venue] = make_venues()
    found = Case.objects.get(pk=make_case(house, venue_id=venue.pk, point=FAR_AWAY))
    assert (found.grid_path, found.venue_id) == (house.bob.scope, venue.pk)


def test_the_route_names_the_department_and_the_desk_may_name_another(house: House) -> None:
    routed, chosen = make_case(house, matter_code="H304"), make_case(house)
    walk(house, routed, "dispatched")
    walk(house, chosen, "accepted")
    take(house.alice, command(chosen, "dispatch", department_id=house.police))
    assert {facts(routed)["department_id"], facts(chosen)["department_id"]} == {house.police}


def test_fixed_on_the_spot_is_closed_with_two_events(house: House) -> None:
    after = make_photo(actor=house.bob, colour="green")
    case = make_case(house, fixed_on_spot=True, photos=[house.photo], after_photos=[after])
    found = Case.objects.get(pk=case)
    assert (found.status, found.fixed_on_spot, found.version, found.verifier_id) == ("closed", True, 2, None)
    assert found.closed_at == AT
    assert broken() == []
    assert take(house.super, command(case, "reopen"))[0].code == "cases.need_missing"
    [fate] = take(house.super, command(case, "reopen", reason="反弹"))
    assert fate.result["status"] == "handling"
    assert (facts(case)["fixed_on_spot"], facts(case)["department_id"]) == (False, house.fire)  # by its route


def test_merged_objected_suspended_transferred_reopened(house: House) -> None:
    one, other = make_case(house), make_case(house)
    [fate] = take(house.alice, command(one, "merge", reason="同一件", merged_into=other))
    assert fate.result["status"] == "merged"
    assert facts(one)["merged_into_id"] == other
    walk(house, other, "dispatched")
    take(house.han, command(other, "object", at=AT + HOUR, reason="不归我们"))
    assert facts(other)["department_id"] is None
    walk(house, other, "handling", at=AT + HOUR)
    take(house.han, command(other, "transfer", at=AT + HOUR * 3, reason="拒不整改"))
    assert facts(other)["status"] == "transferred"
    take(house.han, command(other, "transfer_back", at=AT + HOUR * 4))
    walk(house, other, "closed", at=AT + HOUR * 5)
    [fate] = take(house.super, command(other, "reopen", at=AT + HOUR * 6, reason="反弹"))
    assert fate.result["status"] == "handling"
    assert (facts(other)["closed_at"], facts(other)["verifier_id"]) == (None, None)
    walk(house, other, "closed", at=AT + HOUR * 7)
    assert broken() == []


def test_a_suspension_moves_the_deadline_by_the_working_days_that_went_by(house: House) -> None:
    case = make_case(house)
    walk(house, case, "handling")
    suspend(house, case, at=AT + HOUR * 2)
    assert facts(case)["stage_due_at"] is None
    take(house.alice, command(case, "resume", at=AT + HOUR * 50))
    assert facts(case)["due_at"] == datetime(2025, 10, 20, 16, tzinfo=UTC)  # two later, over the weekend
    assert broken() == []


def test_the_business_clock_does_not_start_again_with_rework(house: House) -> None:
    case = make_case(house)
    due_at = facts(case)["due_at"]
    walk(house, case, "verifying")
    take(house.chief, command(case, "fail", at=AT + HOUR * 3, reason="仍未更换"))
    assert facts(case)["due_at"] == due_at


def test_a_phone_whose_clock_is_slow_never_turns_a_case_back(house: House) -> None:
    case = make_case(house)
    take(house.alice, command(case, "accept", at=AT - HOUR), at=AT)
    assert facts(case)["stage_started_at"] == AT


# ---- batches ----


def test_a_batch_of_mixed_fates_keeps_its_order(house: House) -> None:
    cases = [make_case(house) for _ in range(4)]
    walk(house, cases[3], "accepted")
    good = command(cases[0], "accept")
    steps = [
        good,
        command(cases[1], "accept", base_version=7),
        command(cases[0], "dispatch", base_version=2),
        command(cases[2], "reject"),
        good,
        command(cases[3], "accept"),
        command(UUID(int=5), "accept"),
        good.model_copy(update={"reason": "x"}),
    ]
    fates = take(house.alice, *steps)
    assert [fate.command_id for fate in fates] == [step.id for step in steps]
    assert [fate.status for fate in fates] == [200, 409, 200, 422, 208, 409, 404, 409]
    assert facts(cases[0])["status"] == "dispatched"
    assert [facts(case)["version"] for case in cases] == [3, 1, 1, 2]
    assert broken() == []


def test_reports_of_mixed_fates(house: House) -> None:
    given = [report(), report(point=NEXT_DOOR), report(matter_code="X1"), report()]
    fates = services.report_cases(given, actor=house.bob, at=AT)
    assert [fate.status for fate in fates] == [200, 404, 422, 200]
    assert set(Case.objects.values_list("pk", flat=True)) == {given[0].id, given[3].id}
    assert Receipt.objects.count() == CaseEvent.objects.count() == 2


def test_more_than_a_batch_holds_is_refused_whole(house: House) -> None:
    with pytest.raises(TooMany):
        services.report_cases([report()] * 501, actor=house.bob, at=AT)


def test_an_empty_batch_is_nothing(house: House) -> None:
    before = count_rows()
    assert services.take_steps([], actor=house.alice, at=AT) == []
    assert count_rows() == before


# ---- an unknown year ----


@pytest.fixture
def year_2031(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the calendar learn a year, and forget it afterwards."""
    for name in ("holidays", "years"):
        monkeypatch.setattr(national, name, set(getattr(national, name)))
    yield lambda: national.extend(2031, [date(2031, 1, 1)], [])
    national._memo.clear()


ADMIN = Actor(9, "管理员", Role.SYSTEM_ADMIN.value, "34.", None, CAPABILITIES[Role.SYSTEM_ADMIN])
IN_2031 = datetime(2031, 3, 3, 2, 0, tzinfo=UTC)  # a Monday


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="cases.set_missing_deadlines", status="todo").count()


def test_a_report_in_an_unknown_year_waits_for_its_deadline(house: House, year_2031: Any) -> None:
    case, other = (make_case(house, at=IN_2031 + HOUR * n) for n in range(2))
    assert facts(case)["due_at"] is None
    assert jobs() == 1
    assert services.set_missing_deadlines(at=IN_2031 + HOUR) == 0
    year_2031()
    assert services.set_missing_deadlines(at=IN_2031 + HOUR * 2) == 2
    assert facts(case)["due_at"] == datetime(2031, 3, 6, 16, tzinfo=UTC)
    assert facts(other)["version"] == 1
    assert queries.explain_deadline(house.bob, case).lines[-1].zh == "年度日历已知，期限定为 2031-03-06 24:00"
    assert services.set_missing_deadlines(at=IN_2031 + HOUR * 3) == 0
    last = CaseEvent.objects.filter(case_id=case).latest("seq")
    assert (last.action, last.role, last.actor_id) == ("set_deadline", "installation", 0)
    assert broken() == []


def test_the_job_goes_with_the_transaction(house: House) -> None:
    with transaction.atomic():
        make_case(house, at=IN_2031)
        assert jobs() == 1
        transaction.set_rollback(True)
    assert jobs() == 0
    assert not Case.objects.exists()


def test_a_suspension_into_an_unknown_year_moves_the_deadline_by_the_time_suspended(house: House) -> None:
    start = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
    case = make_case(house, at=start)
    walk(house, case, "handling", at=start)
    suspend(house, case, at=start + HOUR * 2)
    take(house.alice, command(case, "resume", at=IN_2031))
    assert facts(case)["due_at"] == datetime(2026, 12, 31, 16, tzinfo=UTC) + (IN_2031 - start - HOUR * 2)


def test_a_deadline_that_waited_is_counted_by_the_pack_that_the_case_was_made_under(
    house: House, year_2031: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case(house, at=IN_2031)
    longer = [(*row[:2], 9, *row[3:]) if row[0] == "H301" else row for row in MATTERS]
    monkeypatch.setattr("tests.cases.makers.MATTERS", longer)
    make_pack("test@2")
    year_2031()
    assert services.set_missing_deadlines(at=IN_2031 + HOUR) == 1
    assert facts(case)["due_at"] == datetime(2031, 3, 6, 16, tzinfo=UTC)  # three working days, not nine


def test_the_clock_of_a_stage_that_waited_for_a_year_gets_its_end_too(house: House, year_2031: Any) -> None:
    case = make_case(house, at=IN_2031)
    step = command(case, "accept", at=IN_2031 + HOUR)
    take(house.alice, step)
    assert facts(case)["stage_due_at"] is None
    year_2031()
    assert services.set_missing_deadlines(at=IN_2031 + HOUR * 2) == 1
    assert facts(case)["stage_due_at"] == datetime(2031, 3, 4, 16, tzinfo=UTC)  # one working day
    assert services.set_missing_deadlines(at=IN_2031 + HOUR * 3) == 0
    assert broken() == []


def test_more_time_granted_while_a_year_is_unknown_is_counted_once_it_is_known(
    house: House, year_2031: Any
) -> None:
    case = make_case(house, at=IN_2031)
    walk(house, case, "handling", at=IN_2031)
    ask = command(case, "ask_extension", at=IN_2031 + HOUR * 3, reason="等配件", days=2)
    take(house.han, ask)
    take(house.alice, command(case, "extend", at=IN_2031 + HOUR * 4, reason="同意"))
    assert (facts(case)["due_at"], facts(case)["extensions"]) == (None, 1)
    year_2031()
    assert services.set_missing_deadlines(at=IN_2031 + HOUR * 5) == 1
    assert facts(case)["due_at"] == datetime(2031, 3, 10, 16, tzinfo=UTC)  # Thursday, and two working days
    assert broken() == []


def test_an_extension_stays_when_a_calendar_change_is_counted_anew(house: House) -> None:
    case = make_case(house)  # three working days: until Thursday 16th 24:00
    walk(house, case, "handling")
    take(house.han, command(case, "ask_extension", at=AT + HOUR * 3, reason="等配件", days=2))
    take(house.alice, command(case, "extend", at=AT + HOUR * 4, reason="同意"))
    assert facts(case)["due_at"] == datetime(2025, 10, 20, 16, tzinfo=UTC)
    day_off = LocalDayIn(date(2025, 10, 15), DayKind.LOCAL_OFF, "镜湖府办〔2025〕12号")
    calendar_changes.put_local_days("34.02.03.", [day_off], actor=ADMIN, at=AT + HOUR * 5)
    assert queries.list_deadline_moves(house.alice, Window(), beyond=None, limit=10) == ([], None)
    assert queries.explain_deadline(house.bob, case).lines[-1].zh.endswith("2025-10-20 24:00")
