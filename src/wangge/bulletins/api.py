"""HTTP face of bulletins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from wangge.bulletins import queries, services
from wangge.bulletins.schemas import BulletinFilter, BulletinIn, BulletinPage
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal

router = Router(tags=["bulletins"])
NO: dict[Any, Any] = {(403, 404, 409, 422): Refusal}


@router.get("", response={200: BulletinPage, **NO}, operation_id="list_bulletins")
def list_bulletins(request: ActorRequest, filters: Query[BulletinFilter]) -> BulletinPage:
    """Weekly and monthly bulletins of the caller's territory, the newest first."""
    return queries.list_bulletins(request.actor, filters)


@router.post("", response={200: list[FateOut], 403: Refusal}, operation_id="make_bulletins")
def make_bulletins(request: ActorRequest, bulletins: list[BulletinIn]) -> list[dict[str, Any]]:
    """Bulletins of weeks or months that are over, made now; one fate each."""
    return fate_bodies(services.make_bulletins(bulletins, actor=request.actor, at=clock.now()))


@router.get("/{uuid:bulletin_id}/file.{suffix}", response={200: None, **NO}, operation_id="get_bulletin_file")
def get_bulletin_file(request: ActorRequest, bulletin_id: UUID, suffix: str) -> HttpResponse:
    """A bulletin as docx, pdf or xlsx."""
    return services.hand_out(bulletin_id, suffix, actor=request.actor, at=clock.now())
