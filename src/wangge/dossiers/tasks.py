"""Jobs of dossiers."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wangge.dossiers import services
from wangge.kernel import clock


@app.task(name=services.RECKON)
def reckon_due(kinds: list[str] | None = None, venue_ids: list[str] | None = None) -> int:
    """Reckon due days anew after the pack or the class of places changed."""
    places = [UUID(one) for one in venue_ids] if venue_ids is not None else None
    if kinds is None:  # the class of places changed: what their facts make of it may agree now
        services.reckon_classes_again(places, at=clock.now())
    return services.reckon_again(kinds, places)


@app.task(name=services.RECKON_CLASSES, queueing_lock=services.RECKON_CLASSES)
def reckon_classes() -> int:
    """Look anew at the class of every place with facts after the pack changed."""
    return services.reckon_classes_again(None, at=clock.now())


@app.task(name=services.COUNT_GRIDS, queueing_lock=services.COUNT_GRIDS)
def count_grids() -> int:
    """Count what is known in each grid after the pack changed (DS-12 to DS-14)."""
    return services.count_grids(at=clock.now())


@app.periodic(cron="30 17 * * *")  # 01:30 in China
@app.task(name="dossiers.count_grids_nightly", queueing_lock="dossiers.count_grids", pass_context=False)
def count_grids_nightly(timestamp: int) -> int:
    """Count what is known in each grid as the night finds it."""
    return services.count_grids(at=clock.now())
