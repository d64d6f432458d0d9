"""In which order a member walks through the places of a day: pure. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

import fast_tsp

EARTH_M = 6_371_008.8
EXACT = 20  # up to so many the library tries every order
SECONDS = 0.02  # beyond, it looks so long for a shorter walk
Point = tuple[float, float]  # lon, lat in WGS-84


def distance_m(a: Point, b: Point) -> float:
    """Return the metres between two points over the ground, as the crow flies."""
    (lon, lat), (lon2, lat2) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def length_m(points: Sequence[Point], order: Sequence[int]) -> float:
    """Return the metres of an open walk through points in an order."""
    return sum(distance_m(points[a], points[b]) for a, b in pairwise(order))


def nearest_first(points: Sequence[Point]) -> list[int]:
    """Return the order that always goes on to the nearest place left, from the first: a plain way to walk."""
    left, order = set(range(1, len(points))), [0][: len(points)]
    while left:
        here = points[order[-1]]
        order.append(min(left, key=lambda n: (distance_m(here, points[n]), n)))
        left.remove(order[-1])
    return order


def walk(points: Sequence[Point], *, seconds: float = SECONDS) -> list[int]:
    """Return the indexes of the points in the order of a short walk that may begin and end anywhere.

    Shape: each index once. Units: straight lines, in metres; streets and stairs are not known.
    Rule:  OR-24. The shortest there is up to 19 places; beyond, the best found in 20 ms.
    """
    if len(points) < 3:
        return list(range(len(points)))
    metres = [[round(distance_m(a, b)) for b in points] + [0] for a in points]
    metres.append([0] * (len(points) + 1))  # a door that is next to everything: the tour is cut there
    tour = fast_tsp.find_tour(metres, duration_seconds=seconds)
    cut = tour.index(len(points))
    order = tour[cut + 1 :] + tour[:cut]
    return order if order[0] <= order[-1] else order[::-1]
