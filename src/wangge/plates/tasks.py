"""Jobs of plates."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.plates import services


@app.task(name=services.PRINT)
def print_sheet(sheet_id: str) -> int:
    """Draw a sheet, so that nobody waits for 2,000 plates (PL-3)."""
    return services.print_sheet(UUID(sheet_id), at=clock.now())
