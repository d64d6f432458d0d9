"""Jobs of visits."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.visits import services


@app.periodic(cron="* * * * *")
@app.task(name=services.JOB, queueing_lock=services.JOB)
def call_arrivals(timestamp: int | None = None) -> int:
    """Call somebody to what came in: each minute, each case and each grid of a season's day once."""
    return services.call_arrivals(at=clock.now())
