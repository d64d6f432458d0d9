"""Places on the square map of the web as one number each: near numbers are near places.

The map is web Mercator of WGS-84: at level z it has 2^z × 2^z tiles, x to the east, y to the south.
"""

from __future__ import annotations

from math import asinh, pi, tan

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
BITS = 30  # of each side: 4 cm at the equator
MOST_LAT = 85.05112877980659
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def keys_of(lon: Floats, lat: Floats) -> Keys:
    """Return the number of each place: the bits of x and y in turn. Units: degrees, WGS-84."""
    size = float(1 << BITS)
    x = (lon + 180.0) / 360.0 * size
    phi = np.radians(np.clip(lat, -MOST_LAT, MOST_LAT))
    y = (1.0 - np.arcsinh(np.tan(phi)) / pi) / 2.0 * size
    most = (1 << BITS) - 1
    return interleave(
        np.clip(x, 0, most).astype(np.uint64),
        np.clip(y, 0, most).astype(np.uint64),
    )


def interleave(x: Keys, y: Keys) -> Keys:
    """Return the numbers whose even bits are x and whose odd bits are y."""
    return _spread(x) | (_spread(y) << np.uint64(1))


def apart(keys: Keys) -> tuple[Keys, Keys]:
    """Return x and y of numbers."""
    return _gather(keys), _gather(keys >> np.uint64(1))


def tile_number(z: int, x: int, y: int) -> int:
    """Return the number of a tile of a level: what its places share of theirs."""
    number = 0
    for bit in range(z):
        number |= ((x >> bit) & 1) << (2 * bit) | ((y >> bit) & 1) << (2 * bit + 1)
    return number


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return the x and y of the tile of a level in which a place lies."""
    most = (1 << z) - 1
    phi = max(-MOST_LAT, min(MOST_LAT, lat)) * pi / 180
    x = int((lon + 180) / 360 * (1 << z))
    y = int((1 - asinh(tan(phi)) / pi) / 2 * (1 << z))
    return min(max(x, 0), most), min(max(y, 0), most)


def _spread(side: Keys) -> Keys:
    spread = side & np.uint64(0xFFFFFFFF)
    for shift, mask in _SPREAD:
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread


def _gather(keys: Keys) -> Keys:
    side = keys & np.uint64(0x5555555555555555)
    for (shift, _), mask in zip(
        reversed(_SPREAD),
        (0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0xFFFFFFFF),
        strict=True,
    ):
        side = (side | (side >> np.uint64(shift))) & np.uint64(mask)
    return side
