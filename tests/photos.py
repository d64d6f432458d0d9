"""Photos that tests take: real JPEGs with the EXIF a phone would write, each place unlike any other."""

from __future__ import annotations

import io
import random
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image, ImageDraw

from wangge.kernel import files
from wangge.kernel.actor import Actor

SIZE = (320, 240)


def draw(place: int, *, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return the picture of a made-up place: the same number, the same picture."""
    rng = random.Random(f"place {place}")
    width, height = size
    picture = Image.new("RGB", size, tuple(rng.randint(60, 220) for _ in range(3)))
    pen = ImageDraw.Draw(picture)
    for _ in range(24):
        left, top = rng.randint(-40, width), rng.randint(-40, height)
        box = (left, top, left + rng.randint(20, width // 2), top + rng.randint(20, height // 2))
        pen.rectangle(box, fill=tuple(rng.randint(0, 255) for _ in range(3)))
    return picture


def take_photo(
    place: int = 1,
    *,
    local: str = "",
    offset: str = "",
    point: tuple[float, float] | None = None,
    orientation: int = 1,
    quality: int = 80,
    picture: Image.Image | None = None,
    **tags: str,
) -> bytes:
    """Return a JPEG. `local` is EXIF's own form, `2025:10:13 10:00:00`; `tags` are names of EXIF tags."""
    exif = Image.Exif()
    own, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    if local:
        own[ExifTags.Base.DateTimeOriginal] = local
    if offset:
        own[ExifTags.Base.OffsetTimeOriginal] = offset
    if point:
        gps |= _gps(*point)
    if orientation != 1:
        exif[ExifTags.Base.Orientation] = orientation
    for name, value in tags.items():
        exif[ExifTags.Base[name]] = value
    kept = io.BytesIO()
    (picture or draw(place)).save(kept, "JPEG", quality=quality, **({"exif": exif} if _says(exif) else {}))
    return kept.getvalue()


def store_photo(content: bytes, *, actor: Actor, at: datetime) -> str:
    """Return the digest of the stored photo."""
    return files.store_file(content, actor=actor, at=at).sha256


def _says(exif: Image.Exif) -> bool:
    return bool(exif) or any(exif.get_ifd(one) for one in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo))


def _gps(lon: float, lat: float) -> dict[int, Any]:
    return {
        ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
        ExifTags.GPS.GPSLatitude: _angle(abs(lat)),
        ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
        ExifTags.GPS.GPSLongitude: _angle(abs(lon)),
    }


def _angle(degrees: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(degrees * 3600, 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, round(seconds, 4)
