"""A run that the command does itself, with a bar of its rows; Ctrl-C ends it and nothing is loaded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from wangge.config.saying import say
from wangge.kernel import clock, runs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.run_rules import Outcome, RunState
from wangge.kernel.run_work import Desk, Watch, Work, do_run
from wangge.kernel.runs import Asked
from wangge.territory.schemas import ImportReport

LOOK_S = 0.2


class RunEnded(Refused):
    """Somebody cancelled it from a page, or the database said no."""

    code = "config.run_ended"
    zh = "任务没有完成（{state}），没有写入任何内容。"
    en = "The run did not finish ({state}); nothing was written."


class RunRefused(Refused):
    """The no that ended the run, said again."""

    code = "config.run_refused"
    zh = "没有写入任何内容：{why_zh}"
    en = "Nothing was written: {why_en}"


def run_here(asked: Asked, work: Work, file: Path, *, actor: Actor, quiet: bool) -> ImportReport:
    """Do the import and return its whole report. Raises: as the import; RunEnded; KeyboardInterrupt.

    Rule: KE-33, KE-35. It is seen on the page of runs as any other, and can be cancelled there.
    """
    run = runs.note_run(asked, actor=actor, at=clock.now(), file_bytes=file.stat().st_size)
    told: list[Outcome] = []

    def watched(desk: Desk) -> Outcome:
        with _bar(desk.watch, file.name, quiet=quiet):
            told.append(work(desk))
        return told[0]

    try:
        with file.open("rb") as given:
            state = do_run(run.pk, watched, lambda _: actor, now=clock.now, given=given)
    except KeyboardInterrupt:
        say("已取消，没有写入任何内容。", "Cancelled; nothing was written.")
        raise
    if not told or state not in {RunState.DONE, RunState.REFUSED}:
        run.refresh_from_db()
        if run.refusal:
            raise RunRefused(why_zh=run.refusal["zh"], why_en=run.refusal["en"])
        raise RunEnded(state=state.value)
    return ImportReport.model_validate(told[0].whole or told[0].report)


@contextmanager
def _bar(watch: Watch, name: str, *, quiet: bool) -> Iterator[None]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    over = threading.Event()
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        reading = bar.add_task(f"读取 read {name}", total=None)
        writing = bar.add_task("写入 write", total=None)

        def look() -> None:
            while not over.wait(LOOK_S):
                bar.update(reading, completed=watch.rows, total=watch.total)
                bar.update(writing, completed=watch.written, total=watch.total)

        looker = threading.Thread(target=look, daemon=True)
        looker.start()
        try:
            yield
        finally:
            over.set()
            looker.join()
