"""Vector tiles (Mapbox Vector Tile 2.1) from arrays: a layer of points or of squares, in groups.

Things that say the same are one feature of many points, so a tile of thousands of places costs arrays and no
loop over places. Only what our own map needs of the format is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Word = str | int | bool
EXTENT = 4096  # of a tile's side
_MOVE, _LINE, _CLOSE = 1, 2, 7
_POINT, _POLYGON = 1, 3
_SQUARE = 11  # whole numbers that one square is written with


@dataclass(frozen=True, slots=True)
class Group:
    """What many things of a layer have in common, and where they are: x and y inside the tile."""

    words: Mapping[str, Word]
    x: Ints
    y: Ints


def points_layer(name: str, groups: Sequence[Group]) -> bytes:
    """Return a layer of points, one feature a group. Groups without a point are left out."""
    return _layer(name, groups, _POINT, [_points(one.x, one.y) for one in groups])


def squares_layer(name: str, groups: Sequence[Group], side: int) -> bytes:
    """Return a layer of squares of `side`, each given by its corner of least x and y."""
    return _layer(name, groups, _POLYGON, [_squares(one.x, one.y, side) for one in groups])


def varints(numbers: Ints) -> bytes:
    """Return numbers from 0 to below 2^35 as the format writes them: seven bits a byte."""
    sizes = np.ones(len(numbers), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        sizes += numbers >= (1 << bits)
    ends = np.cumsum(sizes)
    written = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    starts = ends - sizes
    for place in range(int(sizes.max()) if len(sizes) else 0):
        has = sizes > place
        byte = (numbers[has] >> (7 * place)) & 0x7F
        written[starts[has] + place] = byte | ((sizes[has] > place + 1) * 0x80)
    return written.tobytes()


def _zigzag(numbers: Ints) -> Ints:
    return (numbers << 1) ^ (numbers >> 63)


def _steps(side: Ints) -> Ints:
    return np.diff(side, prepend=0)


def _points(x: Ints, y: Ints) -> bytes:
    if not len(x):
        return b""
    numbers = np.empty(2 * len(x) + 1, dtype=np.int64)
    numbers[0] = _MOVE | (len(x) << 3)
    numbers[1::2] = _zigzag(_steps(x))
    numbers[2::2] = _zigzag(_steps(y))
    return varints(numbers)


def _squares(x: Ints, y: Ints, side: int) -> bytes:
    """Each square goes right, down and left; the pen then stands a side below the corner it began in."""
    if not len(x):
        return b""
    rows = np.empty((len(x), _SQUARE), dtype=np.int64)
    there, back = 2 * side, 2 * side - 1  # zigzag of +side and of -side
    fixed = (_MOVE | 1 << 3, 0, 0, _LINE | 3 << 3, there, 0, 0, there, back, 0, _CLOSE | 1 << 3)
    rows[:] = fixed
    down = _steps(y)
    down[1:] -= side
    rows[:, 1] = _zigzag(_steps(x))
    rows[:, 2] = _zigzag(down)
    return varints(rows.ravel())


def _layer(name: str, groups: Sequence[Group], kind: int, shapes: Sequence[bytes]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Word], int] = {}
    features = b""
    for group, shape in zip(groups, shapes, strict=True):
        if not shape:
            continue
        tags = b"".join(
            _number(keys.setdefault(key, len(keys)))
            + _number(values.setdefault((type(word), word), len(values)))
            for key, word in group.words.items()
        )
        features += _field(2, _field(2, tags) + b"\x18" + _number(kind) + _field(4, shape))
    if not features:
        return b""
    body = b"\x78\x02" + _field(1, name.encode()) + features
    body += b"".join(_field(3, key.encode()) for key in keys)
    body += b"".join(_field(4, _value(word)) for _, word in values)
    return _field(3, body + b"\x28" + _number(EXTENT))


def _value(word: Word) -> bytes:
    if isinstance(word, bool):
        return b"\x38" + _number(int(word))
    if isinstance(word, int):
        return b"\x28" + _number(word)
    return _field(1, word.encode())


def _field(number: int, content: bytes) -> bytes:
    return _number(number << 3 | 2) + _number(len(content)) + content


def _number(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)
