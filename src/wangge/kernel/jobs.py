"""Background jobs, deferred by name in the transaction of the write that asks for them (KE-18)."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app


def defer(name: str, **arguments: Any) -> None:
    """Put the job `name` (`app.verb_noun`) in the queue; it rolls back with the caller.

    `arguments` are JSON values. Raises: TaskNotFound at work time if nobody registered the name.
    """
    app.configure_task(name, allow_unknown=True).defer(**arguments)
