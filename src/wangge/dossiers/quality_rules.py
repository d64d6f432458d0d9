"""How much is known of a place, how old that is, and which grids are on paper only.

Source: docs/rules/dossiers.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Measure(StrEnum):
    """What a row of the pack measures dossiers by."""

    KNOWN = "known"  # something that is known of a whole dossier (DS-12)
    FRESH = "fresh"  # after how many days it is stale (DS-13)
    HOLLOW = "hollow"  # by what a grid is on paper only (DS-14)


class Needs(StrEnum):
    """Where what must be known is kept."""

    COLUMN = "column"
    PERSON = "person"
    FACILITY = "facility"
    LICENCE = "licence"
    FACT = "fact"


class Sign(StrEnum):
    """A sign of a hollow grid (TZ-06)."""

    NO_MEMBER = "no_member"
    NO_PLACE = "no_place"
    NO_VISIT = "no_visit"
    KNOWN_LITTLE = "known_little"
    STALE = "stale"
    COPIED_LOGS = "copied_logs"


# The columns of the register that a pack may ask for.
COLUMNS = ("name", "address", "area_m2", "height_m", "credit_code", "keeper_name", "keeper_phone")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in one grid on a day."""

    places: int
    known: int  # weight of what is known, over its places
    asked: int  # weight of what is asked
    stale: int  # places nobody looked at for too long
    last_visit_on: date | None
    has_member: bool
    copied_days: int = 0  # days of its grid log that say what another day says


class Alike(NamedTuple):
    """When a grid log is a copy: on so many of so many days its words are so much like another day's."""

    days: int
    of_days: int
    like_pct: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of the pack; a sign without one is not looked for."""

    signs: frozenset[Sign]
    no_visit_days: int | None = None
    known_pct: int | None = None
    stale_pct: int | None = None
    copied: Alike | None = None


def share_of(known: int, asked: int) -> int | None:
    """Return the whole percent known, or None where the pack asks nothing. Rule: DS-12."""
    return known * 100 // asked if asked else None


def signs_of(figures: Figures, limits: Limits, on: date) -> Sequence[Sign]:
    """Return by what a grid is hollow on a day, in the order of `Sign`. Rule: DS-14 (TZ-06)."""
    share = share_of(figures.known, figures.asked)
    unseen = None if figures.last_visit_on is None else (on - figures.last_visit_on).days
    holds = {
        Sign.NO_MEMBER: not figures.has_member,
        Sign.NO_PLACE: figures.places == 0,
        Sign.NO_VISIT: figures.places > 0
        and limits.no_visit_days is not None
        and (unseen is None or unseen > limits.no_visit_days),
        Sign.KNOWN_LITTLE: limits.known_pct is not None and share is not None and share < limits.known_pct,
        Sign.STALE: figures.places > 0
        and limits.stale_pct is not None
        and figures.stale * 100 >= limits.stale_pct * figures.places,
        Sign.COPIED_LOGS: limits.copied is not None and figures.copied_days >= limits.copied.days,
    }
    return [sign for sign in Sign if sign in limits.signs and holds[sign]]
