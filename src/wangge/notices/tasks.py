"""Jobs of the outbox."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.notices import services


@app.periodic(cron="* * * * *")
@app.task(name=services.SEND_DUE, queueing_lock=services.SEND_DUE)
def send_due(timestamp: int | None = None) -> int:
    """Send what is due: at once when something was told, and every minute for what waits its time."""
    total = 0
    while done := services.send_due(at=clock.now()):
        total += done
    return total


@app.periodic(cron="40 18 * * *")
@app.task(name="notices.forget_old", queueing_lock="notices.forget_old")
def forget_old(timestamp: int | None = None) -> int:
    """Remove messages that nobody needs any more, at 02:40 in China."""
    return services.forget_old(at=clock.now())
