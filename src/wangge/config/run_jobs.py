"""Jobs of runs: doing one, noting those whose worker died, removing files after a day."""

from __future__ import annotations

from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app as jobs_app

from wangge.config.run_kinds import KINDS, find_author
from wangge.kernel import clock, runs
from wangge.kernel.models import FileRun
from wangge.kernel.run_work import do_run


@jobs_app.task(name=runs.DO_RUN, pass_context=True)
def do_asked_run(context: JobContext, run_id: str) -> str:
    """Do a run that was asked for; a worker that is told to stop leaves it interrupted."""
    run = FileRun.objects.get(pk=run_id)
    state = do_run(UUID(run_id), KINDS[run.kind], find_author, now=clock.now, must_stop=context.should_abort)
    return state.value


@jobs_app.periodic(cron="* * * * *")
@jobs_app.task(name="config.settle_runs", queueing_lock="config.settle_runs")
def settle_runs(timestamp: int | None = None) -> int:
    """Note runs whose worker died, and remove the files of those that ended a day ago."""
    return len(runs.settle_lost(at=clock.now())) + runs.forget_files(at=clock.now())
