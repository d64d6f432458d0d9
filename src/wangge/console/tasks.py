"""Jobs of the console."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.cases import services as cases
from wangge.console import sheets
from wangge.kernel import clock


@app.periodic(cron="* * * * *")
@app.task(name="console.draw_map", queueing_lock="console.draw_map")
def draw_map(timestamp: int | None = None) -> None:
    """Draw anew the tiles of the map whose places changed (MP-2)."""
    sheets.draw()


@app.periodic(cron="25 * * * *")
@app.task(name="console.forget_live", queueing_lock="console.forget_live")
def forget_live(timestamp: int | None = None) -> None:
    """Take away the steps of the stream that are older than a day (LV-3)."""
    cases.forget_live(at=clock.now())
