"""Vector tiles (Mapbox Vector Tile 2.1) from arrays: a layer of points or of squares, in groups.

Things that say the same are one feature of many points, so a tile of thousands of places costs arrays and no
loop over places. Only what our own map needs of the format is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
    groups = [one for one in groups if len(one.x)]
    return _layer(name, groups, _POINT, _points(groups))


def squares_layer(name: str, groups: Sequence[Group], side: int) -> bytes:
    """Return a layer of squares of `side`, each given by its corner of least x and y."""
    groups = [one for one in groups if len(one.x)]
    return _layer(name, groups, _POLYGON, _squares(groups, side))


def varints(numbers: Ints) -> bytes:
    """Return numbers from 0 to below 2^31 as the format writes them: seven bits a byte."""
    return _varints(numbers)[0].tobytes()


def _varints(numbers: Ints) -> tuple[NDArray[np.uint8], Ints]:
    """Return the bytes of all numbers, and where those of each end."""
    left = numbers.astype(np.int32)
    sizes = np.ones(len(left), dtype=np.int32)
    longest = int(left.max()) if len(left) else 0
    for bits in (7, 14, 21, 28):
        if longest >> bits:
            sizes += left >= (1 << bits)
    ends = np.cumsum(sizes, dtype=np.int64)
    written = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    at = ends - sizes
    while len(left):
        more = left > 0x7F
        written[at] = (left & 0x7F) | (more * np.int32(0x80))
        left, at = left[more] >> 7, at[more] + 1
    return written, ends


def _parts(numbers: Ints, ends: Ints) -> list[bytes]:
    """Return the bytes of the numbers, cut after so many of them each."""
    written, at = _varints(numbers)
    cuts = [0, *(at[np.asarray(ends) - 1].tolist() if len(ends) else ())]
    return [written[first:after].tobytes() for first, after in pairwise(cuts)]


def _zigzag(numbers: Ints) -> Ints:
    return (numbers << 1) ^ (numbers >> 63)


def _steps(groups: Sequence[Group]) -> tuple[Ints, Ints, Ints, Ints]:
    """Return how far the pen goes in x and y, from nought in each group, and of each group start and size."""
    sizes = np.array([len(one.x) for one in groups], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    x, y = (np.concatenate([getattr(one, side) for one in groups]) for side in ("x", "y"))
    right, down = (np.diff(side, prepend=0) for side in (x, y))
    right[starts], down[starts] = x[starts], y[starts]
    return right, down, starts, sizes


def _points(groups: Sequence[Group]) -> list[bytes]:
    if not groups:
        return []
    right, down, starts, sizes = _steps(groups)
    numbers = np.empty(2 * len(right) + len(groups), dtype=np.int64)
    heads = 2 * starts + np.arange(len(groups))
    at = 2 * np.arange(len(right)) + np.repeat(np.arange(1, len(groups) + 1), sizes)
    numbers[heads] = _MOVE | (sizes << 3)
    numbers[at], numbers[at + 1] = _zigzag(right), _zigzag(down)
    return _parts(numbers, heads + 1 + 2 * sizes)


def _squares(groups: Sequence[Group], side: int) -> list[bytes]:
    """Each square goes right, down and left; the pen then stands a side below the corner it began in."""
    if not groups:
        return []
    right, down, starts, sizes = _steps(groups)
    there, back = 2 * side, 2 * side - 1  # zigzag of +side and of -side
    rows = np.empty((len(right), _SQUARE), dtype=np.int64)
    rows[:] = (_MOVE | 1 << 3, 0, 0, _LINE | 3 << 3, there, 0, 0, there, back, 0, _CLOSE | 1 << 3)
    down -= side
    down[starts] += side
    rows[:, 1], rows[:, 2] = _zigzag(right), _zigzag(down)
    return _parts(rows.ravel(), (starts + sizes) * _SQUARE)


def _layer(name: str, groups: Sequence[Group], kind: int, shapes: Sequence[bytes]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Word], int] = {}
    features = bytearray()
    for group, shape in zip(groups, shapes, strict=True):
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
