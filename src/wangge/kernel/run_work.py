"""Doing a run: told to others while it is not committed, ended by them in the middle, whole or not at all."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any, Protocol
from uuid import UUID

import psycopg
from django.db import connection, transaction

from wangge.kernel import run_files, runs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.models import FileRun
from wangge.kernel.run_files import ProblemFile
from wangge.kernel.run_rules import Outcome, PostChanged, RunState, Way

EVERY_S = 1.0
HOLD = f"SELECT pg_try_advisory_lock({runs.KEY}) FROM kernel_filerun WHERE id = %s"
BEAT = """
UPDATE kernel_filerun SET rows = %s, rows_total = %s, written = %s
 WHERE id = %s AND state = 'running' RETURNING cancel_asked_at IS NOT NULL
"""


class Ended(Exception):
    """Leaves the work in the middle; the transaction rolls back."""

    def __init__(self, state: RunState) -> None:
        self.state = state
        super().__init__(state.value)


class Progress(Protocol):
    """Whom the work tells how far it is; each call may end it."""

    def expect(self, rows: int | None) -> None: ...
    def read(self, rows: int) -> None: ...
    def wrote(self, rows: int) -> None: ...


class Unwatched:
    """Nobody looks and nobody ends it: a call from a program."""

    def expect(self, rows: int | None) -> None:
        return

    def read(self, rows: int) -> None:
        return

    def wrote(self, rows: int) -> None:
        return


class Watch:
    """Tells how far a run is over a connection of its own, once a second, and hears there that it shall end.

    The connection also holds the lock by which everybody knows that the process lives (KE-36). A statement
    that runs when the end is asked for is cancelled in the database.
    """

    def __init__(self, run_id: UUID, must_stop: Callable[[], bool], every_s: float = EVERY_S) -> None:
        self.run_id, self.must_stop, self.every_s = run_id, must_stop, every_s
        self.rows, self.total, self.written = 0, None, 0  # type: int, int | None, int
        self.why: RunState | None = None
        self._quiet = threading.Event()
        self._thread = threading.Thread(target=self._look, name=f"run {run_id}", daemon=True)
        connection.ensure_connection()
        self._working = connection.connection
        wanted = connection.get_connection_params()
        reach = {key: value for key, value in wanted.items() if key not in {"cursor_factory", "context"}}
        self._line = psycopg.connect(**reach, autocommit=True)

    def hold(self) -> bool:
        """Return whether the run is ours to do: nobody else holds it."""
        row = self._line.execute(HOLD, [self.run_id]).fetchone()
        return bool(row and row[0])

    def begin(self) -> None:
        self._thread.start()

    def silence(self) -> None:
        """Tell nothing more: from here on the work's own transaction writes the row."""
        self._quiet.set()
        if self._thread.is_alive():
            self._thread.join()

    def close(self) -> None:
        self.silence()
        self._line.close()

    def expect(self, rows: int | None) -> None:
        self.total = rows

    def read(self, rows: int) -> None:
        self.rows = rows
        self.check()

    def wrote(self, rows: int) -> None:
        self.written = rows
        self.check()

    def check(self) -> None:
        if self.why is not None:
            raise Ended(self.why)

    def _look(self) -> None:
        while not self._quiet.wait(self.every_s):
            try:
                row = self._line.execute(BEAT, [self.rows, self.total, self.written, self.run_id]).fetchone()
            except psycopg.Error:
                logging.getLogger(__name__).exception("run %s is not told any more", self.run_id)
                self.why = RunState.INTERRUPTED
                return
            if row is None or self.must_stop():
                self.why = RunState.INTERRUPTED
            elif row[0]:
                self.why = RunState.CANCELLED
            if self.why is not None and self._working is not None:
                with contextlib.suppress(psycopg.Error):
                    self._working.cancel_safe(timeout=5)


@dataclass(slots=True)
class Desk:
    """What a run works with. `problems` and `result` are its files to be."""

    run: FileRun
    actor: Actor
    at: datetime
    watch: Watch
    given: IO[bytes] | None
    problems: ProblemFile
    result: IO[bytes]


Work = Callable[[Desk], Outcome]


def do_run(
    run_id: UUID,
    work: Work,
    find_actor: Callable[[FileRun], Actor | None],
    *,
    now: Callable[[], datetime],
    given: IO[bytes] | None = None,
    must_stop: Callable[[], bool] = lambda: False,
    every_s: float = EVERY_S,
) -> RunState:
    """Do a run that waits, once, as its author, and return how it ended.

    What it does is committed together with its end, or not at all. A job that comes a second time, as its
    first worker died, finds the run begun and does not begin it again.
    Raises: what the work raises and nobody expected; the run is then failed.
    Rule:   KE-34 to KE-36.
    """
    watch = Watch(run_id, must_stop, every_s)
    try:
        if not watch.hold():
            return RunState(FileRun.objects.get(pk=run_id).state)
        waiting = FileRun.objects.filter(pk=run_id, state=RunState.WAITING)
        if not waiting.update(state=RunState.RUNNING, started_at=now()):
            return _found_begun(run_id, now())
        watch.begin()
        return _do(run_id, work, find_actor, watch, given, now)
    finally:
        watch.close()


