"""Shapes of evidence at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from wangge.evidence.rules import Kind, Verdict
from wangge.kernel.shapes import Schema

MOST_CASES = 1_000
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500, pattern=r"^[^\x00]*$")
]


class UsedBefore(Schema):
    """An earlier use of a photo, in a case that the reader may see."""

    case_id: UUID
    seq: int
    at: datetime
    by_another: bool
    is_same_bytes: bool


class FindingOut(Schema):
    """One comparison in plain words. Advice for a person: nothing follows from it by machine."""

    sha256: str  # "": of the step, not of one photo
    seq: int
    kind: Kind
    verdict: Verdict
    value: float | None
    limit: int | None
    zh: str
    en: str
    used_before: list[UsedBefore]


class PhotoOut(Schema):
    """What a photo says of itself."""

    sha256: str
    seq: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    camera: str


class EvidenceOut(Schema):
    photos: list[PhotoOut]
    findings: list[FindingOut]
    is_confirmed: bool  # False: the limits are an unconfirmed preset


class ExportIn(Schema):
    """A bundle to be made. `id` is made by the sender; sending it twice makes one."""

    id: UUID
    case_ids: list[UUID] = Field(min_length=1, max_length=MOST_CASES)
    reason: Reason


class ExportOut(Schema):
    id: UUID
    state: Literal["waiting", "making", "ready", "failed", "expired"]
    reason: str
    asked_at: datetime
    cases: int
    done: int
    made_at: datetime | None
    kept_until: datetime | None
    size_bytes: int | None
    sha256: str


class PublicKeyOut(Schema):
    fingerprint: str
    pem: str
    made_at: datetime
    retired_at: datetime | None
