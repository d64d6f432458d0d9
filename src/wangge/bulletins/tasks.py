"""Jobs of bulletins."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.bulletins import services
from wangge.kernel import clock


@app.periodic(cron="0 22 * * *")  # 06:00 in China: after the night's counts
@app.task(name="bulletins.make_due", queueing_lock="bulletins.make_due", lock="bulletins.make_due")
def make_due(timestamp: int | None = None) -> int:
    """Make what is due of the last week and month (BU-1): also what no worker made while none ran."""
    return services.make_due(at=clock.now())
