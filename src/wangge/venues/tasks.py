"""Jobs of the register. Cron times are UTC."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.venues import services


@app.task(name="venues.find_duplicates", lock="venues.find_duplicates")
def find_duplicates(path: str) -> int:
    """Look through a territory for places that are kept twice (VE-17)."""
    return services.find_duplicates(path, at=clock.now())


@app.periodic(cron="20 18 * * *")  # 02:20 in China
@app.task(name="venues.find_everywhere", queueing_lock="venues.find_everywhere", pass_context=False)
def find_everywhere(timestamp: int) -> int:
    """The same everywhere, every night."""
    return services.find_everywhere(at=clock.now())
