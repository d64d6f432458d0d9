"""Jobs of the kernel."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.kernel import photo_filling

LOOK_AT_OLD_PHOTOS = "kernel.look_at_old_photos"


@app.periodic(cron="*/10 * * * *")
@app.task(name=LOOK_AT_OLD_PHOTOS, queueing_lock=LOOK_AT_OLD_PHOTOS)
def look_at_old_photos(timestamp: int | None = None) -> int:
    """Fill the facts of photos that were stored before; nothing to do once they have them."""
    total = 0
    while done := photo_filling.fill_facts():
        total += done
    return total
