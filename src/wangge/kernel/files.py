"""Stored files, known by the digest of their bytes (KE-11). The row comes after the bytes, never before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from PIL import Image, UnidentifiedImageError

from wangge.kernel import photos, prepared
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.models import StoredFile

PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")
_STORED = "SELECT sha256, facts FROM kernel_storedfile WHERE sha256 = ANY(%s)"
SMALLEST_PX = 128  # a side is decoded no smaller: fewer pixels do not tell two photos apart
MAX_PIXELS = 100_000_000  # a bomb is small in bytes and huge in pixels


def store_file(
    content: bytes | IO[bytes] | File[Any], *, actor: Actor, at: datetime, media_type: str | None = None
) -> StoredFile:
    """Keep a file and return its row; the same bytes twice are one file.

    Without a media type, or with `image/…`, it must be a photo whose picture is whole; what it says of itself
    is kept beside it.
    Raises: Unreadable if it is too large, empty, or no such photo.
    Rule:   KE-11, KE-12, KE-19, KE-20.
    """
    file = as_file(content)
    sha256, size_bytes = _digest(file)
    seen: dict[str, Any] = {}
    if media_type is None or media_type.startswith("image/"):
        found, seen = look_at_photo(file)
        if media_type not in {None, found}:
            raise _unreadable(
                f"内容是 {found}，不是 {media_type}", f"the content is {found}, not {media_type}"
            )
        media_type = found
    file.seek(0)
    name = _name(sha256)
    if not _storage().exists(name):
        _storage().save(name, file)
    row = StoredFile(
        sha256=sha256,
        size_bytes=size_bytes,
        media_type=media_type,
        created_at=at,
        created_by=actor.user_id,
        **seen,
    )
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    return StoredFile.objects.get(pk=sha256)


def open_file(sha256: str) -> File[Any]:
    """Return the open file. The caller decides who may see it. Raises: NotVisible. Rule: KE-11."""
    if not StoredFile.objects.filter(pk=sha256).exists():
        raise NotVisible()
    return _storage().open(_name(sha256))


def media_type_of(sha256: str) -> str:
    """Return what kind of file it is. Raises: NotVisible. Rule: KE-11."""
    media_type = StoredFile.objects.filter(pk=sha256).values_list("media_type", flat=True).first()
    if media_type is None:
        raise NotVisible()
    return media_type


def list_stored(sha256s: Iterable[str]) -> set[str]:
    """Return those of the digests that are stored, in one statement. Rule: KE-11."""
    return set(facts_of(sha256s))


def facts_of(sha256s: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what each stored photo says of itself, as `photos.from_json` reads it, in one statement.

    Shape: a stored file that is no photo, or that nobody has looked at yet, says nothing: {}.
    Rule:  KE-11, KE-19.
    """
    wanted = list(set(sha256s))
    if not wanted:
        return {}
    rows = prepared.send(_STORED, wanted).fetchall()
    return {sha256: _decoded(facts) for sha256, facts in rows}


def check_stored(sha256s: Iterable[str]) -> None:
    """Raises: Unreadable naming the digests that were never stored. Rule: KE-11."""
    wanted = set(sha256s)
    missing = sorted(wanted - list_stored(wanted))
    if missing:
        names = ", ".join(missing)
        raise Unreadable(
            field="photos",
            why_zh=f"这些照片尚未上传：{names}",
            why_en=f"these photos were not uploaded: {names}",
        )


def _storage() -> Storage:
    return storages["files"]


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def as_file(content: bytes | IO[bytes] | File[Any]) -> File[Any]:
    """Return the content as a file that is read from its start."""
    if isinstance(content, File):
        return content
    return File(BytesIO(content) if isinstance(content, bytes) else content, name="content")


def _digest(file: File[Any]) -> tuple[str, int]:
    limit = settings.WANGGE_MAX_FILE_BYTES
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
        if size > limit:
            raise _unreadable(f"超过 {limit >> 20} MB", f"larger than {limit >> 20} MB")
    if not size:
        raise _unreadable("文件是空的", "the file is empty")
    return digest.hexdigest(), size


def look_at_photo(file: File[Any]) -> tuple[str, dict[str, Any]]:
    """Return the media type, and the columns of `StoredFile` that a photo fills.

    Decoded once, and small where the format can, but the whole picture is always read.
    Raises: Unreadable. Rule: KE-12, KE-19, KE-20.
    """
    file.seek(0)
    try:
        Image.open(file, formats=PHOTO_FORMATS).verify()  # a PNG's checksums, which loading forgives
        file.seek(0)
        photo = Image.open(file, formats=PHOTO_FORMATS)  # not closed: the file is the caller's
        width, height = photo.size
        if width * height > MAX_PIXELS:
            raise _unreadable("像素过多", "it has too many pixels")
        media_type = Image.MIME[str(photo.format)]
        photo.draft("RGB", (max(SMALLEST_PX, width // 8), max(SMALLEST_PX, height // 8)))
        photo.load()
    except UnidentifiedImageError as error:
        raise _unreadable("不是 JPEG、PNG 或 WebP 照片", "not a JPEG, PNG or WebP photo") from error
    except Image.DecompressionBombError as error:
        raise _unreadable("像素过多", "it has too many pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _unreadable(
            "照片不完整或已损坏，请重新上传", "the photo is cut short or damaged: upload it again"
        ) from error
    facts, looks = photos.look(photo, (width, height))
    detail = {"width": width, "height": height}
    return media_type, {"detail": detail, "facts": facts.as_json(), "looks": looks}


def _decoded(facts: Any) -> dict[str, Any]:
    """A jsonb column comes as text or decoded, by the way it was asked for."""
    return json.loads(facts) if isinstance(facts, str) else facts or {}


def _unreadable(why_zh: str, why_en: str) -> Unreadable:
    return Unreadable(field="file", why_zh=why_zh, why_en=why_en)
