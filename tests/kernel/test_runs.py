"""KE-33 to KE-37: a run is seen while it works, ended in the middle, and leaves nothing behind."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from tests.makers import ALICE, AT, CAROL, Person, make_actor
from wangge.accounts.rules import Role
from wangge.kernel import clock, run_files, runs, staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import CommandIdReused, NotVisible, NotYourRole
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow, FileRun, LocalDay
from wangge.kernel.run_rules import Outcome, RunFileGone, RunOver, RunState, RunStillOpen, Way
from wangge.kernel.run_telling import run_out
from wangge.kernel.run_work import Desk, Work, do_run
from wangge.kernel.runs import Asked
from wangge.territory.rules import Kind, Problems

pytestmark = [pytest.mark.django_db(transaction=True)]
WITHIN_S = 30
BAD = Kind("x.bad", "“{value}”不对", "{value} is wrong", "改正", "mend it")


@pytest.fixture
def alice() -> Actor:
    return make_actor(ALICE)


def ask(actor: Actor, content: bytes = b"1\n2\n3\n", *, run_id: UUID | None = None, **more: Any) -> FileRun:
    given = {"kind": "x.import", "way": Way.IN, "capability": "venues.write", "file_name": "x.csv", **more}
    asked = Asked(run_id or new_id(), **given)
    return runs.ask_run(asked, SimpleUploadedFile("x.csv", content), actor=actor, at=clock.now())


def do(run: FileRun, work: Work, actor: Actor | None, **more: Any) -> str:
    return do_run(run.pk, work, lambda _: actor, now=clock.now, every_s=0.02, **more).value


def another_connection() -> psycopg.Connection[Any]:
    wanted = connection.get_connection_params()
    reach = {key: value for key, value in wanted.items() if key not in {"cursor_factory", "context"}}
    return psycopg.connect(**reach, autocommit=True)


def wait_until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.01)  # between two looks; the result does not hang on it


def write_a_day() -> None:
    """Something of a register, which stands only when the run is done."""
    LocalDay.objects.create(path=ALICE.scope, on=AT.date(), kind="local_off", reason="x")


def test_a_run_is_done_once_with_its_file_and_its_counts(alice: Actor) -> None:
    run = ask(alice, options={"a": 1})
    seen: list[Any] = []

    def work(desk: Desk) -> Outcome:
        assert desk.given is not None
        seen.append((desk.given.read(), desk.run.options, desk.actor.scope))
        write_a_day()
        return Outcome(rows=3, created=2, unchanged=1, report={"kind": "x"})

    assert (do(run, work, alice), do(run, work, alice)) == ("done", "done")
    assert seen == [(b"1\n2\n3\n", {"a": 1}, ALICE.scope)]
    run.refresh_from_db()
    assert (run.rows, run.created, run.unchanged, run.report) == (3, 2, 1, {"kind": "x"})
    assert (LocalDay.objects.count(), run.has_file) == (1, False)  # loaded: what came in goes at once
    assert not storages["files"].exists(f"runs/{run.pk}/given")
    assert run_out(run, alice).share_pct == 100


def test_what_came_in_lies_sealed_until_it_is_used(alice: Actor) -> None:
    content = b"13812345678" * 300_000  # more than one frame
    run = ask(alice, content)
    with storages["files"].open(f"runs/{run.pk}/given") as kept:
        assert b"13812345678" not in kept.read()
    with run_files.open_plain(run.pk, run_files.GIVEN) as plain:
        assert plain.read() == content


def test_progress_is_seen_from_another_connection_before_anything_is_committed(alice: Actor) -> None:
    run = ask(alice)
    told: list[Any] = []

    def work(desk: Desk) -> Outcome:
        write_a_day()
        desk.watch.expect(10)
        desk.watch.read(7)
        with another_connection() as line:
            sql = "SELECT state, rows, rows_total FROM kernel_filerun WHERE id = %s"
            wait_until(lambda: line.execute(sql, [run.pk]).fetchone() == ("running", 7, 10))
            days = line.execute("SELECT count(*) FROM kernel_localday").fetchone()
            told.append(days)
        return Outcome(rows=10, created=10)

    assert do(run, work, alice) == "done"
    assert told == [(0,)]
    assert LocalDay.objects.count() == 1


def test_a_cancel_in_the_middle_rolls_everything_back(alice: Actor) -> None:
    run = ask(alice)

    def work(desk: Desk) -> Outcome:
        write_a_day()
        with another_connection() as line:  # as the page asks
            line.execute("UPDATE kernel_filerun SET cancel_asked_at = now() WHERE id = %s", [run.pk])
        for rows in range(10**9):
            desk.watch.read(rows)
        raise AssertionError("nobody ended it")

    assert do(run, work, alice) == "cancelled"
    assert LocalDay.objects.count() == 0
    run.refresh_from_db()
    assert (run.created, run.has_problem_file, run.ended_at is not None) == (0, False, True)
    assert run.has_file  # for whoever wants to do it again, for a day


def test_a_cancel_ends_a_statement_that_would_run_for_long(alice: Actor) -> None:
    run = ask(alice)

    def work(desk: Desk) -> Outcome:
        with another_connection() as line:
            line.execute("UPDATE kernel_filerun SET cancel_asked_at = now() WHERE id = %s", [run.pk])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(600)")
        raise AssertionError("it was not cancelled")

    began = time.monotonic()
    assert do(run, work, alice) == "cancelled"
    assert time.monotonic() - began < WITHIN_S
    write_a_day()  # the connection goes on


def test_a_cancel_ends_a_copy_that_goes_on(alice: Actor) -> None:
    run = ask(alice)

    def work(desk: Desk) -> Outcome:
        with another_connection() as line:
            line.execute("UPDATE kernel_filerun SET cancel_asked_at = now() WHERE id = %s", [run.pk])
        staging.make_table("many_rows", "n int")
        staging.copy_rows("many_rows", ([1] for _ in iter(lambda: desk.watch.why, RunState.CANCELLED)))
        desk.watch.check()  # the batch was through before the database heard of it
        raise AssertionError("it was not cancelled")

    assert do(run, work, alice) == "cancelled"
    write_a_day()  # the connection goes on


def test_a_cancel_after_the_last_row_still_wins_and_one_after_the_end_is_told(alice: Actor) -> None:
    run, other = ask(alice), ask(alice)

    def work(desk: Desk) -> Outcome:
        write_a_day()
        desk.watch.silence()  # nobody looks any more
        with another_connection() as line:
            line.execute("UPDATE kernel_filerun SET cancel_asked_at = now() WHERE id = %s", [run.pk])
        return Outcome(rows=1, created=1)

    assert do(run, work, alice) == "cancelled"
    assert LocalDay.objects.count() == 0
    assert do(other, lambda desk: Outcome(rows=0), alice) == "done"
    with pytest.raises(RunOver):
        runs.cancel_run(other.pk, actor=alice, at=AT)


def test_one_that_waits_is_cancelled_at_once_and_never_begins(alice: Actor) -> None:
    run = ask(alice)
    assert runs.cancel_run(run.pk, actor=alice, at=AT).state == "cancelled"
    assert do(run, lambda desk: Outcome(rows=1), alice) == "cancelled"
    assert AuditRow.objects.filter(action="runs.cancel", subject_id=str(run.pk)).count() == 1


def test_a_worker_that_is_told_to_stop_leaves_it_interrupted(alice: Actor) -> None:
    run, stop = ask(alice), threading.Event()

    def work(desk: Desk) -> Outcome:
        write_a_day()
        stop.set()
        for rows in range(10**9):
            desk.watch.read(rows)
        raise AssertionError("nobody ended it")

    assert do(run, work, alice, must_stop=stop.is_set) == "interrupted"
    assert LocalDay.objects.count() == 0


def test_a_run_whose_process_is_gone_is_noted_and_one_that_lives_is_not(alice: Actor) -> None:
    lost, lives = ask(alice), ask(alice)
    FileRun.objects.filter(pk=lost.pk).update(state="running", started_at=AT)

    def work(desk: Desk) -> Outcome:
        assert runs.settle_lost(at=AT) == [lost.pk]
        return Outcome(rows=0)

    assert do(lives, work, alice) == "done"
    assert FileRun.objects.get(pk=lost.pk).state == "interrupted"
    assert AuditRow.objects.filter(action="runs.interrupted", subject_id=str(lost.pk)).count() == 1
    assert do(lost, work, alice) == "interrupted"  # the job comes again when its worker has died


def test_a_program_that_fails_leaves_nothing_and_says_so(alice: Actor) -> None:
    run = ask(alice)

    def work(desk: Desk) -> Outcome:
        write_a_day()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(run, work, alice)
    assert (FileRun.objects.get(pk=run.pk).state, LocalDay.objects.count()) == ("failed", 0)


def test_every_problem_is_in_the_error_file_and_a_cell_is_no_formula(alice: Actor) -> None:
    run = ask(alice)

    def work(desk: Desk) -> Outcome:
        problems = Problems(tell=desk.problems.add)
        for row in range(1, 3_001):
            problems.add(BAD, row, "列", f"=1+{row}")
        return Outcome(rows=3_000, bad_rows=problems.bad_row_count, problems=problems.count, is_refused=True)

    assert do(run, work, alice) == "refused"
    run.refresh_from_db()
    assert (run.bad_rows, run.problems, run.has_problem_file) == (3_000, 3_000, True)
    _, content = runs.open_run_file(run.pk, run_files.PROBLEMS, actor=alice, at=AT)
    with content:
        lines = content.read().decode("utf-8-sig").splitlines()
    assert len(lines) == 3_001
    assert lines[-1] == ",3000,列,'=1+3000,错误 error,“=1+3000”不对,改正,'=1+3000 is wrong,mend it,x.bad"
    assert AuditRow.objects.filter(action="runs.download", subject_id=str(run.pk)).count() == 1


def test_it_acts_as_its_author_and_only_while_they_hold_the_post(alice: Actor) -> None:
    def work(desk: Desk) -> Outcome:
        raise AssertionError("it was done")

    gone, moved, lower = ask(alice), ask(alice), ask(alice)
    assert do(gone, work, None) == "refused"
    assert do(moved, work, make_actor(CAROL)) == "refused"
    assert do(lower, work, Actor(alice.user_id, "", Role.LEADER, ALICE.scope)) == "refused"
    refusal = FileRun.objects.get(pk=gone.pk).refusal
    assert refusal is not None
    assert (refusal["code"], bool(refusal["zh"]), bool(refusal["en"])) == (
        "kernel.run_post_changed",
        True,
        True,
    )


def test_a_run_is_seen_by_its_author_and_above_and_by_no_stranger(alice: Actor) -> None:
    run = ask(alice)
    above = make_actor(Person("chief", "区管理员", Role.SYSTEM_ADMIN, "34.02.03."))
    carol = make_actor(CAROL)
    assert [one.pk for one in runs.list_runs(above, before=None, way="", limit=5)] == [run.pk]
    assert runs.list_runs(carol, before=None, way="", limit=5) == []
    for attempt in (
        lambda: runs.get_run(carol, run.pk),
        lambda: runs.cancel_run(run.pk, actor=carol, at=AT),
        lambda: runs.open_run_file(run.pk, run_files.PROBLEMS, actor=carol, at=AT),
        lambda: runs.repeat_run(run.pk, new_id(), None, is_dry_run=False, actor=carol, at=AT),
    ):
        with pytest.raises(NotVisible):
            attempt()
    assert FileRun.objects.get(pk=run.pk).cancel_asked_at is None


def test_who_may_not_asks_for_none(alice: Actor) -> None:
    with pytest.raises(NotYourRole):
        ask(alice, capability="territory.write")
    assert FileRun.objects.count() == 0


def test_the_same_id_is_one_run_and_another_content_is_refused(alice: Actor) -> None:
    run_id = new_id()
    assert ask(alice, run_id=run_id).pk == ask(alice, run_id=run_id).pk
    with pytest.raises(CommandIdReused):
        ask(alice, run_id=run_id, options={"other": 1})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args->>'run_id' = %s", [str(run_id)])
        assert cursor.fetchone() == (1,)
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_what_was_checked_is_loaded_from_the_file_that_is_kept(alice: Actor) -> None:
    checked = ask(alice, is_dry_run=True, options={"dry_run": True})
    with pytest.raises(RunStillOpen):
        runs.repeat_run(checked.pk, new_id(), None, is_dry_run=False, actor=alice, at=AT)
    assert do(checked, lambda desk: Outcome(rows=3), alice) == "done"
    loaded = runs.repeat_run(checked.pk, new_id(), None, is_dry_run=False, actor=alice, at=clock.now())
    assert (loaded.options, loaded.again_of, loaded.has_file) == ({"dry_run": False}, checked.pk, True)
    read: list[bytes] = []

    def work(desk: Desk) -> Outcome:
        read.append(desk.given.read() if desk.given else b"")
        return Outcome(rows=3)

    assert do(loaded, work, alice) == "done"
    assert read == [b"1\n2\n3\n"]


def test_files_go_after_a_day_and_the_record_stays(alice: Actor) -> None:
    run = ask(alice, is_dry_run=True)
    told = {"kind": "x", "problems": [{"value": "13812345678"}]}
    assert do(run, lambda desk: Outcome(rows=3, report=told), alice) == "done"
    ended = FileRun.objects.get(pk=run.pk).ended_at
    assert ended is not None
    assert runs.forget_files(at=ended + timedelta(hours=23)) == 0
    assert runs.forget_files(at=ended + timedelta(hours=25)) == 1
    assert not storages["files"].exists(f"runs/{run.pk}/given")
    with pytest.raises(RunFileGone):
        runs.repeat_run(run.pk, new_id(), None, is_dry_run=False, actor=alice, at=AT)
    assert FileRun.objects.get(pk=run.pk).report == {"kind": "x", "problems": []}
    assert json.loads(run_out(FileRun.objects.get(pk=run.pk), alice).model_dump_json())["rows"] == 3


def test_an_export_leaves_its_file(alice: Actor) -> None:
    asked = Asked(new_id(), "x.export", Way.OUT, "venues.export", file_name="x.csv")
    run = runs.ask_run(asked, None, actor=alice, at=clock.now())

    def work(desk: Desk) -> Outcome:
        desk.result.write(b"a,b\n")
        return Outcome(rows=1)

    assert do(run, work, alice) == "done"
    _, content = runs.open_run_file(run.pk, run_files.RESULT, actor=alice, at=AT)
    with content:
        assert content.read() == b"a,b\n"
