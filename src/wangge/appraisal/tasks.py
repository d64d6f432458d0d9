"""Jobs of appraisal."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.appraisal import services


@app.periodic(cron="* * * * *")
@app.task(name="appraisal.refresh", queueing_lock="appraisal.refresh", lock="appraisal.refresh")
def refresh(timestamp: int | None = None) -> int:
    """Bring the kept counts up to date (IN-7)."""
    return services.refresh()
