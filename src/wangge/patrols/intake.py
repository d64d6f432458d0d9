"""Points in: each batch is judged point by point and kept as one row. Rule: PA-11, PA-12.

The hot path of the room: two statements a batch, no model object, no receipt beside the row itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from wangge.kernel import prepared
from wangge.kernel.actor import Actor
from wangge.kernel.datum import to_wgs84_many
from wangge.kernel.errors import NotYourRole, Refused
from wangge.kernel.fates import Fate
from wangge.kernel.ids import time_of
from wangge.patrols.duty import DO, SKEW
from wangge.patrols.packing import pack
from wangge.patrols.rules import (
    LIMITS,
    BatchIdNoUuid7,
    ForeignBatch,
    InTheFuture,
    Limits,
    NoPosition,
    OffDuty,
    OutOfCity,
    TooLate,
    TooManyPoints,
)
from wangge.territory import queries as territory

LAYER = "comprehensive"
MOST = 1_000
M_A_DEGREE = 111_000.0
MOCKED = 1  # measuring.MOCK
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrackBatch:
    """Positions of one person: rows of (ms since 1970, lon, lat, accuracy in metres, mock 0 or 1)."""

    id: UUID
    points: Points
    datum: str = "wgs84"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a batch is judged against."""

    limits: Limits
    spans_ms: list[tuple[float, float]]
    bounds: tuple[float, float, float, float] | None


_ASK = f"""
SELECT {territory.EDITION}, (SELECT json_object_agg(code, value)::text FROM patrols_patrollimit),
  extract(epoch FROM s.starts_at)::float8 * 1000,
  extract(epoch FROM coalesce(s.ends_at, 'infinity'))::float8 * 1000,
  extract(epoch FROM p.started_at)::float8 * 1000
FROM (SELECT 1) one
LEFT JOIN patrols_dutyspan s ON s.user_id = %s::bigint AND s.starts_at <= %s::timestamptz
  AND (s.ends_at IS NULL OR s.ends_at >= %s::timestamptz)
LEFT JOIN patrols_patrolsession p ON p.id = s.session_id
"""
# Points may be lost with the machine in the second before it dies; the phone keeps what was not answered.
_KEEP = """
WITH calm AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO patrols_trackchunk (id, user_id, first_at, last_at, received_at, count, digest, points)
SELECT %s::uuid, %s::bigint, %s::timestamptz, %s::timestamptz, %s::timestamptz, %s::int, %s::bytea, %s::bytea
FROM calm ON CONFLICT (id) DO NOTHING RETURNING 1
"""
_FIND = "SELECT user_id, digest FROM patrols_trackchunk WHERE id = %s::uuid"


