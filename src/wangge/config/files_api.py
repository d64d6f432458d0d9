"""Photos and other files come in by their bytes and are known by their digest."""

from __future__ import annotations

from ninja import File, Router
from ninja.files import UploadedFile

from wangge.kernel import clock, files
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.kernel.shapes import Schema

router = Router(tags=["files"])


class StoredOut(Schema):
    sha256: str
    size_bytes: int
    media_type: str


@router.post("", response={200: StoredOut, 422: Refusal}, operation_id="store_file")
def store_file(request: ActorRequest, file: File[UploadedFile]) -> StoredOut:
    """Keep a photo. The same bytes twice are one file."""
    stored = files.store_file(file, actor=request.actor, at=clock.now())
    return StoredOut(sha256=stored.sha256, size_bytes=stored.size_bytes, media_type=stored.media_type)
