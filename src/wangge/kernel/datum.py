"""WGS-84, GCJ-02, BD-09, CGCS2000: WGS-84 only inside, every edge names its datum (KE-5, domain.md §2.13)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wangge.kernel.errors import Unreadable

Floats = NDArray[np.float64]

A = 6378245.0  # semi-major axis of the Krasovsky ellipsoid
EE = 0.00669342162296594323
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
ROUNDS = 10
BD_TURN = np.pi * 3000.0 / 180.0


class Datum(StrEnum):
    WGS84 = "wgs84"  # what a phone gives
    GCJ02 = "gcj02"  # what Gaode and Tencent draw
    BD09 = "bd09"  # what Baidu draws: GCJ-02, turned and shifted again
    CGCS2000 = "cgcs2000"  # what state maps draw: under a metre from WGS-84, taken as equal


def to_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Return the position in WGS-84.

    Units:  degrees.
    Raises: Unreadable for an unknown datum, or a position that is none.
    Rule:   KE-5.
    """
    check_position(lon, lat)
    moved = to_wgs84_many(np.array([[lon, lat]]), datum)
    return float(moved[0, 0]), float(moved[0, 1])


def from_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Return a WGS-84 position in `datum`. Raises: as `to_wgs84`. Rule: KE-5."""
    check_position(lon, lat)
    moved = from_wgs84_many(np.array([[lon, lat]]), datum)
    return float(moved[0, 0]), float(moved[0, 1])


def to_wgs84_many(points: Floats, datum: str) -> Floats:
    """Return positions in WGS-84; the inverse of GCJ-02 is exact to 1e-9 degrees.

    Shape:  (n, 2) in and out, (lon, lat).
    Raises: Unreadable for an unknown datum.
    Rule:   KE-5.
    """
    given = check_datum(datum)
    if given is Datum.BD09:
        return to_wgs84_many(_from_bd09(points), Datum.GCJ02)
    if given is not Datum.GCJ02:
        return points.copy()
    moved = _in_china(points)
    wanted = points[moved]
    found = wanted.copy()
    for _ in range(ROUNDS):
        found = wanted - _offsets(found)
    wgs84 = points.copy()
    wgs84[moved] = found
    return wgs84


def from_wgs84_many(points: Floats, datum: str) -> Floats:
    """Return WGS-84 positions in `datum`. Shape: (n, 2). Raises: Unreadable. Rule: KE-5."""
    shifted = points.copy()
    wanted = check_datum(datum)
    if wanted is Datum.BD09:
        return _to_bd09(from_wgs84_many(points, Datum.GCJ02))
    if wanted is Datum.GCJ02:
        moved = _in_china(points)
        shifted[moved] += _offsets(points[moved])
    return shifted


def check_datum(datum: str) -> Datum:
    """Raises: Unreadable naming the datums. Rule: KE-5."""
    try:
        return Datum(datum)
    except ValueError as error:
        why_zh = f"坐标系“{datum}”未知，请用 wgs84、gcj02、bd09 或 cgcs2000"
        why_en = f"unknown datum {datum!r}: use wgs84, gcj02, bd09 or cgcs2000"
        raise Unreadable(field="datum", why_zh=why_zh, why_en=why_en) from error


def check_position(lon: float, lat: float) -> None:
    """Raises: Unreadable if it is no position; says so when the two look swapped. Rule: KE-6."""
    if -180 <= lon <= 180 and -90 <= lat <= 90:
        return
    if -90 <= lon <= 90 and -180 <= lat <= 180:
        why_zh = f"经纬度似乎写反了（经度 {lon}，纬度 {lat}）"
        why_en = f"longitude and latitude look swapped (longitude {lon}, latitude {lat})"
    else:
        why_zh = f"（{lon}，{lat}）不是经纬度"
        why_en = f"({lon}, {lat}) is no longitude and latitude in degrees"
    raise Unreadable(field="position", why_zh=why_zh, why_en=why_en)


def _in_china(points: Floats) -> NDArray[np.bool_]:
    lon, lat = points[:, 0], points[:, 1]
    inside: NDArray[np.bool_] = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    return inside


def _to_bd09(gcj02: Floats) -> Floats:
    moved = _in_china(gcj02)
    lon, lat = gcj02[moved, 0], gcj02[moved, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_TURN)
    shifted = gcj02.copy()
    shifted[moved] = np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
    return shifted


def _from_bd09(bd09: Floats) -> Floats:
    """By fixed-point iteration, as the published inverse is only near."""
    found = bd09.copy()
    for _ in range(ROUNDS):
        found = bd09 - (_to_bd09(found) - found)
    return found


def _offsets(points: Floats) -> Floats:
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    radians = np.radians(points[:, 1])
    magic = 1 - EE * np.sin(radians) ** 2
    root = np.sqrt(magic)
    north = _north(x, y) * 180.0 / (A * (1 - EE) / (magic * root) * np.pi)
    east = _east(x, y) * 180.0 / (A / root * np.cos(radians) * np.pi)
    return np.column_stack([east, north])


def _north(x: Any, y: Any) -> Any:
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    waves = waves + (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    waves = waves + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    return -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + waves


def _east(x: Any, y: Any) -> Any:
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    waves = waves + (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    waves = waves + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    return 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + waves
