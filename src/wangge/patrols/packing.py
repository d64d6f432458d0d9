"""Points of a batch as bytes: 15 a point, sealed with the installation's key (PA-12; PIPL §28: tracks).

A hundredth of a metre and a thousandth of a second are kept; a hundred points are one row of 1.5 kB.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wangge.kernel.secrets import open_bytes, seal_bytes

ROW = np.dtype([("ms", "<u4"), ("lon", "<i4"), ("lat", "<i4"), ("blur", "<u2"), ("flags", "u1")])
DEGREE = 1e7
DECIMETRES = 10


def pack(points: NDArray[np.float64], first_ms: float) -> bytes:
    """Return rows of (ms, lon, lat, accuracy in metres, flags) as sealed bytes."""
    rows = np.empty(len(points), dtype=ROW)
    rows["ms"] = points[:, 0] - first_ms
    rows["lon"] = np.rint(points[:, 1] * DEGREE)
    rows["lat"] = np.rint(points[:, 2] * DEGREE)
    rows["blur"] = np.clip(points[:, 3] * DECIMETRES, 0, 65_535)
    rows["flags"] = points[:, 4]
    return seal_bytes(rows.tobytes())


def unpack(chunks: Sequence[tuple[float, bytes]]) -> NDArray[np.float64]:
    """Return the rows of many chunks, each with its first moment in ms since 1970. Shape: (n, 5)."""
    parts = []
    for first_ms, sealed in chunks:
        rows = np.frombuffer(open_bytes(sealed), dtype=ROW)
        parts.append(
            np.column_stack(
                [
                    rows["ms"] + first_ms,
                    rows["lon"] / DEGREE,
                    rows["lat"] / DEGREE,
                    rows["blur"] / DECIMETRES,
                    rows["flags"],
                ]
            )
        )
    return np.concatenate(parts) if parts else np.empty((0, 5))
