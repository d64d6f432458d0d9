"""Jobs of evidence."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wangge.evidence import services
from wangge.kernel import clock


@app.task(name=services.MAKE_BUNDLE)
def make_bundle(export_id: str) -> bool:
    """Make the bundle that was asked for."""
    return services.make_bundle(UUID(export_id), at=clock.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="evidence.expire_exports", queueing_lock="evidence.expire_exports")
def expire_exports(timestamp: int | None = None) -> int:
    """Remove the files of bundles that were made a week ago."""
    return services.expire_exports(at=clock.now())
