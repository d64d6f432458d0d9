"""Jobs of grid drafts."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wangge.grid_drafts import services
from wangge.kernel import clock


@app.task(name=services.DRAW, lock=services.DRAW)
def draw(draft_id: str) -> bool:
    """Make a draft that was asked for; one at a time."""
    return services.make_draft(UUID(draft_id), at=clock.now())
