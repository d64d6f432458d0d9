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
from wangge.kernel.errors import Unreadable

KEPT = timedelta(days=7)


def count_received(sha256: str, *, actor: Actor) -> PhotoPartOut:
    """Return how much of the caller's photo is there. Rule: FD-7."""
    row = PhotoOnItsWay.objects.filter(user_id=actor.user_id, sha256=sha256).first()
    return PhotoPartOut(sha256=sha256, received_bytes=row.received_bytes if row else 0, is_whole=False)


@transaction.atomic
def add_part(sha256: str, part: bytes, *, offset: int, size: int, actor: Actor, at: datetime) -> PhotoPartOut:
    """Add the next part and return how much is there; with the last one the photo is stored.

    A part that is not the next one changes nothing: the answer says where to go on.
    Raises: Unreadable for a size or digest that does not hold, or when the whole is no photo (then all goes).
    Rule:   FD-7.
    """
    if not 0 < size <= settings.WANGGE_MAX_FILE_BYTES:
        raise _unreadable("照片大小不对", "the size cannot be right")
    row, _ = PhotoOnItsWay.objects.select_for_update().get_or_create(
        user_id=actor.user_id, sha256=sha256, defaults={"size_bytes": size, "at": at}
    )
    if row.size_bytes != size:
        raise _unreadable("照片大小与先前不同", "its size is not what was said before")
    if takes_part(received=row.received_bytes, offset=offset, length=len(part), size=size):
        row.content = bytes(row.content) + part
        row.received_bytes += len(part)
        row.at = at
    whole = row.received_bytes == size
    if whole:
        _store(row, actor, at)
        row.delete()
        PhotoOnItsWay.objects.filter(at__lt=at - KEPT).delete()
    else:
        row.save()
    return PhotoPartOut(sha256=sha256, received_bytes=row.received_bytes, is_whole=whole)


def _store(row: PhotoOnItsWay, actor: Actor, at: datetime) -> None:
    content = bytes(row.content)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise _unreadable("内容与校验值不符，请重新上传", "the content is not what its digest says")
    files.store_file(content, actor=actor, at=at)


def _unreadable(why_zh: str, why_en: str) -> Unreadable:
    return Unreadable(field="photo", why_zh=why_zh, why_en=why_en)
