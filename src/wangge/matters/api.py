"""HTTP face of the catalogue."""

from __future__ import annotations

from ninja import Router

from wangge.kernel.http import ActorRequest
from wangge.matters import queries
from wangge.matters.schemas import MatterOut

router = Router(tags=["matters"])


@router.get("", response=list[MatterOut], operation_id="list_matters")
def list_matters(request: ActorRequest) -> list[MatterOut]:
    return queries.list_matters()
