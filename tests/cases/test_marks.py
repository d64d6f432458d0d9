"""CS-11: a mark is noted in the chain, moves no status and makes nobody's next step stale."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import HOUR, House, command, count_rows, make_case, make_house, take, walk
from tests.cases.test_concurrency import together
from tests.makers import AT
from wangge.cases import one_step, queries, services
from wangge.cases.models import Case, CaseEvent
from wangge.cases.rules import Mark
from wangge.cases.services import MarkCommand
from wangge.kernel.batches import TooMany
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db
DUE = AT + timedelta(days=9)


@pytest.fixture
def house() -> House:
    return make_house()


def mark(case: UUID, kind: str = "urge", **fields: Any) -> MarkCommand:
    return MarkCommand(new_id(), case, Mark(kind), **fields)


def add(*marks: MarkCommand, **fields: Any) -> list[Fate]:
    return services.add_marks(marks, **{"actor": None, "at": AT + HOUR} | fields)


def facts(case: UUID) -> Any:
    return Case.objects.filter(pk=case).values().get()


def test_a_mark_is_an_event_and_leaves_status_and_version_alone(house: House) -> None:
    case = make_case(house)
    before = facts(case)
    [fate] = add(mark(case, detail={"level": 1, "reason": "超期"}), actor=house.alice)
    assert fate.status == 200
    after = facts(case)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"event_count", "chain_head"}
    event = CaseEvent.objects.filter(case_id=case).latest("seq")
    assert (event.seq, event.action, event.before, event.after) == (2, "urge", "reported", "reported")
    assert (event.actor_id, event.role, event.detail["level"]) == (house.alice.user_id, "dispatcher", 1)
    assert AuditRow.objects.filter(action="cases.urge", subject_id=str(case)).count() == 1
    assert list(queries.verify_chains()) == []


def test_a_step_that_was_looked_up_before_the_mark_is_still_taken(house: House) -> None:
    case = make_case(house)
    step = command(case, "accept")
    add(mark(case), mark(case, "card", detail={"colour": "yellow"}))
    assert [fate.status for fate in take(house.alice, step)] == [200]
    assert (facts(case)["version"], facts(case)["event_count"]) == (2, 4)
    assert list(queries.verify_chains()) == []


def test_a_moved_deadline_is_in_the_chain(house: House) -> None:
    case = make_case(house)
    add(mark(case, "move_deadline", clocks={"due_at": DUE}, detail={"reason": "调休改动"}))
    assert facts(case)["due_at"] == DUE
    assert list(queries.verify_chains()) == []


def test_a_mark_sent_twice_is_one_and_a_reused_id_is_refused(house: House) -> None:
    case = make_case(house)
    first = mark(case, detail={"level": 1})
    add(first)
    before = count_rows()
    other = MarkCommand(first.id, case, Mark.CARD)
    assert [(fate.status, fate.code) for fate in add(first, other)] == [
        (208, "kernel.command_repeated"),
        (409, "kernel.command_id_reused"),
    ]
    assert count_rows() == before


def test_what_is_refused_leaves_no_trace(house: House) -> None:
    case, over = make_case(house), make_case(house)
    take(house.alice, command(over, "reject", reason="不属实"))
    before = count_rows()
    assert [(fate.status, fate.code) for fate in add(mark(over), mark(UUID(int=5)))] == [
        (409, "cases.mark_not_allowed"),
        (404, "kernel.not_visible"),
    ]
    assert [fate.status for fate in add(mark(case), actor=house.carol)] == [404]
    assert count_rows() == before
    assert [fate.status for fate in add(mark(over, "issue_document"))] == [200]


def test_a_mark_with_facts_of_its_own_or_other_columns_is_a_mistake_of_the_caller() -> None:
    for fields in ({"detail": {"facts": {}}}, {"clocks": {"closed_at": AT}}):
        with pytest.raises(AssertionError):
            mark(UUID(int=5), **fields)
    with pytest.raises(TooMany):
        add(*[mark(UUID(int=5))] * 2_001)
    assert add() == []


def test_rooms_above_read_many_cases_at_once(house: House) -> None:
    cases = [make_case(house, at=AT + HOUR * n) for n in range(4)]
    walk(house, cases[3], "dispatched")
    take(house.alice, command(cases[2], "reject", reason="不属实"))
    assert set(queries.get_briefs(house.bob, cases)) == set(cases)
    assert queries.get_briefs(house.carol, cases) == {}
    assert queries.get_briefs(house.bob, cases)[cases[3]].department_id == house.fire
    late = [one.id for one in queries.list_open_past(AT + HOUR * 3)]
    assert late == sorted(cases[:2])  # their two hours to be accepted are over
    assert [one.id for one in queries.list_open_past(AT + HOUR * 3, beyond=late[0])] == late[1:]
    assert queries.list_open_past(AT + HOUR) == []
    assert len(queries.list_open()) == 3
    assert queries.list_open(scope="34.02.0.") == []


# ---- at the same time as steps ----


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_mark_and_a_step_at_once_are_both_written() -> None:
    house = make_house()
    for _ in range(5):
        case = make_case(house)
        step = command(case, "accept")
        marks = [mark(case), mark(case)]
        deeds = [partial(add, marks[0]), partial(take, house.alice, step), partial(add, marks[1])]
        answers = together(*deeds)
        assert [fate.status for [fate] in answers] == [200] * 3
        assert (facts(case)["version"], facts(case)["event_count"]) == (2, 4)
    assert list(queries.verify_chains()) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_mark_between_look_and_write_of_the_short_way_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    house = make_house()
    case = make_case(house)
    plain = one_step.take

    def somebody_marks(*given: Any) -> Any:
        monkeypatch.setattr(one_step, "take", plain)
        add(mark(case))
        return plain(*given)

    monkeypatch.setattr(one_step, "take", somebody_marks)
    assert [fate.status for fate in take(house.alice, command(case, "accept"))] == [200]
    assert (facts(case)["version"], facts(case)["event_count"]) == (2, 3)
    assert list(queries.verify_chains()) == []
