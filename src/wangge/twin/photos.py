"""Made-up photographs: one place a case, another look a shot, equal byte by byte on every run (TW-12)."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from math import cos, radians
from uuid import UUID

from PIL import ExifTags, Image, ImageDraw, ImageOps

from wangge.kernel.clock import CHINA
from wangge.kernel.distance import Point
from wangge.twin.behaviour import Photos

PHONES = 6
HANDS = 8  # that sign: a file each, however many visits there are
SCENE, SIZE = (320, 240), (240, 180)
STAINS = (12, 10)  # of a wall: they make two places look unlike each other, also to a perceptual hash
STEPS_ASIDE, STEPS_DOWN = (40, 0, 80, 20, 60), (30, 0, 60)  # pixels: no two shots are framed alike
NEAR_M = 15.0
DEGREE_M = 111_195.0


@dataclass(frozen=True, slots=True)
class Shot:
    """One press of the button. The same place looks the same; `number` is where the camera stood."""

    place: str
    number: int
    tidy: bool
    phone: int
    taken_at: datetime | None = None  # None: a messenger took everything out that the photo said
    point: Point | None = None


@dataclass(slots=True)
class Album:
    """Takes photos, and keeps those that nobody has sent yet.

    A simulation in a copy takes a dozen and sends them again and again: files lie outside the copy (TW-12).
    """

    seed: int
    habits: Photos
    is_shared: bool = False
    waiting: dict[str, bytes] = field(default_factory=dict)
    _drawn: dict[Shot, str] = field(default_factory=dict)
    _signed: dict[int, str] = field(default_factory=dict)

    def take(
        self, case_id: UUID, phone: int, *, number: int, tidy: bool, at: datetime, point: Point | None
    ) -> str:
        """Return the digest of a photo for the case, taken minutes before `at` and metres from `point`."""
        if self.is_shared:
            shot = Shot(str(phone), 0, tidy, phone)
        else:
            rng = random.Random(f"{self.seed}:photo:{case_id}:{number}:{tidy}")
            taken_at = at - timedelta(seconds=rng.randint(10, 600))
            here = None if point is None or self.habits.no_place_share.happens(rng) else _near(point, rng)
            shot = Shot(f"{self.seed}:{case_id}", number, tidy, phone, taken_at, here)
            if self.habits.says_nothing_share.happens(rng):
                shot = replace(shot, taken_at=None, point=None)
        return self.keep(shot)

    def keep(self, shot: Shot) -> str:
        """Return the digest of the shot; it waits until it is sent."""
        if shot not in self._drawn:
            content = draw_photo(shot)
            self._drawn[shot] = sha256(content).hexdigest()
            self.waiting[self._drawn[shot]] = content
        return self._drawn[shot]

    def sign(self, hand: int) -> str:
        """Return the digest of what a hand draws on a phone; it waits until it is sent."""
        if hand not in self._signed:
            content = draw_signature(hand)
            self._signed[hand] = sha256(content).hexdigest()
            self.waiting[self._signed[hand]] = content
        return self._signed[hand]

    def hand_over(self, named: Iterable[str]) -> list[bytes]:
        """Return those of the named photos that were not sent before."""
        return [self.waiting.pop(digest) for digest in dict.fromkeys(named) if digest in self.waiting]


def choose_phone(rng: random.Random) -> int:
    return rng.randrange(PHONES)


def draw_signature(hand: int) -> bytes:
    """Return a PNG of some quick strokes of a pen, as a finger draws them on a phone."""
    rng = random.Random(f"hand:{hand}")
    page = Image.new("L", (720, 300), 255)
    pen = ImageDraw.Draw(page)
    for stroke in range(rng.randint(3, 5)):
        x, y = 90 + stroke * 125 + rng.randint(0, 30), rng.randint(70, 130)
        path = [(x, y)]
        for _ in range(rng.randint(5, 9)):
            x, y = x + rng.randint(-28, 46), min(260, max(40, y + rng.randint(-75, 85)))
            path.append((x, y))
        pen.line(path, fill=30, width=6, joint="curve")
    kept = io.BytesIO()
    page.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def draw_photo(shot: Shot) -> bytes:
    """Return a JPEG of the made-up place; untidy ones have boxes in the way."""
    rng = random.Random(f"place:{shot.place}")
    stains = Image.frombytes("L", STAINS, rng.randbytes(STAINS[0] * STAINS[1]))
    dark, light = (tuple(rng.randint(low, low + 70) for _ in range(3)) for low in (70, 170))
    scene = ImageOps.colorize(stains.resize(SCENE, Image.Resampling.BICUBIC), dark, light)
    pen = ImageDraw.Draw(scene)
    door = rng.randint(90, 170)
    pen.rectangle((door, 70, door + 50, 240), fill=tuple(rng.randint(60, 140) for _ in range(3)))
    pen.rectangle((door + 40, 150, door + 44, 166), fill=(240, 200, 60))
    for _ in range(0 if shot.tidy else 7):
        left, top = rng.randint(60, 230), rng.randint(120, 180)
        pen.rectangle((left, top, left + 44, top + 30), fill=(150, 110, 60), outline=(90, 60, 30))
    left = STEPS_ASIDE[shot.number % len(STEPS_ASIDE)]
    top = STEPS_DOWN[shot.number % len(STEPS_DOWN)]
    framed = scene.crop((left, top, left + SIZE[0], top + SIZE[1]))
    kept = io.BytesIO()
    framed.save(kept, "JPEG", quality=60, exif=_said_by(shot))
    return kept.getvalue()


def moved(point: Point, *, east_m: float, north_m: float) -> Point:
    """Return the point so many metres away."""
    lon, lat = point
    return lon + east_m / (DEGREE_M * cos(radians(lat))), lat + north_m / DEGREE_M


def _near(point: Point, rng: random.Random) -> Point:
    return moved(point, east_m=rng.uniform(-NEAR_M, NEAR_M), north_m=rng.uniform(-NEAR_M, NEAR_M))


def _said_by(shot: Shot) -> bytes:
    if shot.taken_at is None:
        return b""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Wangge", f"Twin Phone {shot.phone + 1}"
    local = shot.taken_at.astimezone(CHINA)
    own = exif.get_ifd(ExifTags.IFD.Exif)
    own[ExifTags.Base.DateTimeOriginal] = f"{local:%Y:%m:%d %H:%M:%S}"
    own[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    if shot.point is not None:
        lon, lat = shot.point
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "N",
                ExifTags.GPS.GPSLatitude: _angle(lat),
                ExifTags.GPS.GPSLongitudeRef: "E",
                ExifTags.GPS.GPSLongitude: _angle(lon),
            }
        )
    return exif.tobytes()


def _angle(degrees: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(degrees * 3600, 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, round(seconds, 4)
