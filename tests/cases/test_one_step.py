"""A single step outside any transaction takes the short way; it answers and writes as the long way does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import HOUR, House, command, count_rows, make_case, make_house, take, walk
from tests.cases.test_refusals import REFUSALS
from tests.makers import AT
from wangge.cases import one_step, queries, services
from wangge.cases.models import Case, CaseEvent
from wangge.kernel.fates import Fate
from wangge.kernel.models import AuditRow, Receipt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[Fate | None]:
    """The answers of the short way, in order."""
    answers: list[Fate | None] = []
    plain = one_step.take_one

    def watched(*given: Any) -> Fate | None:
        answers.append(plain(*given))
        return answers[-1]

    monkeypatch.setattr(one_step, "take_one", watched)
    return answers


def rows_of(case: UUID) -> list[list[dict[str, Any]]]:
    """Return everything the steps wrote of a case, without what differs from case to case."""
    own = {"id", "case_id", "previous_hash", "hash", "command_id", "subject_id", "digest", "chain_head"}
    commands = CaseEvent.objects.filter(case_id=case).values("id")
    tables = [
        Case.objects.filter(pk=case),
        CaseEvent.objects.filter(case_id=case).order_by("seq"),
        AuditRow.objects.filter(subject_id=str(case)).order_by("id"),
        Receipt.objects.filter(command_id__in=commands).order_by("command_id"),
    ]
    rows = [[{k: v for k, v in row.items() if k not in own} for row in table.values()] for table in tables]
    for receipt in rows[3]:
        receipt["result"].pop("case_id")
    return rows


def test_the_short_way_writes_what_the_long_way_writes(
    house: House, short: list[Fate | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = make_case(house)
    walk(house, quick, "closed")
    assert [fate and fate.status for fate in short] == [200] * 5
    monkeypatch.setattr(one_step, "take_one", lambda *given: None)
    slow = make_case(house)
    walk(house, slow, "closed")
    assert rows_of(quick) == rows_of(slow)
    assert list(queries.verify_chains()) == []


def test_every_refusal_is_the_same_and_leaves_no_trace(house: House, short: list[Fate | None]) -> None:
    for name, (status, who, fields, answer) in REFUSALS.items():
        case = make_case(house)
        if status != "reported":
            walk(house, case, status)
        step = command(**{"case_id": case, "at": AT + HOUR * 3} | fields)
        before = count_rows()
        [fate] = take(house.named(who), step, at=AT + HOUR * 3)
        assert (fate.status, fate.code) == answer, name
        assert short[-1] is None
        assert count_rows() == before, name


def test_a_repeat_and_a_reused_id_are_told_apart(house: House) -> None:
    one, other = make_case(house), make_case(house)
    step = command(one, "accept")
    [done] = take(house.alice, step)
    before = count_rows()
    [again] = take(house.alice, step, at=AT + HOUR)
    assert (again.status, again.code, again.result) == (208, "kernel.command_repeated", done.result)
    reused = command(other, "accept", id=step.id)
    assert [fate.code for fate in take(house.alice, reused)] == ["kernel.command_id_reused"]
    assert count_rows() == before
    assert Case.objects.get(pk=other).version == 1


def test_a_step_that_lost_the_race_writes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case(house)
    plain = one_step.take

    def somebody_is_faster(*given: Any) -> Any:
        monkeypatch.setattr(one_step, "take", plain)
        services.take_steps([command(case, "reject", reason="不属实")], actor=house.alice, at=AT)
        return plain(*given)

    monkeypatch.setattr(one_step, "take", somebody_is_faster)
    [fate] = take(house.alice, command(case, "accept"))
    assert (fate.status, fate.code) == (409, "kernel.version_conflict")
    assert Case.objects.get(pk=case).status == "rejected"
    assert CaseEvent.objects.count() == 2
    assert list(queries.verify_chains()) == []
