"""HTTP face of the wall."""

from __future__ import annotations

from typing import Any

from ninja import Router

from wangge.console import queries
from wangge.console.schemas import WallOut
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal

router = Router(tags=["console"])
NO: dict[Any, Any] = {403: Refusal}


@router.get("/wall", response={200: WallOut, **NO}, operation_id="get_wall")
def get_wall(request: ActorRequest) -> WallOut:
    """The day of a territory for a wall: figures, lights, last steps, and where the stream is."""
    return queries.get_wall(request.actor, at=clock.now())
