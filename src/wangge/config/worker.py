"""The background worker: jobs and schedules. Jobs of a worker that died are done again by another."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from wangge.config import ready as ready  # isort: split

import psycopg
from django.db import connection
from procrastinate import App
from procrastinate.contrib.django import app as jobs_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from wangge.config import lifeline, partitions
from wangge.config import run_jobs as run_jobs  # its tasks register themselves
from wangge.config.territory_api import MOVERS
from wangge.kernel import clock
from wangge.territory import services as territory

HEARTBEAT_S = 5.0
STALLED_S = 20.0  # a worker without a heartbeat for so long is dead: four beats missed
LOOK_S = 10.0
PULSE_S = 1.0


@jobs_app.periodic(cron="7 3 * * *")
@jobs_app.task(name="config.make_partitions", queueing_lock="config.make_partitions")
def make_partitions(timestamp: int) -> None:
    """Make the coming months' partitions, every night."""
    partitions.make_ahead(clock.today())


@jobs_app.periodic(cron="*/10 * * * *")
@jobs_app.task(name="config.carry_late", queueing_lock="config.carry_late")
def carry_late(timestamp: int) -> int:
    """What arrived in grids that have ended goes on in those that stand (TE-14)."""
    return territory.carry_late(MOVERS, at=clock.now())


async def retry_stalled(app: App) -> int:
    """Put the jobs of dead workers back into the queue. Returns how many.

    Where the same job waits there already (its queueing lock is taken), that one does the work.
    """
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S))
    for job in stalled:
        try:
            await app.job_manager.retry_job(job, retry_at=clock.now())
        except UniqueViolation:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
    return len(stalled)


async def _keep_retrying(app: App) -> None:
    while True:
        if retried := await retry_stalled(app):
            logging.getLogger(__name__).warning("%d jobs of a dead worker are done again", retried)
        await asyncio.sleep(LOOK_S)


async def _watch_database() -> None:
    """End the process when the database goes: a pool that waits for it would not even hear SIGTERM.

    The supervisor starts a fresh one, and the jobs that were under way are done again.
    """
    wanted = connection.get_connection_params()
    reach = {key: value for key, value in wanted.items() if key not in {"cursor_factory", "context"}}
    try:
        async with await psycopg.AsyncConnection.connect(**reach, autocommit=True) as line:
            while True:
                await line.execute("SELECT 1")
                await asyncio.sleep(PULSE_S)
    except psycopg.OperationalError as error:
        print(f"worker: the database is away: {error}", file=sys.stderr, flush=True)
        os._exit(1)


async def work(app: App) -> None:
    """Work until told to stop by SIGTERM, or until the database goes."""
    async with app.open_async(), asyncio.TaskGroup() as tasks:
        await app.job_manager.prune_stalled_workers(STALLED_S)
        watchers = [tasks.create_task(_watch_database()), tasks.create_task(_keep_retrying(app))]
        await app.run_worker_async(
            concurrency=4,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_S,
            shutdown_graceful_timeout=10.0,
            delete_jobs="successful",
        )
        for watcher in watchers:
            watcher.cancel()


def main() -> int:
    """Run one worker. Returns the exit code."""
    lifeline.die_with_parent(signal.SIGKILL)  # its database goes too; another does its job again
    connector = jobs_app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError(f"unexpected connector {connector!r}")
    with jobs_app.replace_connector(connector.get_worker_connector()) as app:
        asyncio.run(work(app))
    return 0


if __name__ == "__main__":
    sys.exit(main())
