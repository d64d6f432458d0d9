"""HTTP face of phones: devices, the slice of the day, the inbox, photos in parts.

`taking` holds the doors that a revoked phone may use with its own key (FD-11): they take and tell nothing.
"""

from __future__ import annotations

import gzip
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Path, Query, Router
from ninja.files import UploadedFile
from ninja.security import APIKeyHeader

from wangge.field import queries, services
from wangge.field.schemas import (
    BurdenDay,
    BurdenFilter,
    CommandsIn,
    DeviceIn,
    DeviceOut,
    HeldPhoneFilter,
    HeldPhonePage,
    PhotoPartOut,
    SliceOut,
    SyncIn,
)
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal

router = Router(tags=["field"])
taking = Router(tags=["field"])
NO = {(403, 404, 409, 422): Refusal}
COMPRESS_FROM = 1_000  # bytes


class HandingOver(APIKeyHeader):
    """A phone that was revoked, and so has no session: `<device id>:<its key>`. Rule: FD-11."""

    param_name = "Wangge-Device"

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        device, _, secret = (key or "").partition(":")
        try:
            device_id = UUID(device)
        except ValueError:
            return None
        actor = queries.get_handing_over(device_id, secret, at=clock.now()) if secret else None
        if actor is not None:
            cast(ActorRequest, request).actor = actor
        return actor


@router.get("/devices", response=list[DeviceOut], operation_id="list_devices")
def list_devices(request: ActorRequest) -> list[DeviceOut]:
    """The caller's phones, the latest seen first."""
    return queries.list_devices(request.actor)


@router.post("/devices", response={200: DeviceOut, **NO}, operation_id="enrol_device")
def enrol_device(request: ActorRequest, device: DeviceIn) -> DeviceOut:
    """Introduce a phone; twice is once."""
    session_key = request.session.session_key or ""
    row = services.enrol_device(device, actor=request.actor, at=clock.now(), session_key=session_key)
    return queries.shown([row])[0]


@router.post(
    "/devices/{uuid:device_id}/revoke", response={200: DeviceOut, **NO}, operation_id="revoke_device"
)
def revoke_device(request: ActorRequest, device_id: UUID) -> DeviceOut:
    """A phone that is lost or given back, one's own or of a person of the own territory.

    Its log-in ends at once; it gets no slice any more, hands over what it has, and wipes itself.
    """
    return queries.shown([services.revoke_device(device_id, actor=request.actor, at=clock.now())])[0]


@router.get("/phones", response={200: HeldPhonePage, (403, 422): Refusal}, operation_id="list_phones")
def list_phones(request: ActorRequest, filters: Query[HeldPhoneFilter]) -> HeldPhonePage:
    """The phones of people of the own territory, for who may revoke them."""
    return queries.list_phones(filters, actor=request.actor, at=clock.now())


@router.get("/burden", response={200: list[BurdenDay], (403, 422): Refusal}, operation_id="list_field_burden")
def list_field_burden(request: ActorRequest, filters: Query[BurdenFilter]) -> list[BurdenDay]:
    """What the phone asks of the people of the territory, day by day: minutes, fields typed, photos."""
    return queries.list_burden(
        request.actor, first_on=filters.first_on, last_on=filters.last_on, at=clock.now()
    )


@taking.post("/sync", response={200: SliceOut, **NO}, operation_id="sync_slice")
def sync_slice(request: ActorRequest, told: SyncIn) -> HttpResponse:
    """What is new of the member's day since the cursor, compressed where the phone can read that."""
    session_key = request.session.session_key or ""
    told_back = services.sync(told, actor=request.actor, at=clock.now(), session_key=session_key)
    body = told_back.model_dump_json().encode()
    answer = HttpResponse(content_type="application/json", headers={"Vary": "Accept-Encoding, Cookie"})
    if len(body) >= COMPRESS_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, 6)
        answer.headers["Content-Encoding"] = "gzip"
    answer.content = body
    return answer


@taking.post("/inbox", response={200: list[FateOut], **NO}, operation_id="receive_commands")
def receive_commands(request: ActorRequest, told: CommandsIn) -> list[dict[str, Any]]:
    """Commands of a phone, applied in order, a fate each; what cannot be read is kept."""
    return fate_bodies(services.receive(told.commands, actor=request.actor, at=clock.now()))


@taking.get("/photos/{sha256}", response={200: PhotoPartOut, **NO}, operation_id="count_photo_bytes")
def count_photo_bytes(request: ActorRequest, sha256: Path[str]) -> PhotoPartOut:
    """How much of one's own half-sent photo is there."""
    return services.count_received(sha256, actor=request.actor)


@taking.post("/photos/{sha256}", response={200: PhotoPartOut, **NO}, operation_id="add_photo_part")
def add_photo_part(
    request: ActorRequest, sha256: Path[str], offset: int, size: int, file: File[UploadedFile]
) -> PhotoPartOut:
    """The next part of a photo, at most 256 kB. The answer says from where to go on."""
    return services.add_part(
        sha256, file.read(), offset=offset, size=size, actor=request.actor, at=clock.now()
    )
