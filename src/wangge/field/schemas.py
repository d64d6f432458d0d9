"""Shapes of the phone's doors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema

DeviceKey = Annotated[str, Field(min_length=32, max_length=128)]


class DeviceIn(Schema):
    """A phone introduces itself. Sent twice it is one device."""

    id: UUID
    name: Annotated[Text, Field(min_length=1, max_length=64)]
    key: DeviceKey


class DeviceOut(Schema):
    id: UUID
    name: str
    enrolled_at: datetime
    seen_at: datetime
    clock_off_s: int  # how far its clock was ahead when it was last heard; 0: right
    revoked_at: datetime | None
    revoked_by_name: str | None  # who ended it, in office


class SyncIn(Schema):
    """What the phone has: the cursor of its last answer, and its own time."""

    device_id: UUID
    key: DeviceKey
    cursor: UUID | None = None
    phone_at: AwareDatetime


class SliceRow(Schema):
    """One thing that the phone keeps, by the key under which its pages look for it."""

    key: str
    value: Any


class SliceOut(Schema):
    """What is new since the cursor. `is_whole`: throw away what you have and take this."""

    cursor: UUID
    at: datetime  # the server's clock: the phone sets its own offset by it
    clock_off_s: int
    is_whole: bool
    changed: list[SliceRow]
    removed: list[str]
    is_complete: bool  # false: the own grids hold more places than a phone takes along


class CommandsIn(Schema):
    """Commands in the order in which they were made. One that cannot be read is kept and told so."""

    commands: list[dict[str, Any]] = Field(max_length=500)


class PhotoPartOut(Schema):
    """How much of the photo is there. Go on from `received_bytes`."""

    sha256: str
    received_bytes: int
    is_whole: bool
