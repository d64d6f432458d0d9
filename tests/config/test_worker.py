"""Jobs of a worker that died are done again by another."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app as jobs_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from wangge.config import worker
from wangge.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody_works() -> None:
    """Django empties its own tables between tests, and these are not its own."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def make_job_of(worker_id: int) -> int:
    job_id = int(jobs_app.configure_task("config.nobody_knows", allow_unknown=True).defer())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [worker_id, job_id],
        )
    return job_id


def make_worker(*, silent_for: timedelta) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
            [clock.now() - silent_for],
        )
        return int(cursor.fetchone()[0])


def retry() -> int:
    connector = jobs_app.connector
    assert isinstance(connector, DjangoConnector)

    async def once() -> int:
        with jobs_app.replace_connector(connector.get_worker_connector()) as app:
            async with app.open_async():
                return await worker.retry_stalled(app)

    return asyncio.run(once())


def test_the_job_of_a_dead_worker_waits_again_and_that_of_a_live_one_goes_on() -> None:
    dead = make_job_of(make_worker(silent_for=timedelta(minutes=1)))
    live = make_job_of(make_worker(silent_for=timedelta(seconds=1)))

    assert retry() == 1

    assert ProcrastinateJob.objects.get(pk=dead).status == "todo"
    assert ProcrastinateJob.objects.get(pk=live).status == "doing"
    assert ProcrastinateWorker.objects.count() == 2


def test_a_dead_workers_job_that_waits_again_already_is_let_go() -> None:
    """Two of one queueing lock cannot wait: every later worker would die of the attempt."""
    name = "config.waits_again"
    defer = jobs_app.configure_task(name, queueing_lock=name, allow_unknown=True).defer
    dead = int(defer())
    worker_id = make_worker(silent_for=timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker_id, dead]
        )
    waiting = int(defer())

    retry()

    left = ProcrastinateJob.objects.filter(pk__in=[dead, waiting])
    assert list(left.values_list("pk", "status")) == [(waiting, "todo")]
