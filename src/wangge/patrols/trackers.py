"""Trackers that people use already: OsmAnd protocol and OwnTracks, each paired by a token of its own.

Rule: PA-14. The token is shown once and kept as a digest; revoking it ends it at once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import numpy as np

from wangge.accounts import queries as accounts
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import CommandIdReused, NotVisible
from wangge.kernel.fates import Fate
from wangge.kernel.ids import assemble
from wangge.patrols.duty import DO
from wangge.patrols.intake import TrackBatch, ingest_points
from wangge.patrols.models import Tracker
from wangge.patrols.rules import NoPosition, TokenUnknown
from wangge.patrols.schemas import TrackerIn

TOKEN_BYTES = 20
_decode = msgspec.json.Decoder().decode


def pair_tracker(new: TrackerIn, *, actor: Actor, at: datetime) -> tuple[Tracker, str]:
    """Return a new tracker of the caller and its token, which nobody can read again.

    Raises: NotYourRole; CommandIdReused for an id that was used: its token was shown then.
    Rule:   PA-14.
    """
    actor.check_can(DO)
    if Tracker.objects.filter(pk=new.id).exists():
        raise CommandIdReused
    token = secrets.token_hex(TOKEN_BYTES)
    tracker = Tracker.objects.create(
        id=new.id,
        user_id=actor.user_id,
        name=new.name,
        kind=new.kind,
        token_digest=_digest(token),
        paired_at=at,
    )
    audit.record([("patrols.pair", "tracker", str(new.id), {"kind": new.kind})], actor=actor, at=at)
    return tracker, token


def revoke_tracker(tracker_id: UUID, *, actor: Actor, at: datetime) -> Tracker:
    """End a tracker of the caller; ended already, it stays so. Raises: NotVisible. Rule: PA-14."""
    actor.check_can(DO)
    ended = Tracker.objects.filter(pk=tracker_id, user_id=actor.user_id, revoked_at__isnull=True)
    if ended.update(revoked_at=at):
        audit.record([("patrols.revoke", "tracker", str(tracker_id), {})], actor=actor, at=at)
    tracker = Tracker.objects.filter(pk=tracker_id, user_id=actor.user_id).first()
    if tracker is None:
        raise NotVisible
    return tracker


def take_osmand(fields: Mapping[str, str], body: bytes, *, at: datetime) -> Fate:
    """Take what a client of the OsmAnd protocol sends: fields of a query or form, or Traccar's JSON.

    Raises: TokenUnknown, NoPosition.
    Rule:   PA-14.
    """
    if body[:1] == b"{":
        said = _json(body)
        token, row = str(said.get("device_id", "")), _traccar(said)
    else:
        token = fields.get("id") or fields.get("deviceid") or ""
        row = _row(fields.get("timestamp"), fields.get("lon"), fields.get("lat"), fields.get("accuracy"))
    return _take([row], token, at)


def take_owntracks(body: bytes, token: str, *, at: datetime) -> Fate | None:
    """Take what OwnTracks sends over HTTP; None for a message that is no position.

    Raises: TokenUnknown, NoPosition.
    Rule:   PA-14.
    """
    said = _json(body)
    actor = _actor_of(token, at)
    if said.get("_type") != "location":
        return None
    return _keep([_row(said.get("tst"), said.get("lon"), said.get("lat"), said.get("acc"))], actor, at)


def _take(rows: Sequence[list[float]], token: str, at: datetime) -> Fate:
    return _keep(rows, _actor_of(token, at), at)


def _keep(rows: Sequence[list[float]], actor: Actor, at: datetime) -> Fate:
    """Keep the points; what they say makes the batch's id, so that the same sent twice is one row."""
    points = np.array(rows, dtype=np.float64)
    said = int.from_bytes(hashlib.sha256(points.tobytes() + actor.user_id.to_bytes(8, "big")).digest())
    made = min(at, datetime.fromtimestamp(max(0.0, points[0, 0]) / 1000, UTC))
    batch = TrackBatch(assemble(made, said & (1 << 74) - 1), points)
    return ingest_points([batch], actor=actor, at=at)[0]


def _actor_of(token: str, at: datetime) -> Actor:
    """Return who paired the token, in a post that allows patrols. Raises: TokenUnknown."""
    tracker = Tracker.objects.filter(token_digest=_digest(token), revoked_at__isnull=True).first()
    if tracker is None:
        raise TokenUnknown
    on = at.astimezone(CHINA).date()
    actor = accounts.get_actors([tracker.user_id], on).get(tracker.user_id)
    if actor is None:
        raise TokenUnknown
    return actor


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NoPosition from None
    if not isinstance(said, dict):
        raise NoPosition
    return said


def _traccar(said: Mapping[str, Any]) -> list[float]:
    place = said.get("location")
    coords = place.get("coords") if isinstance(place, dict) else None
    if not isinstance(place, dict) or not isinstance(coords, dict):
        raise NoPosition
    row = _row(
        place.get("timestamp"), coords.get("longitude"), coords.get("latitude"), coords.get("accuracy")
    )
    row[4] = float(bool(place.get("mock")))
    return row


def _row(moment: Any, lon: Any, lat: Any, accuracy: Any) -> list[float]:
    """Return one point; the time is seconds or milliseconds since 1970, or ISO 8601. Raises: NoPosition."""
    try:
        row = [_ms(moment), float(lon), float(lat), float(accuracy or 0), 0.0]
    except (TypeError, ValueError, OverflowError):
        raise NoPosition from None
    if not np.isfinite(row).all():
        raise NoPosition
    return row


def _ms(moment: Any) -> float:
    try:
        number = float(moment)
    except ValueError:
        when = datetime.fromisoformat(str(moment))
        return when.replace(tzinfo=when.tzinfo or UTC).timestamp() * 1000
    return number if number > 1e11 else number * 1000
