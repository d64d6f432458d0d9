"""Minutes in an area, exactly: each segment of a track is clipped by the area and by the time window.

Between two points one walks straight and evenly: the share of the segment inside is the share of its time.
Source: docs/rules/patrols.md (PA-4 … PA-7).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wangge.patrols.rules import Limits

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
MOCK, CHECK_IN = 1, 2  # bits of a point's flags
EARTH_M = 6_371_008.8


class Why(IntEnum):
    """What a stretch of time between two points is."""

    LINE = 0  # walked
    GAP = 1  # nothing is known; told, and nobody is blamed for it
    STAY = 2  # a gap, credited: it ends near where it began
    CHECKED_IN = 3  # a gap, credited in part: a plate was scanned at one end
    TOO_FAST = 4  # no patrol goes so fast: not counted, for people to look at
    MOCKED = 5  # the phone says that its position was made up: not counted, for people to look at


@dataclass(frozen=True, slots=True)
class Track:
    """Points of many runs. A run is a stretch of duty without a pause; `run` says whose each point is."""

    run: Ints
    at_s: Floats
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    flags: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Runs:
    """For each run: the area that counts, and the window `[since_s, until_s)` that is looked at."""

    area: NDArray[np.object_]
    since_s: Floats
    until_s: Floats


@dataclass(frozen=True, slots=True)
class Stretches:
    """All that lies between two points of a run, inside the window."""

    run: Ints
    since_s: Floats
    until_s: Floats
    why: NDArray[np.int8]
    inside_s: Floats
    anywhere_s: Floats
    metres: Floats


def measure(track: Track, runs: Runs, limits: Limits) -> Stretches:
    """Return every stretch of the runs with its seconds inside the run's area and anywhere.

    Points may come in any order and twice; those not sharp enough are not used. A stretch counts inside,
    with its border, and so does a track that begins or ends inside.
    Units:  seconds, metres; WGS-84 degrees.
    Rule:   PA-4 (clipping), PA-5 (gaps), PA-6 (speed, mock), PA-7 (accuracy).
    """
    track = _in_order(track, limits)
    first = np.flatnonzero(track.run[1:] == track.run[:-1])
    last = first + 1
    run = track.run[first]
    began, ended = track.at_s[first], track.at_s[last]
    since, until = np.maximum(began, runs.since_s[run]), np.minimum(ended, runs.until_s[run])
    keep = until > since
    first, last, run, began, ended = first[keep], last[keep], run[keep], began[keep], ended[keep]
    since, until = since[keep], until[keep]
    metres = haversine_m(track.lon[first], track.lat[first], track.lon[last], track.lat[last])
    why = _classify(track, first, last, metres, ended - began, limits)
    share = (until - since) / (ended - began)
    here = np.column_stack([track.lon[first], track.lat[first]])
    step = np.column_stack([track.lon[last], track.lat[last]]) - here
    low, high = ((since - began) / (ended - began))[:, None], ((until - began) / (ended - began))[:, None]
    lines = why == Why.LINE
    inside, anywhere = np.zeros(len(run)), np.zeros(len(run))
    anywhere[lines] = (until - since)[lines]
    areas = runs.area[run]
    inside[lines] = anywhere[lines] * _inside(
        (here + low * step)[lines], (here + high * step)[lines], areas[lines]
    )
    _credit(why, inside, anywhere, areas, here, here + step, ended - began, share, limits)
    walked = np.where(lines, metres * share, 0.0)
    return Stretches(run, since, until, why, inside, anywhere, walked)


def haversine_m(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Return metres on the sphere: half a per cent off at most."""
    up = np.sin(np.radians(lat2 - lat1) / 2) ** 2
    along = np.sin(np.radians(lon2 - lon1) / 2) ** 2
    share = up + np.cos(np.radians(lat1)) * np.cos(np.radians(lat2)) * along
    found: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(1.0, share)))
    return found


def _in_order(track: Track, limits: Limits) -> Track:
    """Return the points that are used, by run and time, each moment of a run once."""
    sharp = (track.accuracy_m <= limits.accuracy_m) | (track.flags & CHECK_IN > 0)
    order = np.lexsort((track.at_s, track.run))
    order = order[sharp[order]]
    run, at_s = track.run[order], track.at_s[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (run[1:] != run[:-1]) | (at_s[1:] != at_s[:-1])
    order = order[fresh]
    return Track(
        track.run[order],
        track.at_s[order],
        track.lon[order],
        track.lat[order],
        track.accuracy_m[order],
        track.flags[order],
    )


def _classify(
    track: Track, first: Ints, last: Ints, metres: Floats, took_s: Floats, limits: Limits
) -> NDArray[np.int8]:
    flags = track.flags[first] | track.flags[last]
    blur = track.accuracy_m[first] + track.accuracy_m[last]
    why = np.full(len(first), Why.LINE, dtype=np.int8)
    gaps = took_s > limits.gap_s
    why[gaps] = Why.GAP
    why[gaps & (metres <= limits.dwell_m) & (took_s <= limits.dwell_minutes * 60)] = Why.STAY
    why[(why == Why.GAP) & (flags & CHECK_IN > 0)] = Why.CHECKED_IN
    why[(metres - blur) * 3.6 > limits.speed_kmh * took_s] = Why.TOO_FAST
    why[flags & MOCK > 0] = Why.MOCKED
    return why


def _inside(start: Floats, end: Floats, areas: NDArray[np.object_]) -> Floats:
    """Return the share of each straight piece that lies in its area, border included."""
    share = np.zeros(len(start))
    still = (start == end).all(axis=1)
    shapely.prepare(areas)
    share[still] = shapely.intersects(areas[still], shapely.points(start[still]))
    moving = np.flatnonzero(~still)
    lines = shapely.linestrings(np.stack([start[moving], end[moving]], axis=1))
    whole = shapely.covers(areas[moving], lines)
    share[moving[whole]] = 1.0
    cut = np.flatnonzero(~whole & shapely.intersects(areas[moving], lines))
    pieces = shapely.intersection(lines[cut], areas[moving[cut]])
    share[moving[cut]] = np.clip(shapely.length(pieces) / shapely.length(lines[cut]), 0.0, 1.0)
    return share


def _credit(
    why: NDArray[np.int8],
    inside: Floats,
    anywhere: Floats,
    areas: NDArray[Any],
    here: Floats,
    there: Floats,
    took_s: Floats,
    share: Floats,
    limits: Limits,
) -> None:
    """Count stays whole and gaps beside a check-in in part; inside only when both ends are. Rule: PA-5."""
    chosen = np.flatnonzero((why == Why.STAY) | (why == Why.CHECKED_IN))
    if not len(chosen):
        return
    most = np.where(why[chosen] == Why.STAY, np.inf, limits.check_in_minutes * 60)
    seconds = np.minimum(took_s[chosen], most) * share[chosen]
    both = shapely.intersects(areas[chosen], shapely.points(here[chosen]))
    both &= shapely.intersects(areas[chosen], shapely.points(there[chosen]))
    anywhere[chosen] = seconds
    inside[chosen] = np.where(both, seconds, 0.0)
