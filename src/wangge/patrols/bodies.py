"""The hot bodies of patrols, read and written without models: msgspec takes a fifth of the time."""

from __future__ import annotations

import base64
from binascii import Error as NotBase64
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import segno
from django.http import HttpResponse

from wangge.kernel.errors import Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.http import fate_body
from wangge.patrols.intake import TrackBatch
from wangge.patrols.models import Tracker
from wangge.patrols.schemas import PairedOut, TrackBatchIn

DOCUMENTED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": TrackBatchIn.model_json_schema()}},
    }
}


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """`TrackBatchIn`, as it is read."""

    id: UUID
    points: list[tuple[float, float, float, float, bool | float]]
    datum: str = "wgs84"


_decode = msgspec.json.Decoder(Given).decode
_encode = msgspec.json.Encoder().encode


def read_batch(body: bytes) -> TrackBatch:
    """Return the batch in a body. Raises: Unreadable, with the place and what is wrong with it."""
    try:
        given = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        why_zh = f"应为 {{id, datum, points: [[毫秒, 经度, 纬度, 精度, 是否模拟], …]}}（{error}）"
        raise Unreadable(field="points", why_zh=why_zh, why_en=str(error)) from None
    points = np.array(given.points, dtype=np.float64).reshape(-1, 5)
    return TrackBatch(given.id, points, given.datum)


def write_fate(fate: Fate, *, status: int | None = None) -> HttpResponse:
    """Return a fate as an answer, as `kernel.http.answer` would."""
    return HttpResponse(
        _encode(fate_body(fate)), content_type="application/json", status=status or fate.status
    )


def basic_password(header: str) -> str:
    """Return the password of an Authorization header of the kind Basic, "" for none."""
    kind, _, sent = header.partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(sent, validate=True).decode().partition(":")[2]
    except (NotBase64, UnicodeDecodeError, ValueError):
        return ""


def paired(tracker: Tracker, token: str, url: str) -> PairedOut:
    """Return a tracker just paired, with what its app scans: a configuration for OwnTracks, else the URL."""
    said = url
    if tracker.kind == "owntracks":
        settings = {"_type": "configuration", "mode": 3, "url": url, "auth": True, "username": "wangge"}
        content = base64.b64encode(_encode({**settings, "password": token})).decode()
        said = f"owntracks:///config?inline={content}"
    else:
        said = f"{url}?id={token}"
    code = segno.make(said, error="m").svg_data_uri(scale=4, border=2)
    return PairedOut(
        id=tracker.pk,
        name=tracker.name,
        kind=tracker.kind,
        paired_at=tracker.paired_at,
        revoked_at=tracker.revoked_at,
        token=token,
        url=url,
        qr=code,
    )
