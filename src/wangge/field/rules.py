"""What a phone is told and what of it is new. Source: docs/rules/field.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from wangge.kernel.errors import Refused

CLOCK_MAY_BE_OFF = timedelta(minutes=5)  # as far as a visit may lie ahead (OR-7)
PART_BYTES = 256 << 10  # of a photo, at most, in one message
FEWEST = 5  # people of whom a spread is told: of fewer it would tell of a person
HANDING_OVER = timedelta(days=7)  # after it was revoked a phone may hand over what it made, and nothing else


class DeviceRevoked(Refused):
    """The phone is no longer trusted: it hands over what it has not sent, then wipes itself."""

    status = 403
    code = "field.device_revoked"
    zh = "这台手机已停用。请先把未发送的记录交上来，之后本机数据将清除。"
    en = "This phone was revoked. Hand over what is unsent; then its data are wiped."


class DeviceTaken(Refused):
    """A device belongs to one person."""

    code = "field.device_taken"
    zh = "这个设备编号已登记在他人名下。请重新打开应用，登记一个新编号。"
    en = "This device id belongs to somebody else. Open the app anew to enrol with a new one."


class ForeignDay(Refused):
    """A figure of a day that cannot be told any more, or not yet."""

    status = 422
    code = "field.foreign_day"
    zh = "这一天的用时不能再登记。"
    en = "The figures of that day cannot be told any more, or not yet."


@dataclass(frozen=True, slots=True)
class Delta:
    """What the phone must put and what it must throw away."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]


def delta_of(before: Mapping[str, str], after: Mapping[str, str]) -> Delta:
    """Return the keys that are new or other, and those that are gone. Both map keys to digests.

    Rule: FD-3 (issue 6: a delta since the last sync, removed ones too).
    """
    changed = tuple(key for key, digest in after.items() if before.get(key) != digest)
    return Delta(changed, tuple(sorted(before.keys() - after.keys())))


def seconds_off(phone_at: datetime, server_at: datetime) -> int:
    """Return by how many seconds the phone's clock is ahead; 0 within the five minutes that OR-7 allows.

    Rule: FD-5 (issue 6: the clock of the phone wrong by a day).
    """
    off = phone_at - server_at
    return round(off.total_seconds()) if abs(off) > CLOCK_MAY_BE_OFF else 0


def may_hand_over(revoked_at: datetime | None, at: datetime) -> bool:
    """Return whether a phone that was revoked may still hand over what it made before.

    Rule: FD-11 (issue 6, must-show 6: unsent work handed over first).
    """
    return revoked_at is not None and revoked_at <= at < revoked_at + HANDING_OVER


def takes_part(*, received: int, offset: int, length: int, size: int) -> bool:
    """Return whether a part of a photo is the next one: it goes on where the last one ended, inside the size.

    Rule: FD-7 (peers.md 31: resumable, per photo).
    """
    return offset == received and 0 < length <= PART_BYTES and offset + length <= size
