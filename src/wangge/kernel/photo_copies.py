"""Copies of photos for people who may not have the original, and for documents (KE-21, KE-22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.http import FileResponse
from PIL import Image, ImageDraw, ImageFont

from wangge.kernel import files, photos
from wangge.kernel.errors import Refused

QUALITY = 85
# Where systems keep a font with Chinese letters, the best first.
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)


class PhotoForm(StrEnum):
    """How a photo is handed out."""

    ORIGINAL = "original"  # the bytes as they came, with all that they say
    PLAIN = "plain"  # upright, at most 1,920 pixels, and nothing but the picture
    SMALL = "small"  # the same for lists, at most 320 pixels


LONGEST_PX: Mapping[PhotoForm, int] = {PhotoForm.PLAIN: 1920, PhotoForm.SMALL: 320}


class NoFont(Refused):
    """A watermark in Chinese needs a font that has Chinese letters."""

    code = "kernel.no_font"
    zh = "服务器上没有中文字体，无法在照片上加水印。请安装 fonts-wqy-zenhei，或用 WANGGE_FONT 指定字体文件。"
    en = "The server has no font with Chinese letters. Install one, or name its file in WANGGE_FONT."


def open_photo(sha256: str, form: PhotoForm) -> tuple[File[Any], str]:
    """Return the open file and its media type. A copy is made the first time it is asked for and then kept.

    The caller decides who may see which form. Two at once make the same bytes.
    Raises: NotVisible.
    Rule:   KE-21.
    """
    if form is PhotoForm.ORIGINAL:
        return files.open_file(sha256), files.media_type_of(sha256)
    name = f"copies/{form.value}/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"
    storage = storages["files"]
    if not storage.exists(name):
        with files.open_file(sha256) as original:
            storage.save(name, ContentFile(_drawn(original, LONGEST_PX[form])))
    return storage.open(name), "image/jpeg"


def hand_out(sha256: str, form: PhotoForm) -> FileResponse:
    """Return the photo as an answer that only this browser keeps. Raises: NotVisible. Rule: KE-21."""
    photo, media_type = open_photo(sha256, form)
    answer = FileResponse(photo, content_type=media_type)
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    answer["Vary"] = "Cookie"  # who logs in next on this machine asks anew
    return answer


def watermarked(sha256: str, lines: Sequence[str]) -> bytes:
    """Return a JPEG of the photo with the lines burnt in at its foot; the original stays as it is.

    Raises: NotVisible; NoFont.
    Rule:   KE-22.
    """
    with files.open_file(sha256) as original:
        photo = _upright(original, LONGEST_PX[PhotoForm.PLAIN])
    size = max(12, max(photo.size) // 48)
    font, gap = _font(size), size // 2
    high = len(lines) * (size + gap) + gap
    shade = Image.new("L", photo.size, 0)
    ImageDraw.Draw(shade).rectangle((0, photo.height - high, photo.width, photo.height), fill=140)
    photo.paste(Image.new("RGB", photo.size), mask=shade)
    pen = ImageDraw.Draw(photo)
    for n, line in enumerate(lines):
        fitting = _cut(line, photo.width - 2 * gap, font)
        pen.text((gap, photo.height - high + gap + n * (size + gap)), fitting, font=font, fill="white")
    return _jpeg(photo)


def _drawn(original: File[Any], longest_px: int) -> bytes:
    return _jpeg(_upright(original, longest_px))


def _upright(original: File[Any], longest_px: int) -> Image.Image:
    """Return the picture alone, as people see it: turned, made to fit, on white where it was transparent."""
    stored = Image.open(original, formats=files.PHOTO_FORMATS)
    stored.draft("RGB", (longest_px, longest_px))
    photo = photos.upright(stored)
    photo.thumbnail((longest_px, longest_px))
    if "A" in photo.getbands() or "transparency" in photo.info:
        ground = Image.new("RGBA", photo.size, "white")
        photo = Image.alpha_composite(ground, photo.convert("RGBA"))
    return photo.convert("RGB")


def _jpeg(photo: Image.Image) -> bytes:
    drawn = Image.frombytes(
        photo.mode, photo.size, photo.tobytes()
    )  # without what the original says of itself
    kept = BytesIO()
    drawn.save(kept, "JPEG", quality=QUALITY)
    return kept.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    named = settings.WANGGE_FONT
    path = next((one for one in ([named] if named else FONTS) if Path(one).is_file()), None)
    if path is None:
        raise NoFont()
    return _read_font(str(path), size)


@lru_cache(maxsize=8)
def _read_font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _cut(line: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    """Return the line, or as much of it as fits with an ellipsis."""
    if font.getlength(line) <= width:
        return line
    end = len(line)
    while end > 1 and font.getlength(f"{line[:end]}…") > width:
        end -= 1
    return f"{line[:end]}…"
