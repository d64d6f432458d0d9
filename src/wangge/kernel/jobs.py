"""Background jobs, deferred by name in the transaction of the write that asks for them (KE-18)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued


def defer(name: str, **arguments: Any) -> None:
    """Put the job `name` (`app.verb_noun`) in the queue; it rolls back with the caller.

    `arguments` are JSON values. Of a job with a queueing lock one that waits is enough.
    Raises: TaskNotFound at work time if nobody registered the name.
    """
    try:
        with transaction.atomic():  # of its own: a job that waits already must not end the caller's
            app.configure_task(name, allow_unknown=True).defer(**arguments)
    except AlreadyEnqueued:
        return


def is_waiting(name: str, **arguments: Any) -> bool:
    """Return whether a job `name` with these arguments waits or runs. Rule: KE-18."""
    found = ProcrastinateJob.objects.filter(task_name=name, status__in=("todo", "doing"))
    return found.filter(args__contains=arguments).exists()
