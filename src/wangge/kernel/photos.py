"""What a photo says of itself, when, where and with what it was taken, and how it looks (KE-19, KE-20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import imagehash
from PIL import ExifTags, Image, ImageStat

from wangge.kernel import datum
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable

FLAT = 3.0  # grey levels of spread: a picture of less shows nothing to compare
_EDITORS = (
    *("photoshop", "lightroom", "gimp", "snapseed", "picsart", "meitu", "美图", "醒图", "faceapp", "canva"),
    *("pixelmator", "affinity", "acdsee", "paint.net", "photoscape", "faceu", "beautycam", "remini", "vsco"),
)
# What broken EXIF makes a reader stumble over; a photo with it is a photo that says nothing.
_BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    ZeroDivisionError,
    SyntaxError,
    OSError,
)
_LONGEST_WORD = 64
_TURNS = {  # what EXIF's orientation asks for
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What a photo says of itself. None and "" mean that it does not say, never that it is false.

    `width` and `height` are as people see it, turned by `orientation`; `point_wgs84` is (lon, lat).
    """

    width: int
    height: int
    orientation: int = 1
    taken_at: datetime | None = None
    zone_is_said: bool = False  # otherwise China's time was assumed
    point_wgs84: tuple[float, float] | None = None
    make: str = ""
    model: str = ""
    edited_with: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return only what the photo says, as JSON values; `from_json` reads it back."""
        told = {name: value for name, value in asdict(self).items() if value not in (None, "", False)}
        if self.taken_at:
            told["taken_at"] = self.taken_at.astimezone(UTC).isoformat()
        return told


def from_json(told: Mapping[str, Any]) -> PhotoFacts:
    """Return the facts that `PhotoFacts.as_json` wrote."""
    known = {**told}
    if "taken_at" in known:
        known["taken_at"] = datetime.fromisoformat(known["taken_at"])
    if "point_wgs84" in known:
        known["point_wgs84"] = tuple(known["point_wgs84"])
    return PhotoFacts(**known)


def look(photo: Image.Image, size: tuple[int, int]) -> tuple[PhotoFacts, int | None]:
    """Return the facts and the looks of a decoded photo; `size` is what it had before it was decoded small.

    Broken EXIF says nothing and refuses nothing.
    Rule: KE-19, KE-20.
    """
    tags = _tags(photo)
    orientation = _orientation(tags)
    width, height = size if orientation < 5 else size[::-1]
    taken_at, zone_is_said = _taken_at(tags)
    facts = PhotoFacts(
        width=width,
        height=height,
        orientation=orientation,
        taken_at=taken_at,
        zone_is_said=zone_is_said,
        point_wgs84=_point(tags.get(ExifTags.Base.GPSInfo)),
        make=_word(tags.get(ExifTags.Base.Make)),
        model=_word(tags.get(ExifTags.Base.Model)),
        edited_with=_editor(tags, photo),
    )
    return facts, _looks_of(_turned(photo, orientation))


def upright(photo: Image.Image) -> Image.Image:
    """Return the decoded photo as people see it. Rule: KE-19."""
    return _turned(photo, _orientation(_tags(photo)))


def _turned(photo: Image.Image, orientation: int) -> Image.Image:
    return photo.transpose(_TURNS[orientation]) if orientation in _TURNS else photo


def _orientation(tags: Mapping[int, Any]) -> int:
    said = tags.get(ExifTags.Base.Orientation)
    return said if isinstance(said, int) and 1 <= said <= 8 else 1


def _looks_of(photo: Image.Image) -> int | None:
    """Return 64 bits that stay nearly equal when the photo is saved again, smaller, brighter or stamped.

    Shape: signed, as PostgreSQL keeps it; None for a picture that shows nothing (a covered lens, one colour).
    Rule:  KE-20.
    """
    grey = photo.convert("L")
    if ImageStat.Stat(grey.resize((32, 32))).stddev[0] < FLAT:
        return None
    return int.from_bytes(bytes.fromhex(str(imagehash.dhash(grey))), signed=True)


def _tags(photo: Image.Image) -> dict[int, Any]:
    """Return the EXIF tags of the photo, the camera's own folded in; none if they cannot be read."""
    try:
        exif = photo.getexif()
        tags = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
        tags[ExifTags.Base.GPSInfo] = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except _BROKEN:
        return {}
    return tags


def _taken_at(tags: Mapping[int, Any]) -> tuple[datetime | None, bool]:
    """Return when the photo was taken, and whether it names its zone; when it was changed is no answer."""
    for stamp, zone in (
        (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
        (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
    ):
        try:
            local = datetime.strptime(_word(tags.get(stamp))[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - next
            offset = _offset(_word(tags.get(zone)))
            return local.replace(tzinfo=offset or CHINA).astimezone(UTC), offset is not None
        except _BROKEN:
            continue
    return None, False


def _offset(text: str) -> timezone | None:
    """Read `+08:00`, `-03:30` or `Z`."""
    if text == "Z":
        return timezone(timedelta(0))
    if len(text) != 6 or text[0] not in "+-" or text[3] != ":":
        return None
    try:
        off = timedelta(hours=int(text[1:3]), minutes=int(text[4:]))
        return timezone(-off if text[0] == "-" else off)
    except ValueError:
        return None


def _point(gps: Any) -> tuple[float, float] | None:
    """Return (lon, lat) in WGS-84, or None. Nobody stands at (0, 0): a camera without a fix writes it."""
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "NS")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "EW")
        if (lon, lat) == (0, 0):
            return None
        named = _word(gps.get(ExifTags.GPS.GPSMapDatum)).upper()
        lon, lat = datum.to_wgs84(lon, lat, datum.Datum.GCJ02 if "GCJ" in named else datum.Datum.WGS84)
    except (*_BROKEN, Unreadable):
        return None
    return round(lon, 7), round(lat, 7)


def _degrees(parts: Any, side: Any, signs: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if value != value or value < 0:
        raise ValueError("no angle")
    return -value if signs.index(_word(side).upper()) else value


def _editor(tags: Mapping[int, Any], photo: Image.Image) -> str:
    """Return the program that says it changed the picture; a camera's own firmware is none."""
    said = [_word(tags.get(ExifTags.Base.Software)), _word(tags.get(ExifTags.Base.ProcessingSoftware))]
    said += ["Photoshop"] if photo.info.get("photoshop") else []
    return next((one for one in said if any(name in one.lower() for name in _EDITORS)), "")


def _word(value: Any) -> str:
    """Return a tag as a short text without what no column takes."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "ignore")
    if not isinstance(value, str):
        return ""
    return "".join(one for one in value if one.isprintable()).strip()[:_LONGEST_WORD]