def _found_begun(run_id: UUID, at: datetime) -> RunState:
    """The lock is ours, so whoever ran it is gone."""
    FileRun.objects.filter(pk=run_id, state=RunState.RUNNING).update(state=RunState.INTERRUPTED, ended_at=at)
    return RunState(FileRun.objects.get(pk=run_id).state)


def _do(
    run_id: UUID,
    work: Work,
    find_actor: Callable[[FileRun], Actor | None],
    watch: Watch,
    given: IO[bytes] | None,
    now: Callable[[], datetime],
) -> RunState:
    run = FileRun.objects.get(pk=run_id)
    try:
        with ExitStack() as stack:
            actor = _author(run, find_actor(run))
            if run.has_file:
                given = stack.enter_context(run_files.open_plain(run_id, run_files.GIVEN))
            problems, result = (stack.enter_context(run_files.nameless()) for _ in range(2))
            desk = Desk(run, actor, now(), watch, given, ProblemFile(problems), result)
            return _committed(desk, work, problems, now)
    except Refused as refusal:
        return _end(run, RunState.REFUSED, now(), refusal=refusal.as_dict())
    except Ended as ended:
        return _end(run, ended.state, now())
    except KeyboardInterrupt:
        _end(run, RunState.CANCELLED, now())
        raise
    except Exception:
        if watch.why is not None:  # a statement that was cancelled under it, or a COPY
            return _end(run, watch.why, now())
        logging.getLogger(__name__).exception("run %s", run_id)
        _end(run, RunState.FAILED, now())
        raise


def _committed(desk: Desk, work: Work, problems: IO[bytes], now: Callable[[], datetime]) -> RunState:
    """Do the work and write the end of the run in its transaction."""
    with transaction.atomic():
        with _silenced(desk.watch):
            with connection.cursor() as cursor:  # a dead client's statement does not go on for long
                cursor.execute("SET LOCAL client_connection_check_interval = '2s'")
            outcome = work(desk)
            desk.watch.check()
        desk.problems.close()
        return _finish(desk, outcome, problems, now())


@contextmanager
def _silenced(watch: Watch) -> Iterator[None]:
    """A cancel that comes late would hit the rollback or the statement after it."""
    try:
        yield
    finally:
        watch.silence()


def _author(run: FileRun, actor: Actor | None) -> Actor:
    """Return the author in the post in which it was asked for. Raises: PostChanged. Rule: KE-36."""
    if actor is None or actor.role != run.asked_role or not run.scope.startswith(actor.scope):
        raise PostChanged()
    actor.check_can(run.capability)
    return replace(actor, scope=run.scope)


def _finish(desk: Desk, outcome: Outcome, problems: IO[bytes], at: datetime) -> RunState:
    run, state = desk.run, RunState.REFUSED if outcome.is_refused else RunState.DONE
    has_result = run.way == Way.OUT and state is RunState.DONE
    if desk.problems.count:
        run_files.keep(run.pk, run_files.PROBLEMS, problems)
    if has_result:
        run_files.keep(run.pk, run_files.RESULT, desk.result)
    is_loaded = state is RunState.DONE and not run.is_dry_run
    written: dict[str, Any] = {
        "rows": outcome.rows, "rows_total": outcome.rows, "written": outcome.created + outcome.updated,
        "created": outcome.created, "updated": outcome.updated, "unchanged": outcome.unchanged,
        "bad_rows": outcome.bad_rows, "problems": outcome.problems, "report": dict(outcome.report),
        "has_problem_file": desk.problems.count > 0, "has_result": has_result,
        "has_file": run.has_file and not is_loaded,
    }  # fmt: skip
    ours = FileRun.objects.filter(pk=run.pk, state=RunState.RUNNING, cancel_asked_at__isnull=True)
    if not ours.update(state=state, ended_at=at, **written):
        raise Ended(RunState.CANCELLED)
    if is_loaded and run.has_file:
        transaction.on_commit(lambda: run_files.forget(run.pk, run_files.GIVEN))
    return state


def _end(run: FileRun, state: RunState, at: datetime, refusal: dict[str, Any] | None = None) -> RunState:
    """Note how a run ended of which nothing was loaded; what it had written of files goes."""
    run_files.forget(run.pk, run_files.PROBLEMS, run_files.RESULT)
    FileRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=state, ended_at=at, refusal=refusal, written=0
    )
    return RunState(FileRun.objects.get(pk=run.pk).state)
