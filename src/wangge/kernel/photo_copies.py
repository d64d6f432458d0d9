"""Copies of photos for people who may not have the original, and for documents (KE-21, KE-22)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from PIL import Image, ImageDraw, ImageFont

from wangge.kernel import files, photos
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
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


MARKS = frozenset({"time", "place", "viewer"})  # what a pack may have written under a copy
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


def mark_lines(
    shows: Collection[str], *, used_at: datetime, place: str, viewer: Actor, at: datetime
) -> list[str]:
    """Return what is written under a copy: when and where the photo was used, and for whom the copy is.

    Rule: KE-22.
    """
    used = [used_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")] if "time" in shows else []
    lines = [" ".join([*used, *([place] if "place" in shows and place else [])])]
    if "viewer" in shows:
        lines.append(f"仅供 {viewer.name} 查看 {at.astimezone(CHINA):%Y-%m-%d %H:%M}")
    return [line for line in lines if line]


def hand_out(sha256: str, form: PhotoForm, *, lines: Sequence[str] = ()) -> HttpResponseBase:
    """Return the photo as an answer that only this browser keeps; the lines stand under a plain copy.

    Where the server has no font for them the copy goes without: nobody is kept from seeing what happened.
    Raises: NotVisible.
    Rule:   KE-21, KE-22.
    """
    answer: HttpResponseBase
    if form is PhotoForm.PLAIN and lines and has_font():
        answer = HttpResponse(marked(sha256, lines), content_type="image/jpeg")
    else:
        photo, media_type = open_photo(sha256, form)
        answer = FileResponse(photo, content_type=media_type)
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    answer["Vary"] = "Cookie"  # who logs in next on this machine asks anew
    return answer


def marked(sha256: str, lines: Sequence[str]) -> bytes:
    """Return a copy with the lines on a band of its own below the picture, which stays whole.

    Raises: NotVisible; NoFont.
    Rule:   KE-22.
    """
    with open_photo(sha256, PhotoForm.PLAIN)[0] as copy:
        photo = Image.open(copy, formats=("JPEG",)).convert("RGB")
    size = max(12, max(photo.size) // 60)
    font, gap = _font(size), size // 2
    high = len(lines) * (size + gap) + gap
    page = Image.new("RGB", (photo.width, photo.height + high))
    page.paste(photo)
    pen = ImageDraw.Draw(page)
    for n, line in enumerate(lines):
        fitting = _cut(line, photo.width - 2 * gap, font)
        pen.text((gap, photo.height + gap + n * (size + gap)), fitting, font=font, fill="white")
    return _jpeg(page)


def has_font() -> bool:
    """Return whether the server can write Chinese on a picture."""
    return _font_path() is not None


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
    path = _font_path()
    if path is None:
        raise NoFont()
    return _read_font(path, size)


def _font_path() -> str | None:
    named = settings.WANGGE_FONT
    return next((str(one) for one in ([named] if named else FONTS) if Path(one).is_file()), None)


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
