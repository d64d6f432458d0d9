"""HTTP face of phones: devices, the slice of the day, the inbox, photos in parts."""

from __future__ import annotations

import gzip
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Path, Router
from ninja.files import UploadedFile

from wangge.field import queries, services
from wangge.field.schemas import CommandsIn, DeviceIn, DeviceOut, InboxFates, PhotoPartOut, SliceOut, SyncIn
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import Refusal

router = Router(tags=["field"])
NO = {(403, 404, 409, 422): Refusal}
COMPRESS_FROM = 1_000  # bytes


@router.get("/devices", response=list[DeviceOut], operation_id="list_devices")
def list_devices(request: ActorRequest) -> list[DeviceOut]:
    """The caller's phones, the latest seen first."""
    return queries.list_devices(request.actor)


@router.post("/devices", response={200: DeviceOut, **NO}, operation_id="enrol_device")
def enrol_device(request: ActorRequest, device: DeviceIn) -> DeviceOut:
    """Introduce a phone; twice is once."""
    row = services.enrol_device(device, actor=request.actor, at=clock.now())
    return queries.shown([row])[0]


@router.post(
    "/devices/{uuid:device_id}/revoke", response={200: DeviceOut, **NO}, operation_id="revoke_device"
)
def revoke_device(request: ActorRequest, device_id: UUID) -> DeviceOut:
    """A phone of one's own that is lost or given back: it gets no slice any more, and wipes itself."""
    return queries.shown([services.revoke_device(device_id, actor=request.actor, at=clock.now())])[0]


@router.post("/sync", response={200: SliceOut, **NO}, operation_id="sync_slice")
def sync_slice(request: ActorRequest, told: SyncIn) -> HttpResponse:
    """What is new of the member's day since the cursor, compressed where the phone can read that."""
    body = services.sync(told, actor=request.actor, at=clock.now()).model_dump_json().encode()
    answer = HttpResponse(content_type="application/json", headers={"Vary": "Accept-Encoding, Cookie"})
    if len(body) >= COMPRESS_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, 6)
        answer.headers["Content-Encoding"] = "gzip"
    answer.content = body
    return answer


@router.post("/inbox", response={200: InboxFates, **NO}, operation_id="receive_commands")
def receive_commands(request: ActorRequest, told: CommandsIn) -> dict[str, object]:
    """Commands of a phone, applied in order, a fate each; what cannot be read is kept."""
    fates = services.receive(told.commands, actor=request.actor, at=clock.now())
    return {"fates": fate_bodies(fates)}


@router.get("/photos/{sha256}", response={200: PhotoPartOut, **NO}, operation_id="count_photo_bytes")
def count_photo_bytes(request: ActorRequest, sha256: Path[str]) -> PhotoPartOut:
    """How much of one's own half-sent photo is there."""
    return services.count_received(sha256, actor=request.actor)


@router.post("/photos/{sha256}", response={200: PhotoPartOut, **NO}, operation_id="add_photo_part")
def add_photo_part(
    request: ActorRequest, sha256: Path[str], offset: int, size: int, file: File[UploadedFile]
) -> PhotoPartOut:
    """The next part of a photo, at most 256 kB. The answer says from where to go on."""
    return services.add_part(
        sha256, file.read(), offset=offset, size=size, actor=request.actor, at=clock.now()
    )
