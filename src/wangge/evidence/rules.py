"""What photos say against what was claimed with them. Pure. Source: docs/rules/evidence.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from wangge.kernel.distance import Point, metres_between

CLOCKS_APART = timedelta(minutes=5)  # how far the clocks of two phones may differ


class Kind(StrEnum):
    """What is compared."""

    TIME = "time"  # when the photo was taken, and when the step was
    PLACE = "place"  # where the photo was taken, and the reported point
    POSITION = "position"  # where the phone was at the step, and the reported point
    PAIR = "pair"  # where the photos after were taken, and those before
    RECYCLED = "recycled"  # whether the photo was used before
    EDITED = "edited"  # whether the photo says that a program changed it


class Verdict(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "unknown"  # the photo does not say: never a reproach


class Limit(StrEnum):
    """The rows of a pack's `photo_checks`; without its row nothing is compared."""

    TIME = "photo_time"  # minutes between taking and using a photo
    PLACE_BEFORE = "photo_place_before"  # metres from the reported point
    PLACE_AFTER = "photo_place_after"  # metres from the reported point and from the photos before
    RECYCLED = "photo_recycled"  # bits in which two photos that are the same may differ


Limits = Mapping[Limit, int]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A photo as a step claims it, and what the photo says."""

    sha256: str
    seq: int
    at: datetime
    actor_id: int
    is_after: bool
    taken_at: datetime | None = None
    point: Point | None = None
    edited_with: str = ""
    camera: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """Another step that used the same photo, or one that looks like it."""

    case_id: UUID
    seq: int
    at: datetime
    actor_id: int
    bits: int  # 0: alike or the same bytes
    is_same_bytes: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison. `value` and `limit` are minutes, metres or bits; None where nothing can be measured."""

    sha256: str
    seq: int
    kind: Kind
    verdict: Verdict
    value: float | None = None
    limit: int | None = None
    uses: tuple[Use, ...] = ()
    said: str = ""


def compare(
    photos: Sequence[Claimed],
    *,
    reported: Point,
    positions: Mapping[int, Point],
    uses: Mapping[tuple[str, int], Sequence[Use]],
    limits: Limits,
) -> list[Finding]:
    """Return what the photos of a case say against the claim, by step and photo.

    `positions` are where the phone was at a step; `uses` the earlier uses of a photo (sha256, step).
    Rule: EV-1 … EV-6. Nothing follows from it by machine (EV-7).
    """
    before = [photo.point for photo in photos if not photo.is_after and photo.point]
    found: list[Finding] = []
    for photo in photos:
        found += time_of(photo, limits)
        found += place_of(photo, reported, limits)
        found += pair_of(photo, before, limits)
        found += recycled(photo, uses.get((photo.sha256, photo.seq), ()), limits)
        if photo.edited_with:
            found.append(
                Finding(photo.sha256, photo.seq, Kind.EDITED, Verdict.DIFFERS, said=photo.edited_with)
            )
    after = {photo.seq for photo in photos if photo.is_after}
    for seq in sorted(after & positions.keys()):
        found += _near(Finding("", seq, Kind.POSITION, Verdict.UNKNOWN), positions[seq], reported, limits)
    return found


def time_of(photo: Claimed, limits: Limits) -> Iterator[Finding]:
    """Yield whether the photo was taken when it is said to have been.

    Agrees: at most the pack's minutes before the step, and not after it but for clocks that differ.
    Units: `value` in minutes before the step, negative after it.
    Rule:  EV-1.
    """
    limit = limits.get(Limit.TIME)
    if limit is None:
        return
    if photo.taken_at is None:
        yield Finding(photo.sha256, photo.seq, Kind.TIME, Verdict.UNKNOWN, limit=limit)
        return
    earlier = photo.at - photo.taken_at
    agrees = -CLOCKS_APART <= earlier <= timedelta(minutes=limit)
    minutes = round(earlier / timedelta(minutes=1), 1)
    verdict = Verdict.AGREES if agrees else Verdict.DIFFERS
    yield Finding(photo.sha256, photo.seq, Kind.TIME, verdict, minutes, limit)


def place_of(photo: Claimed, reported: Point, limits: Limits) -> Iterator[Finding]:
    """Yield whether the photo was taken at the reported point. Units: metres. Rule: EV-2."""
    plain = Finding(photo.sha256, photo.seq, Kind.PLACE, Verdict.UNKNOWN)
    which = Limit.PLACE_AFTER if photo.is_after else Limit.PLACE_BEFORE
    yield from _near(plain, photo.point, reported, limits, which)


def pair_of(photo: Claimed, before: Sequence[Point], limits: Limits) -> Iterator[Finding]:
    """Yield whether a photo after was taken where one before was. Units: metres. Rule: EV-3."""
    if not photo.is_after or photo.point is None or not before:
        return
    nearest = min(before, key=lambda point: metres_between(point, photo.point or point))
    yield from _near(
        Finding(photo.sha256, photo.seq, Kind.PAIR, Verdict.UNKNOWN), photo.point, nearest, limits
    )


def recycled(photo: Claimed, uses: Sequence[Use], limits: Limits) -> Iterator[Finding]:
    """Yield whether the photo was used before. Units: bits. Rule: EV-4."""
    limit = limits.get(Limit.RECYCLED)
    if limit is None:
        return
    earlier = tuple(use for use in uses if use.is_same_bytes or use.bits <= limit)
    verdict = Verdict.DIFFERS if earlier else Verdict.AGREES
    nearest = min((use.bits for use in earlier), default=None)
    yield Finding(photo.sha256, photo.seq, Kind.RECYCLED, verdict, nearest, limit, earlier)


def _near(
    plain: Finding,
    here: Point | None,
    there: Point,
    limits: Limits,
    which: Limit = Limit.PLACE_AFTER,
) -> Iterator[Finding]:
    limit = limits.get(which)
    if limit is None:
        return
    if here is None:
        yield Finding(plain.sha256, plain.seq, plain.kind, Verdict.UNKNOWN, limit=limit)
        return
    metres = round(metres_between(here, there), 1)
    verdict = Verdict.AGREES if metres <= limit else Verdict.DIFFERS
    yield Finding(plain.sha256, plain.seq, plain.kind, verdict, metres, limit)
