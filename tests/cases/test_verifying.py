"""CS-7: one changed byte in the database is found and named; and people who do as they like break nothing."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.makers import HOUR, PACK, House, command, make_case, make_house, take, walk
from tests.cases.test_rules import ROWS
from tests.makers import AT, make_venues
from wangge.cases import queries
from wangge.cases.chain import seal
from wangge.cases.events import read_events
from wangge.cases.models import Case, CaseEvent
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id

pytestmark = pytest.mark.django_db

EVENT_COLUMNS: dict[str, str] = {  # column: what it is changed to, as SQL
    "id": "gen_random_uuid()",
    "case_id": "gen_random_uuid()",
    "seq": "seq + 7",
    "action": "'reject'",
    "before": "'closed'",
    "after": "'closed'",
    "actor_id": "actor_id + 1",
    "actor_name": "actor_name || ' '",
    "role": "'leader'",
    "at": "at + interval '1 microsecond'",
    "detail": "jsonb_set(detail, '{reason}', '\"x\"')",
    "previous_hash": "set_byte(previous_hash, 0, get_byte(previous_hash, 0) # 1)",
    "hash": "set_byte(hash, 31, get_byte(hash, 31) # 1)",
}
CASE_COLUMNS: dict[str, str] = {
    "grid_path": "grid_path || '1.'",
    "venue_id": "NULL",
    "order_id": "gen_random_uuid()",
    "channel": "'hotline'",
    "matter_code": "'H302'",
    "severity": "'larger'",
    "layer": "'market'",
    "is_restricted": "true",
    "text": "text || ' '",
    "address": "''",
    "lon": "lon + 0.000001",
    "lat": "lat - 0.000001",
    "photos": "'{}'",
    "pack_version": "'test@2'",
    "status": "'transferred'",
    "reporter_id": "(SELECT id FROM accounts_user WHERE username = 'carol')",
    "department_id": "(SELECT id FROM accounts_department WHERE kind = 'police')",
    "handler_id": "NULL",
    "verifier_id": "(SELECT id FROM accounts_user WHERE username = 'super')",
    "merged_into_id": "id",
    "stops_operation": "true",
    "answerable_id": "NULL",
    "came_from": "'accepted'",
    "absorbed": "3",
    "co_reporters": "'{7}'",
    "handled_by": "handled_by || 7::bigint",
    "judged_by": "'{7}'",
    "co_departments": "'{7}'",
    "co_waiting": "'{7}'",
    "asked": "'extension'",
    "asked_by_id": "reporter_id",
    "asked_days": "3",
    "approver_id": "reporter_id",
    "suspensions": "1",
    "extensions": "1",
    "fed_back_m": "49",
    "resumed_by_id": "reporter_id",
    "reported_at": "reported_at - interval '1 microsecond'",
    "due_at": "due_at + interval '1 day'",
    "stage_started_at": "stage_started_at + interval '1 second'",
    "stage_due_at": "NULL",
    "closed_at": "now()",
    "rework": "rework + 1",
    "fixed_on_spot": "true",
    "version": "version + 1",
    "event_count": "event_count - 1",
    "chain_head": "set_byte(chain_head, 15, get_byte(chain_head, 15) # 1)",
}


CONSTRAINTS = [one.name for one in Case._meta.constraints]


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def case(house: House) -> UUID:
    [venue] = make_venues()
    case = make_case(house, venue_id=venue.pk, photos=[house.photo])
    make_case(house)
    walk(house, case, "verifying")
    assert found() == []
    return case


def found() -> list[tuple[UUID, int | None, str]]:
    return [(one.case_id, one.seq, one.field) for one in queries.verify_chains()]


def change(statement: str, *values: Any) -> None:
    """Change the database as somebody with a shell would, past every check."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in CONSTRAINTS:
            cursor.execute(f"ALTER TABLE cases_case DROP CONSTRAINT IF EXISTS {name}")
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def test_every_column_is_tried() -> None:
    assert set(EVENT_COLUMNS) == {field.column for field in CaseEvent._meta.concrete_fields}
    assert {*CASE_COLUMNS, "id"} == {one.column for one in Case._meta.concrete_fields if not one.generated}


