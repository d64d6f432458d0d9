"""What people do about late cases: OV-4 … OV-8, and CS-23; with strangers and repeats."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cases.makers import make_case
from tests.makers import AT, Person, make_actor, make_client
from tests.oversight.makers import act, china, make_handled, make_watched_house, take
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.cases.models import Case, CaseEvent
from wangge.cases.queries import verify_chains
from wangge.kernel import calendar_changes
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import DayKind, national
from wangge.kernel.calendar_changes import LocalDayIn
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable, VersionConflict
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.oversight import queries, services
from wangge.oversight.models import Act, Promise
from wangge.oversight.moving import list_moves
from wangge.oversight.schemas import AnswerCommand, LiftCommand, MoveIn, ReplyCommand

pytestmark = pytest.mark.django_db
LATE = china("2025-10-22T09:00")  # three working days after 24:00 of Thursday 16
ADMIN = Actor(9, "管理员", Role.SYSTEM_ADMIN.value, "34.", None, CAPABILITIES[Role.SYSTEM_ADMIN])


@pytest.fixture
def house():
    return make_watched_house()


def codes(fates):
    return [fate.code or fate.outcome.value for fate in fates]


def test_urging_supervising_and_cards_are_marks_and_a_repeat_is_harmless(house):
    case_id = make_handled(house)
    urge, letter, card = act(case_id, "urge"), act(case_id, "supervise"), act(case_id, "red")
    assert codes(take(house.super, urge, letter, card, at=LATE)) == ["applied"] * 3
    assert codes(take(house.super, card, at=LATE)) == ["kernel.command_repeated"]
    done = CaseEvent.objects.filter(case_id=case_id, seq__gt=4).order_by("seq")
    assert [event.action for event in done] == ["urge", "supervise", "card"]
    assert Act.objects.get(kind="supervise").answer_due_at == china("2025-10-28T00:00")  # Thu, Fri, Mon
    assert Act.objects.get(kind="red").answer_due_at == china("2025-10-25T00:00")  # Thu, Fri
    assert list(verify_chains()) == []


def test_who_may_and_what_is_refused(house):
    case_id, in_time, unsent = make_handled(house), make_handled(house, at=LATE), make_case(house)
    assert codes(take(house.alice, act(case_id, "yellow"), at=LATE)) == ["kernel.not_your_role"]
    assert codes(take(house.carol, act(case_id, "urge"), at=LATE)) == ["kernel.not_visible"]
    assert codes(take(house.super, act(in_time, "yellow"), at=LATE)) == ["oversight.nothing_late"]
    assert codes(take(house.super, act(unsent, "supervise"), at=LATE)) == ["oversight.no_department"]
    assert codes(take(house.super, act(case_id, "red"), act(case_id, "yellow"), at=LATE)) == [
        "applied",
        "oversight.card_stands",
    ]
    assert codes(take(house.super, act(case_id, "urge", " "), at=LATE)) == ["kernel.unreadable"]


def test_a_letter_is_answered_once_by_its_department_and_taken_back_by_a_supervisor(house):
    case_id = make_handled(house)
    letter = act(case_id, "supervise")
    take(house.super, letter, at=LATE)
    answer = AnswerCommand(id=new_id(), act_id=letter.id, text="已更换，明日验收")
    assert codes(services.answer_acts([answer], actor=house.pang, at=LATE)) == ["kernel.not_visible"]
    assert codes(services.answer_acts([answer], actor=house.han, at=LATE)) == ["applied"]
    again = AnswerCommand(id=new_id(), act_id=letter.id, text="再答")
    assert codes(services.answer_acts([again], actor=house.han, at=LATE)) == ["oversight.already_answered"]
    lift = LiftCommand(id=new_id(), act_id=letter.id, text="已整改")
    assert codes(services.lift_acts([lift], actor=house.alice, at=LATE)) == ["kernel.not_your_role"]
    assert codes(services.lift_acts([lift], actor=house.super, at=LATE)) == ["applied"]
    assert queries.list_acts(house.super, department_id=None, cursor=None, limit=50, at=LATE).items == []


def test_the_table_of_departments_and_the_late_list(house):
    case_id = make_handled(house)
    services.climb(at=LATE)
    take(house.super, act(case_id, "yellow"), act(case_id, "supervise"), at=LATE)
    page = queries.list_departments(house.super, at=LATE + timedelta(days=10))
    [row] = page.items
    assert page.total == 1
    assert queries.list_departments(house.super, offset=1, at=LATE).items == []
    assert (row.department_id, row.late_cases, row.yellow, row.letters_open) == (house.fire, 1, 1, 1)
    assert row.answers_late == 2
    client = make_client(house.super)
    page = client.get("/api/oversight/late").json()
    assert [item["level"] for item in page["items"]] == [3]
    assert page["items"][0]["card_due"]["card"] == "black"  # by now five working days are long over
    assert client.get("/api/oversight/late/export.csv").status_code == 200
    assert make_client(house.carol).get("/api/oversight/late").json()["items"] == []
    assert make_client(house.bob).get("/api/oversight/late").status_code == 403
    assert make_client(house.carol).get(f"/api/oversight/cases/{case_id}").status_code == 404
    shown = make_client(house.han).get(f"/api/oversight/cases/{case_id}").json()
    assert [one["may_answer"] for one in shown["acts"]] == [True, True]


def test_a_tip_has_promises_that_are_kept_by_a_verdict_and_by_an_answer(house):
    blocked = make_case(house, by="alice", channel="hotline", matter_code="H101")
    assert services.note_promises([blocked]) == 2
    assert services.note_promises([blocked]) == 2  # and noted once
    dues = dict(Promise.objects.filter(case_id=blocked).values_list("code", "due_at"))
    assert dues == {
        "verify_blocked": AT + timedelta(hours=24),
        "reply_reporter": china("2025-10-17T00:00"),
    }
    services.climb(at=AT + timedelta(hours=25))
    shown = queries.get_case(house.alice, blocked, at=AT + timedelta(hours=25))
    assert {one.code: one.light for one in shown.promises} == {
        "verify_blocked": "red",
        "reply_reporter": "green",
    }
    assert "verify_blocked" in {climb.clock for climb in shown.climbs}
    assert shown.promises[0].lines[-1].at == AT + timedelta(hours=24)
    reply = ReplyCommand(id=new_id(), case_id=blocked, text="已派人核查")
    assert codes(services.reply_to_reporters([reply], actor=house.super, at=LATE)) == ["kernel.not_your_role"]
    assert codes(services.reply_to_reporters([reply], actor=house.alice, at=LATE)) == ["applied"]
    second = ReplyCommand(id=new_id(), case_id=blocked, text="再答")
    assert codes(services.reply_to_reporters([second], actor=house.alice, at=LATE)) == [
        "oversight.no_reply_owed"
    ]


def test_a_local_day_off_moves_nothing_until_somebody_says_so(house):
    case_id = make_handled(house)
    before = Case.objects.get(pk=case_id).due_at
    day = LocalDayIn(date(2025, 10, 15), DayKind.LOCAL_OFF, "市政府通知")
    edition = calendar_changes.put_local_days("34.02.03.", [day], actor=ADMIN, at=AT)
    assert AuditRow.objects.filter(action="kernel.change_calendar").count() == 1
    assert Case.objects.get(pk=case_id).due_at == before
    [row] = list_moves(house.alice, beyond=None).items
    assert (row.due_at, row.new_due_at) == (before, china("2025-10-18T00:00"))
    assert list_moves(house.carol, beyond=None).items == []
    given = MoveIn(edition=edition, case_ids=[case_id])
    with pytest.raises(NotYourRole):
        services.move_deadlines(given, actor=house.han, at=AT)
    with pytest.raises(VersionConflict):
        services.move_deadlines(MoveIn(edition=edition - 1, case_ids=[case_id]), actor=house.alice, at=AT)
    assert services.move_deadlines(given, actor=house.alice, at=AT + timedelta(hours=3)).moved == 1
    assert Case.objects.get(pk=case_id).due_at == china("2025-10-18T00:00")
    last = CaseEvent.objects.filter(case_id=case_id).latest("seq")
    assert (last.action, last.actor_name) == ("move_deadline", "李爱丽")
    assert list_moves(house.alice, beyond=None).items == []
    told = make_client(house.bob).get(f"/api/cases/{case_id}/deadline").json()["lines"]
    assert "当地放假，不计" in [line["zh"] for line in told]
    assert list(verify_chains()) == []


def test_a_year_is_loaded_by_the_administrator_and_checked(house):
    holidays = [f"2031-0{month}-01" for month in range(1, 9)]
    client = make_client(house.alice)
    body = {"holidays": holidays, "makeup_days": ["2031-01-04"]}
    answer = client.put("/api/calendar/years/2031", body, content_type="application/json")
    assert answer.status_code == 403
    assert client.get("/api/calendar?year=2031").json()["is_known"] is False
    days = [date.fromisoformat(day) for day in holidays]
    with pytest.raises(Unreadable):
        calendar_changes.put_year(2031, days[:3], [], actor=ADMIN, at=AT)  # no whole year
    with pytest.raises(Unreadable):
        calendar_changes.put_year(2031, days, [date(2031, 1, 6)], actor=ADMIN, at=AT)  # a Monday
    with pytest.raises(NotVisible):
        calendar_changes.put_local_days(
            "44.", [LocalDayIn(date(2025, 10, 15), DayKind.LOCAL_OFF, "x")], actor=ADMIN, at=AT
        )
    calendar_changes.put_year(2031, days, [date(2031, 1, 4)], actor=ADMIN, at=AT)
    shown = client.get("/api/calendar?year=2031").json()
    assert shown["is_known"] is True
    assert {day["on"]: day["kind"] for day in shown["days"]}["2031-01-04"] == "makeup"


@pytest.fixture
def year_2031(monkeypatch):
    """Let the calendar learn a year, and forget it afterwards."""
    for name in ("holidays", "years"):
        monkeypatch.setattr(national, name, set(getattr(national, name)))
    yield lambda: national.extend(2031, [date(2031, 1, 1)], [])
    national._memo.clear()


def test_letters_and_promises_of_an_unknown_year_get_their_day_once_it_is_known(house, year_2031):
    monday = china("2031-03-03T10:00")
    case_id = make_handled(house, at=monday, channel="hotline")
    letter = act(case_id, "supervise")
    assert codes(take(house.super, letter, at=monday)) == ["applied"]
    services.climb(at=monday)
    assert Act.objects.get().answer_due_at is None
    assert [row.answer_due_at for row in queries.get_case(house.super, case_id, at=monday).acts] == [None]
    year_2031()
    services.climb(at=monday + timedelta(minutes=5))
    assert Act.objects.get().answer_due_at == china("2031-03-07T00:00")


def test_loading_a_year_counts_what_waited_for_it(house):
    admin = make_client(make_actor(Person("sys", "系统员", Role.SYSTEM_ADMIN, "34.")))
    body = {"holidays": [f"2031-0{month}-01" for month in range(1, 9)], "makeup_days": []}
    assert admin.put("/api/calendar/years/2031", body, content_type="application/json").status_code == 200
    waiting = ProcrastinateJob.objects.filter(task_name="cases.set_missing_deadlines", status="todo")
    assert waiting.count() == 1
