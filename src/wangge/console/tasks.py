"""Jobs of the console."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.console import sheets


@app.periodic(cron="* * * * *")
@app.task(name="console.draw_map", queueing_lock="console.draw_map")
def draw_map(timestamp: int | None = None) -> None:
    """Draw anew the tiles of the map whose places changed (MP-2)."""
    sheets.draw()
