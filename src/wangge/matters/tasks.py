"""Jobs of the catalogue."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.matters import services


@app.periodic(cron="2 * * * *")  # the day of China begins at an hour of UTC
@app.task(name=services.BRING_INTO_FORCE, queueing_lock=services.BRING_INTO_FORCE)
def bring_into_force(timestamp: int | None = None) -> bool:
    """Begin the next edition of the city's own matters where a day has come for one."""
    return services.bring_into_force(at=clock.now())