@pytest.mark.parametrize("column", EVENT_COLUMNS)
def test_a_changed_event_is_found_and_named(case: UUID, column: str) -> None:
    change(
        f"UPDATE cases_caseevent SET {column} = {EVENT_COLUMNS[column]} WHERE case_id = %s AND seq = 3", case
    )
    named = [(where, seq) for where, seq, _ in found()]
    assert (case, 3) in named


@pytest.mark.parametrize("column", CASE_COLUMNS)
def test_a_changed_case_is_found_and_named(case: UUID, column: str) -> None:
    change(f"UPDATE cases_case SET {column} = {CASE_COLUMNS[column]} WHERE id = %s", case)
    also = [(case, None, "co_handlers")] if column == "co_waiting" else []
    assert found() == [(case, None, column), *also]


def test_a_case_under_another_id_is_found(case: UUID) -> None:
    other = new_id()
    change("UPDATE cases_case SET id = %s WHERE id = %s", other, case)
    named = {where for where, _, _ in found()}
    assert named == {case, other}


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_deleted_event_is_found(case: UUID, seq: int) -> None:
    change("DELETE FROM cases_caseevent WHERE case_id = %s AND seq = %s", case, seq)
    assert case in {where for where, _, _ in found()}


def test_a_deleted_case_leaves_its_events(case: UUID) -> None:
    change("DELETE FROM cases_case WHERE id = %s", case)
    assert {where for where, _, _ in found()} == {case}


@pytest.mark.parametrize("seq", [3, 6])
def test_an_added_event_is_found_even_if_it_is_sealed(case: UUID, seq: int) -> None:
    last = read_events([case])[-1]
    forged = seal(
        last.hash,
        id=new_id(),
        case_id=case,
        seq=seq,
        action="pass",
        before="verifying",
        after="closed",
        actor_id=1,
        actor_name="",
        role="grid_chief",
        at=AT + HOUR * 9,
        detail={},
    )
    CaseEvent.objects.create(**forged._asdict())
    assert case in {where for where, _, _ in found()}


def test_only_the_scope_that_was_asked_for_is_looked_at(case: UUID) -> None:
    change("UPDATE cases_case SET text = '' WHERE id = %s", case)
    assert list(queries.verify_chains("34.02.0.")) == []
    assert len(list(queries.verify_chains("34.02.03."))) == 1
    assert (queries.count_chained("34.02.03."), queries.count_chained("34.02.0.")) == (2, 0)


# ---- people who do as they like ----

ACTIONS = sorted({action for _, action in ROWS})
PEOPLE = ["alice", "bob", "carol", "han", "pang", "chief", "super"]
MOVES = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ACTIONS), st.integers(-1, 1), st.integers(0, 2)),
    min_size=5,
    max_size=25,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES, seed=st.integers(0, 99))
def test_random_people_never_break_table_eyes_or_chain(
    house: House, moves: list[tuple[str, str, int, int]], seed: int
) -> None:
    rng = random.Random(seed)
    with transaction.atomic():
        cases = [make_case(house, by=rng.choice(["alice", "bob", "chief"])) for _ in range(3)]
        for n, (who, action, drift, which) in enumerate(moves):
            before = Case.objects.get(pk=cases[which])
            likely = [a for status, a in ROWS if status == before.status and rng.random() < 0.7]
            step = command(
                cases[which],
                rng.choice(likely) if likely else action,
                at=AT + timedelta(minutes=n),
                base_version=before.version + (drift if rng.random() < 0.1 else 0),
                reason="随意",
                photos=[house.photo],
                merged_into=cases[which - 1],
            )
            [fate] = take(house.named(who), step, at=AT + HOUR * 24)
            after = Case.objects.get(pk=cases[which])
            if fate.outcome is Outcome.APPLIED:
                assert after.status in ROWS[before.status, step.action.value]
                assert after.version == before.version + 1
            else:
                assert after.version == before.version
            people = [p for p in (after.reporter_id, after.handler_id, after.verifier_id) if p]
            assert len(people) == len(set(people))
        assert found() == []
        assert set(Case.objects.values_list("pack_version", flat=True)) == {PACK}
        transaction.set_rollback(True)
