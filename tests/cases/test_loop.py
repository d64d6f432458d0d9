"""CS-30 … CS-37 on a real PostgreSQL: each way through the loop, its refusals, what it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from tests.cases.doors import get
from tests.cases.makers import HAN, HOUR, House, command, make_case, make_house, suspend, take, walk
from tests.makers import AT, make_actor, make_photo
from wangge.cases import queries
from wangge.cases.models import Case, CaseEvent, CoHandler
from wangge.kernel.fates import Fate

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def house() -> House:
    return make_house()


def facts(case: UUID) -> Any:
    return Case.objects.filter(pk=case).values().get()


def told(fate: Fate) -> tuple[int, str | None]:
    return fate.status, fate.code


def step(house: House, who: str, case: UUID, action: str, *, at: Any = AT + HOUR * 3, **fields: Any) -> Fate:
    [fate] = take(house.named(who), command(case, action, at=at, **fields))
    return fate


def ready(house: House, to: str, **fields: Any) -> UUID:
    case = make_case(house, **fields)
    if to != "reported":
        walk(house, case, to)
    return case


def broken() -> list[Any]:
    return list(queries.verify_chains())


# ---- CS-30: the first receiver ----


def test_after_an_objection_the_first_receiver_stays_answerable_until_another_signs(house: House) -> None:
    case = ready(house, "dispatched")
    assert told(step(house, "han", case, "object", reason="不归我们")) == (200, None)
    assert (facts(case)["department_id"], facts(case)["answerable_id"]) == (None, house.fire)
    assert get(house.han, f"/{case}").json()["answerable_name"] == "镜湖区消防大队"
    step(house, "alice", case, "dispatch", at=AT + HOUR * 4, department_id=house.police)
    assert (facts(case)["department_id"], facts(case)["answerable_id"]) == (house.police, house.fire)
    assert get(house.han, f"/{case}").status_code == 200
    assert told(step(house, "han", case, "sign", at=AT + HOUR * 5)) == (403, "cases.not_your_department")
    assert told(step(house, "pang", case, "sign", at=AT + HOUR * 5)) == (200, None)
    assert facts(case)["answerable_id"] == house.police
    assert get(house.han, f"/{case}").status_code == 404
    assert broken() == []


def test_an_objection_comes_within_the_working_day_of_the_pack(house: House) -> None:
    case = ready(house, "dispatched")  # on Monday: until Tuesday 24:00
    late = step(house, "han", case, "object", at=AT + timedelta(hours=38), reason="不归我们")
    assert told(late) == (409, "cases.too_late")
    assert "2025-10-14 24:00" in (late.zh or "")
    in_time = step(house, "han", case, "object", at=AT + timedelta(hours=37), reason="不归我们")
    assert told(in_time) == (200, None)


def test_a_back_dated_objection_does_not_lengthen_the_window(house: House) -> None:
    case = ready(house, "dispatched")  # on Monday: until Tuesday 24:00
    claimed = command(case, "object", at=AT + HOUR, reason="不归我们")
    [late] = take(house.han, claimed, at=AT + timedelta(hours=38))
    assert told(late) == (409, "cases.too_late")


def test_a_step_that_arrives_late_says_so_in_the_chain(house: House) -> None:
    case = ready(house, "dispatched")
    claimed = command(case, "object", at=AT + HOUR * 3, reason="不归我们")
    take(house.han, claimed, at=AT + HOUR * 30)
    prompt = command(case, "dispatch", at=AT + HOUR * 31, department_id=house.police)
    take(house.alice, prompt, at=AT + HOUR * 31 + timedelta(minutes=5))
    events = get(house.alice, f"/{case}").json()["events"]
    arrived = {event["action"]: event["detail"].get("received_at") for event in events}
    assert arrived["object"] == "2025-10-14T08:00:00.000000Z"
    assert arrived["dispatch"] is None
    assert broken() == []


def test_the_desk_recalls_before_anybody_signed(house: House) -> None:
    case = ready(house, "dispatched")
    assert told(step(house, "alice", case, "recall", reason="派错了")) == (200, None)
    assert (facts(case)["status"], facts(case)["department_id"], facts(case)["answerable_id"]) == (
        "accepted",
        None,
        None,
    )
    walk(house, case, "handling", at=AT + HOUR * 4)
    refused = step(house, "alice", case, "recall", at=AT + HOUR * 9, reason="派错了")
    assert told(refused) == (409, "cases.step_not_allowed")
    assert broken() == []


# ---- CS-31: several departments ----


def test_the_lead_feeds_back_when_all_have_countersigned(house: House) -> None:
    case = ready(house, "accepted")
    step(house, "alice", case, "dispatch", department_id=house.fire, co_department_ids=[house.police])
    assert get(house.pang, f"/{case}").status_code == 200
    step(house, "han", case, "sign", at=AT + HOUR * 4)
    early = step(house, "han", case, "feed_back", at=AT + HOUR * 5, photos=[house.photo])
    assert told(early) == (409, "cases.countersign_missing")
    signed = step(house, "pang", case, "countersign", at=AT + HOUR * 5, reason="已清走车辆")
    assert told(signed) == (200, None)
    again = step(house, "pang", case, "countersign", at=AT + HOUR * 6, reason="已清走车辆")
    assert told(again) == (403, "cases.not_your_department")
    done = step(house, "han", case, "feed_back", at=AT + HOUR * 6, photos=[house.photo])
    assert told(done) == (200, None)
    assert CoHandler.objects.get().state == "countersigned"
    assert facts(case)["handled_by"] == sorted([house.han.user_id, house.pang.user_id])
    shown = get(house.alice, f"/{case}").json()["co_handlers"]
    assert [(one["department_name"], one["person_name"]) for one in shown] == [("赭山派出所", "庞旁人")]
    assert broken() == []


def test_the_desk_invites_later_and_releases_one(house: House) -> None:
    case = ready(house, "handling")
    step(house, "alice", case, "invite", co_department_ids=[house.police])
    stranger = step(house, "alice", case, "release", department_id=house.fire, reason="x")
    assert told(stranger) == (422, "kernel.unreadable")
    released = step(house, "alice", case, "release", department_id=house.police, reason="无需会签")
    assert told(released) == (200, None)
    assert (facts(case)["co_departments"], CoHandler.objects.get().state) == ([], "released")
    assert get(house.pang, f"/{case}").status_code == 404
    lead = step(house, "alice", case, "invite", co_department_ids=[house.fire])
    assert told(lead) == (422, "kernel.unreadable")
    assert broken() == []


def test_a_roster_that_was_changed_by_hand_is_found(house: House) -> None:
    case = ready(house, "handling")
    step(house, "alice", case, "invite", co_department_ids=[house.police])
    CoHandler.objects.update(state="released", person_id=house.alice.user_id)
    assert [(one.case_id, one.field) for one in broken()] == [(case, "co_handlers")]


# ---- CS-3: everybody who handled may not verify ----


def test_who_signed_may_not_verify_what_a_colleague_fed_back(house: House) -> None:
    case = ready(house, "dispatched")
    mate = make_actor(replace(HAN, username="mate", name="同事"), department_id=house.fire)
    step(house, "han", case, "sign")
    take(mate, command(case, "feed_back", at=AT + HOUR * 4, photos=[house.photo]))
    assert (facts(case)["handler_id"], facts(case)["handled_by"]) == (
        mate.user_id,
        sorted([house.han.user_id, mate.user_id]),
    )
    as_chief = replace(house.chief, user_id=house.han.user_id)
    [fate] = take(as_chief, command(case, "pass", at=AT + HOUR * 5, reason="好"))
    assert told(fate) == (409, "cases.same_person")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case).update(judged_by=[house.han.user_id])


# ---- CS-32: the same place ----


@pytest.mark.parametrize(
    ("point", "answer"), [(None, 422), ((118.305, 31.3055), 422), ((118.305, 31.3054), 200)]
)
def test_work_from_elsewhere_is_passed_with_a_reason(
    house: House, point: tuple[float, float] | None, answer: int
) -> None:
    case = ready(house, "handling")  # at 118.305, 31.305; 0.0005 degrees are 55.6 m
    where = {"lon": point[0], "lat": point[1]} if point else {}
    silent = make_photo(actor=house.han, colour="blue")  # it knows no place of its own
    step(house, "han", case, "feed_back", photos=[silent], **where)
    assert step(house, "chief", case, "pass", at=AT + HOUR * 4).status == answer
    if answer == 422:
        there = step(house, "chief", case, "pass", at=AT + HOUR * 4, lon=118.305, lat=31.305)
        assert there.status == 200  # the verifier stands at the place
    assert broken() == []


# ---- CS-33: suspension and extension ----


def test_an_extension_is_asked_for_granted_by_another_and_only_once(house: House) -> None:
    case = ready(house, "handling")
    asked = step(house, "han", case, "ask_extension", reason="配件未到", days=11)
    assert told(asked) == (422, "kernel.unreadable")
    step(house, "han", case, "ask_extension", reason="配件未到", days=2)
    twice = step(house, "han", case, "ask_suspension", at=AT + HOUR * 4, reason="再来")
    assert told(twice) == (409, "cases.asked_already")
    assert get(house.alice, f"/{case}").json()["request"]["days"] == 2
    before = facts(case)["due_at"]
    assert told(step(house, "alice", case, "suspend", at=AT + HOUR * 4)) == (409, "cases.nothing_asked")
    assert told(step(house, "alice", case, "extend", at=AT + HOUR * 4)) == (200, None)
    assert facts(case)["due_at"] == before + DAY * 4  # Thursday 24:00 + two working days, over the weekend
    assert (facts(case)["extensions"], facts(case)["stage_started_at"]) == (1, AT + HOUR * 1.5)
    again = step(house, "han", case, "ask_extension", at=AT + HOUR * 5, reason="还要", days=2)
    assert told(again) == (409, "cases.limit_reached")
    assert broken() == []


def test_a_request_may_be_refused_and_lapses_with_the_feed_back(house: House) -> None:
    case = ready(house, "handling")
    step(house, "han", case, "ask_suspension", reason="停业")
    step(house, "alice", case, "refuse_request", at=AT + HOUR * 4, reason="无需停业")
    assert (facts(case)["asked"], facts(case)["suspensions"]) == ("", 0)
    step(house, "han", case, "ask_suspension", at=AT + HOUR * 5, reason="停业")
    step(house, "han", case, "feed_back", at=AT + HOUR * 6, photos=[house.photo])
    assert (facts(case)["asked"], facts(case)["status"]) == ("", "verifying")
    assert broken() == []


def test_a_suspension_is_granted_once(house: House) -> None:
    case = ready(house, "handling")
    suspend(house, case, at=AT + HOUR * 2)
    step(house, "alice", case, "resume", at=AT + HOUR * 3)
    assert facts(case)["status"] == "handling"
    again = step(house, "han", case, "ask_suspension", at=AT + HOUR * 4, reason="停业")
    assert told(again) == (409, "cases.limit_reached")


# ---- CS-34, LN-05: enforcement and back ----


def test_enforcement_may_be_another_department_and_may_send_back(house: House) -> None:
    case = ready(house, "handling")
    step(house, "han", case, "transfer", reason="拒不整改", department_id=house.police)
    assert (facts(case)["department_id"], facts(case)["status"]) == (house.police, "transferred")
    assert get(house.han, f"/{case}").status_code == 200
    step(house, "pang", case, "send_back", at=AT + HOUR * 4, reason="不属管辖")
    assert (facts(case)["department_id"], facts(case)["status"]) == (house.fire, "handling")
    step(house, "han", case, "transfer", at=AT + HOUR * 5, reason="拒不整改")
    done = step(house, "han", case, "transfer_back", at=AT + HOUR * 6)
    assert (told(done), facts(case)["status"]) == ((200, None), "verifying")
    assert broken() == []


# ---- CS-35: merged, and taken apart ----


def test_merged_cases_come_back_where_they_were(house: House) -> None:
    one, other, target = ready(house, "accepted"), ready(house, "reported"), ready(house, "reported")
    for case in (one, other):
        step(house, "alice", case, "merge", reason="同一件", merged_into=target)
    assert facts(target)["absorbed"] == 2
    has = step(house, "alice", target, "merge", reason="x", merged_into=ready(house, "reported"))
    assert told(has) == (409, "cases.has_merged")
    for case, status in ((one, "accepted"), (other, "reported")):
        step(house, "alice", case, "unmerge", at=AT + HOUR * 4, reason="不是同一件")
        assert (facts(case)["status"], facts(case)["merged_into_id"], facts(case)["closed_at"]) == (
            status,
            None,
            None,
        )
    assert (facts(target)["absorbed"], facts(target)["version"], facts(target)["event_count"]) == (0, 1, 5)
    assert broken() == []


def test_whoever_reported_a_merged_case_does_not_verify_the_one_that_goes_on(house: House) -> None:
    twice, target = [make_case(house, by="chief") for _ in range(2)], make_case(house)
    for case in twice:
        step(house, "alice", case, "merge", at=AT, reason="同一件", merged_into=target)
    walk(house, target, "verifying")
    seen = get(house.chief, f"/{target}").json()
    assert "pass" not in [one["action"] for one in seen["actions"]]
    assert str(target) not in [one["id"] for one in get(house.chief, "?waiting_for_me=true").json()["items"]]
    for n, case in enumerate(twice):
        assert told(step(house, "chief", target, "pass", reason="好")) == (409, "cases.same_person"), n
        with pytest.raises(IntegrityError, match="case_closed_by_no_co_reporter"), transaction.atomic():
            Case.objects.filter(pk=target).update(
                status="closed", closed_at=AT, verifier_id=house.chief.user_id
            )
        step(house, "alice", case, "unmerge", at=AT + HOUR * 3, reason="不是同一件")
    assert facts(target)["co_reporters"] == []
    assert told(step(house, "chief", target, "pass", at=AT + HOUR * 4, reason="好")) == (200, None)
    assert broken() == []


@pytest.mark.parametrize("way", ["closed", "rejected"])
def test_whoever_reported_a_merged_case_is_answered_when_the_other_ends(house: House, way: str) -> None:
    one, target = ready(house, "reported"), ready(house, "reported")
    step(house, "alice", one, "merge", at=AT, reason="同一件", merged_into=target)
    if way == "closed":
        walk(house, target, "closed")
    else:
        step(house, "alice", target, "reject", reason="不属实")
    last = CaseEvent.objects.filter(case_id=one).latest("seq")
    assert (last.action, last.detail["case"], last.detail["outcome"]) == ("merged_ended", str(target), way)
    assert broken() == []


# ---- CS-34: what was stopped ----


def test_what_stops_operation_is_closed_only_when_it_may_run_again(house: House) -> None:
    case = ready(house, "verifying", matter_code="H805")
    early = step(house, "chief", case, "pass", reason="好")
    assert told(early) == (409, "cases.resume_unconfirmed")
    step(house, "super", case, "confirm_resume", reason="已修好", photos=[house.photo])
    assert told(step(house, "chief", case, "pass", at=AT + HOUR * 4, reason="好")) == (200, None)
    assert facts(case)["judged_by"] == sorted([house.super.user_id, house.chief.user_id])
    assert broken() == []


# ---- CS-36: the window ----


def test_a_case_is_reopened_inside_the_window_of_the_pack(house: House) -> None:
    case = ready(house, "closed")  # on Monday the 13th: fifteen working days are over on Monday the 3rd
    late = step(house, "super", case, "reopen", at=AT + DAY * 22, reason="反弹")
    assert told(late) == (409, "cases.too_late")
    assert told(step(house, "super", case, "reopen", at=AT + DAY * 21, reason="反弹")) == (200, None)


# ---- CS-37: stages and the four who are named ----


def test_the_page_shows_the_stages_of_the_pack_and_names_four(house: House) -> None:
    case = ready(house, "verifying")
    shown = get(house.alice, f"/{case}").json()
    assert [(one["name"], one["state"]) for one in shown["stages"]] == [
        ("发现", "done"),
        ("上报", "done"),
        ("处置", "done"),
        ("督办", "skipped"),
        ("销号", "now"),
    ]
    assert [one["name"] for one in shown["haves"]] == [None, "包步行", "韩处置", None]
    assert get(house.han, f"/{case}").json()["haves"][1] == {
        "part": "report",
        "name": None,
        "place": None,
        "is_hidden": True,
    }
