"""How far from the reported point a step was taken (CS-32). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any

from wangge.cases.rules import CaseFacts
from wangge.cases.schemas import StepCommand

EARTH_M = 6_371_008.8  # mean radius
MOST_M = 1_000_000  # beyond, it is only "far"


def sent_from_m(
    case: CaseFacts, command: StepCommand, photo_facts: Mapping[str, Mapping[str, Any]]
) -> int | None:
    """Return how far from the reported point the photos of a step were taken, in metres rounded up.

    The farthest photo that knows its place counts; if none does, the place that the sender says they are at.
    None: nothing is known.
    Rule: CS-32.
    """
    points = [photo_facts.get(sha256, {}).get("point_wgs84") for sha256 in command.photos]
    known = [distance_m(case, *point) for point in points if point]
    if known:
        return max(known)
    if command.lon is None or command.lat is None:
        return None
    return distance_m(case, command.lon, command.lat)


def distance_m(case: CaseFacts, lon: float, lat: float) -> int:
    """Return the metres between the case and a point (WGS-84), rounded up."""
    north, east = radians(lat - case.lat) / 2, radians(lon - case.lon) / 2
    chord = sin(north) ** 2 + cos(radians(case.lat)) * cos(radians(lat)) * sin(east) ** 2
    return min(-int(-2 * EARTH_M * asin(sqrt(chord)) // 1), MOST_M)
