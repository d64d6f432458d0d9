"""What people have open, room by room: the rooms above hand their keepers in (ADR 21, ADR 22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from wangge.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Leaver:
    """Whose open things are looked for: those of one post, that can be somebody else's from a day on."""

    user_id: int
    scope: str
    department_id: int | None
    from_on: date
    today: date


class OpenThing(NamedTuple):
    """One thing that somebody has open."""

    id: UUID
    path: str
    name: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Giving:
    """By which handover, to whom (None: to nobody yet), by whom, when and why."""

    handover: UUID
    to: int | None
    to_name: str
    reason: str
    actor: Actor
    at: datetime


class Given(NamedTuple):
    """It was given on, and has this version now."""

    id: UUID
    stamp: int


class Keeper(Protocol):
    """A room's part in a handover."""

    kind: str

    def count(self, leaver: Leaver) -> int:
        """Return how many things would be given on."""

    def list_open(self, leaver: Leaver, limit: int) -> list[OpenThing]:
        """Return the first of them, the most urgent first."""

    def give(self, leaver: Leaver, giving: Giving) -> tuple[list[Given], int]:
        """Give them on; return what was given, and how many stay because the successor may not have them."""

    def list_touched(self, given: Sequence[Given], to: int | None) -> list[UUID]:
        """Return those on which somebody acted since."""

    def give_back(self, ids: Sequence[UUID], giving: Giving) -> None:
        """Give them back."""
