"""Shapes of the phone's doors."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from wangge.census.schemas import AnswerIn
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


class HeldPhoneOut(DeviceOut):
    """A phone of a person of the own territory."""

    person_id: int
    person: str


class HeldPhoneFilter(Schema):
    q: Text = Field("", max_length=64)  # what its person is called
    only_trusted: bool = False
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class HeldPhonePage(Schema):
    items: list[HeldPhoneOut]
    total: int
    total_is_exact: bool
    next_cursor: str | None


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


class PointsIn(Schema):
    """Own positions: [milliseconds since 1970, lon, lat, accuracy in metres, made up 0 or 1] each."""

    id: UUID
    datum: str = "wgs84"
    points: list[tuple[float, float, float, float, float]] = Field(max_length=1_000)


class CensusAnswerIn(AnswerIn):
    """What was found in a census, with the census it is of."""

    census_id: UUID


class CorrectionIn(Schema):
    """Fields of a place that a member puts right on the way; what is left out stays as it is."""

    FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"name", "address", "area_m2", "keeper_name", "keeper_phone", "is_open"}
    )

    id: UUID
    at: AwareDatetime
    venue_id: UUID
    base_version: int = Field(ge=1)
    name: Annotated[Text, Field(min_length=1, max_length=128)] = ""
    address: Annotated[Text, Field(max_length=255)] = ""
    area_m2: Annotated[float, Field(ge=0, le=1e9)] | None = None
    keeper_name: Annotated[Text, Field(max_length=64)] = ""
    keeper_phone: Annotated[Text, Field(max_length=32, pattern=r"^[0-9+*() -]*$")] = ""
    is_open: bool = True


class BurdenIn(Schema):
    """What the app asked of the person on this phone so far on a day; a later one of the day replaces it."""

    id: UUID
    at: AwareDatetime
    phone_id: UUID
    on: date
    active_s: Annotated[int, Field(ge=0, le=86_400)]
    fields: Annotated[int, Field(ge=0, le=100_000)]
    photos: Annotated[int, Field(ge=0, le=100_000)]


class BurdenDay(Schema):
    """A day of the people of a territory; of fewer than five nothing is told of how it was spread."""

    on: date
    people: int
    minutes_median: float | None
    minutes_p90: float | None
    fields_median: float | None
    photos_median: float | None


class BurdenFilter(Schema):
    first_on: date
    last_on: date

    @model_validator(mode="after")
    def _runs_forward(self) -> BurdenFilter:
        if not timedelta(0) <= self.last_on - self.first_on <= timedelta(days=92):
            raise ValueError("first_on and last_on must lie in order and at most 92 days apart")
        return self


class DecidedIn(Schema):
    """What a person did with a command that was refused: said it again on top, mended it, or gave it up."""

    id: UUID
    at: AwareDatetime
    refused_id: UUID
    kind: Annotated[Text, Field(min_length=1, max_length=64)]  # of the refused command
    subject: Annotated[Text, Field(max_length=128)] = ""
    code: Annotated[Text, Field(max_length=64)] = ""  # why it was refused
    choice: Literal["mine", "theirs", "mixed", "mended", "again"]
    fields: list[Annotated[Text, Field(max_length=32)]] = Field(default_factory=list, max_length=20)
    became: UUID | None = None  # the command in its place


class PhotoPartOut(Schema):
    """How much of the photo is there. Go on from `received_bytes`."""

    sha256: str
    received_bytes: int
    is_whole: bool
