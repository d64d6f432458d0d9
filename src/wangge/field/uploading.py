"""Photos that come in parts over a bad link, known by the digest of the whole. Rule: FD-7."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from wangge.field.models import PhotoOnItsWay
from wangge.field.rules import takes_part
from wangge.field.schemas import PhotoPartOut
from wangge.kernel import files
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused, Unreadable

KEPT = timedelta(days=7)


def count_received(sha256: str, *, actor: Actor) -> PhotoPartOut:
    """Return how much of the caller's photo is there. Rule: FD-7."""
    row = PhotoOnItsWay.objects.filter(user_id=actor.user_id, sha256=sha256).first()
    return _told(row) if row else PhotoPartOut(sha256=sha256, received_bytes=0, is_whole=False)


def add_part(sha256: str, part: bytes, *, offset: int, size: int, actor: Actor, at: datetime) -> PhotoPartOut:
    """Add the next part and return how much is there; with the last one the photo is stored.

    A part that is not the next one changes nothing: the answer says where to go on. The row of a whole photo
    stays for a week without its bytes: the answer to the last part may be lost, and is then asked for.
    Raises: Unreadable for a size or digest that does not hold, or when the whole is no photo (then all goes).
    Rule:   FD-7.
    """
    if not 0 < size <= settings.WANGGE_MAX_FILE_BYTES:
        raise _unreadable("照片大小不对", "the size cannot be right")
    try:
        with transaction.atomic():
            return _add(sha256, part, offset=offset, size=size, actor=actor, at=at)
    except Refused:
        PhotoOnItsWay.objects.filter(user_id=actor.user_id, sha256=sha256, size_bytes=size).delete()
        raise


def _add(sha256: str, part: bytes, *, offset: int, size: int, actor: Actor, at: datetime) -> PhotoPartOut:
    row, _ = PhotoOnItsWay.objects.select_for_update().get_or_create(
        user_id=actor.user_id, sha256=sha256, defaults={"size_bytes": size, "at": at}
    )
    if row.size_bytes != size:
        raise _unreadable("照片大小与先前不同", "its size is not what was said before")
    if takes_part(received=row.received_bytes, offset=offset, length=len(part), size=size):
        row.content = bytes(row.content) + part
        row.received_bytes += len(part)
        row.at = at
        if row.received_bytes == size:
            _store(row, actor, at)
            row.content = b""
            PhotoOnItsWay.objects.filter(at__lt=at - KEPT).delete()
        row.save()
    return _told(row)


def _told(row: PhotoOnItsWay) -> PhotoPartOut:
    return PhotoPartOut(
        sha256=row.sha256,
        received_bytes=row.received_bytes,
        is_whole=row.received_bytes == row.size_bytes,
    )


def _store(row: PhotoOnItsWay, actor: Actor, at: datetime) -> None:
    content = bytes(row.content)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise _unreadable("内容与校验值不符，请重新上传", "the content is not what its digest says")
    files.store_file(content, actor=actor, at=at)


def _unreadable(why_zh: str, why_en: str) -> Unreadable:
    return Unreadable(field="photo", why_zh=why_zh, why_en=why_en)
