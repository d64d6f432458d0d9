"""Receipts, audit rows and jobs: KE-17, KE-18. What belongs to a write comes and goes with it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import ALICE, AT, BOB, plain_actor
from wangge.cases.schemas import StepCommand
from wangge.cases.vocabulary import Action
from wangge.kernel import audit, jobs, receipts
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow, Receipt

BOBS, ALICES = plain_actor(BOB, user_id=1), plain_actor(ALICE, user_id=2)


def deliver(command: UUID, content: object, *, actor=BOBS) -> Fate:
    """A service as small as can be."""
    digests = {command: receipts.digest_of(content)}
    with transaction.atomic():
        fates = receipts.settle_repeats(digests, actor=actor)
        if command not in fates:
            fates[command] = Fate.applied(command, version=2)
            receipts.record([fates[command]], digests, kind="tests.deliver", actor=actor, at=AT)
            audit.record([("tests.deliver", "test", str(command), {"version": 2})], actor=actor, at=AT)
    return fates[command]


@pytest.mark.django_db
def test_a_command_sent_twice_is_done_once_and_answered_alike():
    command = new_id()
    first, second = deliver(command, {"a": 1, "b": 2}), deliver(command, {"b": 2, "a": 1})
    assert (first.outcome, first.status) == (Outcome.APPLIED, 200)
    assert (second.outcome, second.status, second.code) == (Outcome.REPEATED, 208, "kernel.command_repeated")
    assert second.result == first.result == {"version": 2}
    assert AuditRow.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "actor"), [({"a": 2}, BOBS), ({"a": 1}, ALICES)])
def test_the_same_id_for_something_else_is_refused(content, actor):
    command = new_id()
    deliver(command, {"a": 1})
    fate = deliver(command, content, actor=actor)
    assert (fate.outcome, fate.status, fate.code) == (Outcome.REFUSED, 409, "kernel.command_id_reused")
    assert Receipt.objects.count() == 1


@pytest.mark.django_db
def test_only_what_was_applied_leaves_a_receipt():
    done, refused = Fate.applied(new_id()), Fate(new_id(), Outcome.REFUSED, 403)
    digests = {done.command_id: b"1", refused.command_id: b"2"}
    receipts.record([done, refused], digests, kind="tests.deliver", actor=BOBS, at=AT)
    assert [receipt.command_id for receipt in Receipt.objects.all()] == [done.command_id]


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_once_are_one():
    command, outcomes = new_id(), []

    def send() -> None:
        try:
            outcomes.append(deliver(command, {"a": 1}).outcome.value)
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(outcomes) == ["applied"] + ["repeated"] * 5
    assert AuditRow.objects.count() == 1


@pytest.mark.django_db
def test_an_audit_row_says_who_in_which_post_did_what():
    audit.record([("cases.pass", "case", "7", {"n": 1})], actor=ALICES, at=AT)
    audit.record([("demo.make", "city", "", {})], actor=None, at=AT)
    rows = list(AuditRow.objects.order_by("id").values_list("actor_id", "actor_name", "role", "action", "at"))
    assert rows == [
        (2, "李爱丽", "dispatcher", "cases.pass", AT),
        (None, "", "installation", "demo.make", AT),
    ]


@pytest.mark.django_db
def test_rows_and_jobs_roll_back_with_the_write():
    def count_jobs() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tests.tell'")
            return int(cursor.fetchone()[0])

    with transaction.atomic():
        audit.record([("tests.deliver", "test", "1", {})], actor=BOBS, at=AT)
        jobs.defer("tests.tell", n=1)
        assert count_jobs() == AuditRow.objects.count() == 1
        transaction.set_rollback(True)
    assert count_jobs() == AuditRow.objects.count() == 0


@given(
    at=st.datetimes(
        timezones=st.sampled_from(
            [UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))]
        )
    ),
    reason=st.text(max_size=40),
    lon=st.none() | st.floats(-180, 180),
    department_id=st.none() | st.integers(1, 2**53),
    photos=st.lists(st.just("a" * 64), max_size=3),
)
def test_the_digest_of_a_command_is_that_of_its_json(
    at: datetime, reason: str, lon: float | None, department_id: int | None, photos: list[str]
) -> None:
    command = StepCommand.model_construct(
        id=new_id(),
        case_id=new_id(),
        action=Action.ACCEPT,
        at=at,
        base_version=1,
        reason=reason,
        photos=photos,
        department_id=department_id,
        merged_into=None,
        lon=lon,
        lat=lon,
    )
    assert receipts.digest_of_command(command) == receipts.digest_of(command.model_dump(mode="json"))
