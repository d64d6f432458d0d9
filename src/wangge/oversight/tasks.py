"""Jobs of oversight."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.oversight import services


@app.periodic(cron="*/5 * * * *")
@app.task(name="oversight.climb", queueing_lock="oversight.climb", lock="oversight.climb")
def climb(timestamp: int | None = None) -> int:
    """Escalate what is late now (OV-1): also what became late while no scheduler ran."""
    return services.climb(at=clock.now())


@app.periodic(cron="10 19 * * *")
@app.task(name="oversight.forget_ended", queueing_lock="oversight.forget_ended")
def forget_ended(timestamp: int | None = None) -> int:
    """Take away what the ladder keeps of ended cases, at 03:10 in China (OV-9)."""
    return services.forget_ended()


@app.task(name=services.NOTE_PROMISES)
def note_promises(case_ids: list[str]) -> int:
    """Note what the reporters of new tips were promised (OV-4)."""
    return services.note_promises([UUID(one) for one in case_ids])
