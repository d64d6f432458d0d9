"""Jobs of triage."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.triage import services
from wangge.triage.reporting import TRAIN


@app.periodic(cron="40 2 * * 0")
@app.task(name=TRAIN, queueing_lock=TRAIN, lock=TRAIN)
def train(timestamp: int | None = None) -> int | None:
    """Learn from the city's closed cases, every week."""
    return services.train(at=clock.now())