def ingest_points(batches: Sequence[TrackBatch], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep the points of the caller's batches that may be kept, one fate a batch, in order.

    Shape:  a fate's result tells `kept`, and `refused`: code, sentences and places of the points not taken.
            A batch that came before is `repeated` and changes nothing.
    Raises: nothing for a single batch: a refusal is a fate.
    Rule:   PA-11 (which points), PA-12 (a batch twice is one row).
    """
    if not actor.can(DO):
        refusal = NotYourRole(capability=DO, role=actor.role)
        return [Fate.refused(batch.id, refusal) for batch in batches]
    return [_take(batch, actor, at) for batch in batches]


def _take(batch: TrackBatch, actor: Actor, at: datetime) -> Fate:
    try:
        points = _checked(batch)
        ground = _ground(actor, points, at)
        _check_id(batch.id, ground.limits, at)
        why = judge_points(points, ground, now_ms=at.timestamp() * 1000)
    except Refused as refusal:
        return Fate.refused(batch.id, refusal)
    refused = _told(why, ground.limits)
    kept = points[why == 0]
    if not len(kept):
        return Fate.applied(batch.id, kept=0, refused=refused)
    first_ms, last_ms = float(kept[:, 0].min()), float(kept[:, 0].max())
    digest = hashlib.sha256(batch.datum.encode() + batch.points.tobytes()).digest()
    row = (batch.id, actor.user_id, _moment(first_ms), _moment(last_ms), at, len(kept), digest)
    is_new = prepared.send(_KEEP, *row, pack(kept, first_ms)).fetchone()
    result = {"kept": len(kept), "refused": refused}
    if is_new:
        return Fate.applied(batch.id, **result)
    owner, known = prepared.send(_FIND, batch.id).fetchall()[0]
    if owner == actor.user_id and bytes(known) == digest:
        return Fate.repeated(batch.id, result)
    return Fate.refused(batch.id, ForeignBatch())


def _checked(batch: TrackBatch) -> Points:
    """Return the points in WGS-84. Raises: TooManyPoints, Unreadable for an unknown datum."""
    if len(batch.points) > MOST:
        raise TooManyPoints(most=MOST, given=len(batch.points))
    if batch.datum == "wgs84":
        return batch.points
    moved = batch.points.copy()
    real = np.isfinite(moved[:, 1:3]).all(axis=1)
    moved[real, 1:3] = to_wgs84_many(moved[real, 1:3], batch.datum)
    return moved


def _ground(actor: Actor, points: Points, at: datetime) -> Ground:
    """Read what the batch is judged against, in one statement."""
    times = points[:, 0][np.isfinite(points[:, 0])]
    low, high = (float(times.min()), float(times.max())) if len(times) else (0.0, 0.0)
    latest = at + SKEW
    since, until = _moment(low, latest), _moment(high, latest)
    rows = prepared.send(_ASK, actor.user_id, until, since).fetchall()
    edition, said = rows[0][0], rows[0][1]
    limits = Limits(**{k: v for k, v in _decoded(said).items() if k in LIMITS})
    longest = limits.longest_hours * 3_600_000
    spans = [(start, min(end, began + longest)) for *_, start, end, began in rows if start is not None]
    index = territory.index_numbered(edition, LAYER, at)
    return Ground(limits, spans, index.bounds)


def judge_points(points: Points, ground: Ground, *, now_ms: float) -> NDArray[np.int8]:
    """Return for each point 0, or the number of the reason in `REASONS` why it is not taken. Rule: PA-11."""
    ms, lon, lat = points[:, 0], points[:, 1], points[:, 2]
    why = np.zeros(len(points), dtype=np.int8)
    on_duty = np.zeros(len(points), dtype=bool)
    for start, end in ground.spans_ms:
        on_duty |= (ms >= start) & (ms <= end)
    why[~on_duty] = 4
    if ground.bounds is not None:
        west, south, east, north = ground.bounds
        up = ground.limits.city_margin_m / M_A_DEGREE
        along = up / max(0.1, float(np.cos(np.radians((south + north) / 2))))
        away = (lon < west - along) | (lon > east + along) | (lat < south - up) | (lat > north + up)
        why[away] = 5
    why[ms < now_ms - ground.limits.late_hours * 3_600_000] = 3
    why[ms > now_ms + SKEW.total_seconds() * 1000] = 2
    real = np.isfinite(points).all(axis=1) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & (ms >= 0)
    why[~real] = 1
    return why


REASONS: tuple[type[Refused], ...] = (NoPosition, InTheFuture, TooLate, OffDuty, OutOfCity)


def _told(why: NDArray[np.int8], limits: Limits) -> list[dict[str, Any]]:
    told = []
    for number in np.unique(why[why > 0]).tolist():
        refusal = REASONS[number - 1](hours=round(limits.late_hours))
        said = {"code": refusal.code, "zh": refusal.message("zh"), "en": refusal.message("en")}
        told.append({**said, "items": np.flatnonzero(why == number).tolist()})
    return told


def _check_id(identifier: UUID, limits: Limits, at: datetime) -> None:
    """Raises: BatchIdNoUuid7: the id says in which month the row lies, so it may not say just anything."""
    if identifier.version != 7:
        raise BatchIdNoUuid7
    made = time_of(identifier)
    if not at - timedelta(hours=limits.late_hours + 1) <= made <= at + SKEW:
        raise BatchIdNoUuid7


def _moment(ms: float, latest: datetime | None = None) -> datetime:
    """Return the moment, held between 1970 and `latest`."""
    if latest is not None:
        ms = max(0.0, min(ms, latest.timestamp() * 1000))
    return datetime.fromtimestamp(ms / 1000, UTC)


def _decoded(said: str | None) -> dict[str, float]:
    return msgspec.json.decode(said, type=dict[str, float]) if said else {}
