"""Metres between two positions (KE-23)."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_008.8  # mean radius
Point = tuple[float, float]  # (lon, lat), WGS-84


def metres_between(one: Point, other: Point) -> float:
    """Return the metres between two points on the sphere: good to half a per cent.

    Rule: KE-23.
    """
    (west, south), (east, north) = ((radians(lon), radians(lat)) for lon, lat in (one, other))
    up, along = sin((north - south) / 2), sin((east - west) / 2)
    return 2 * EARTH_M * asin(min(1.0, sqrt(up * up + cos(south) * cos(north) * along * along)))
