"""Jobs of patrols."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.patrols import services


@app.periodic(cron="*/5 * * * *")
@app.task(name=services.COUNT, queueing_lock=services.COUNT)
def count_days(timestamp: int | None = None) -> int:
    """Count the days that points or steps arrived for: after each step, and every five minutes."""
    return services.count_arrived(at=clock.now())


@app.periodic(cron="20 17 * * *")
@app.task(name="patrols.close_day", queueing_lock="patrols.close_day")
def close_day(timestamp: int | None = None) -> int:
    """Close yesterday for everybody and let the grid logs write themselves, at 01:20 in China."""
    return services.close_day(clock.today() - timedelta(days=1), at=clock.now())


@app.periodic(cron="50 18 * * *")
@app.task(name="patrols.forget_points", queueing_lock="patrols.forget_points")
def forget_points(timestamp: int | None = None) -> int:
    """Delete the raw points that are older than the pack keeps them, at 02:50 in China."""
    return services.forget_points(at=clock.now())


@app.periodic(cron="25 17 * * *")
@app.task(name="patrols.count_copied", queueing_lock="patrols.count_copied")
def count_copied(timestamp: int | None = None) -> int:
    """Count logs that say what another day's says, at 01:25 in China: before the hollow grids are counted."""
    return services.count_copied(clock.today() - timedelta(days=1))
