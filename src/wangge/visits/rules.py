"""Visits to people, arrivals and quick reports. Source: docs/rules/visits.md (HB-07 … HB-10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum

from wangge.kernel.distance import Point, metres_between
from wangge.orders.rules import Interval, period_of
from wangge.visits.refusals import (
    ArrivedBefore,
    InTheFuture,
    PhotosMissing,
    PhotoTooOld,
    TooFar,
    TooLate,
    WrongTime,
)

DAY = timedelta(days=1)


class PersonOutcome(StrEnum):
    """How a visit ended (VI-4)."""

    MET = "met"  # 见到本人或家属
    NOBODY_THERE = "nobody_there"  # 无人在家
    REFUSED = "refused"  # 拒绝走访
    MOVED_AWAY = "moved_away"  # 已搬离
    NO_LONGER = "no_longer"  # 不再属于走访对象


ENDS = frozenset({PersonOutcome.MOVED_AWAY, PersonOutcome.NO_LONGER})


class Register(StrEnum):
    """What a quick report becomes (VI-8)."""

    CASE = "case"
    PLACE = "place"
    FACT = "fact"
    PERSON = "person"


class Standing(StrEnum):
    """How a person stands on a day (VI-3)."""

    DONE = "done"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class ProofLimits:
    """The pack's bounds of proof; the presets are ours and unconfirmed. Rule: VI-6."""

    near_m: float = 200  # so far from the home or the place is still there
    accuracy_m: float = 100  # of the blur that a phone tells, at most so much is allowed for
    ahead_minutes: float = 5
    photo_minutes: float = 120
    late_hours: float = 72  # a phone without signal may bring it so late
    look_back_hours: float = 24  # a case that is older when it comes in calls nobody


LIMITS = frozenset(field.name for field in fields(ProofLimits))


@dataclass(frozen=True, slots=True)
class Turn:
    """An interval on a day: since when the present period runs, since when the one before, and its end."""

    starts_on: date
    before_on: date
    ends_on: date  # exclusive


def turn_of(interval: Interval, day: date) -> Turn:
    """Return the period that holds the day, and when the one before began. Rule: VI-2, OR-2."""
    now = period_of(interval, day)
    before = period_of(interval, now.starts_on - DAY)
    return Turn(now.starts_on, before.starts_on, now.ends_on)


def standing(turn: Turn, *, met_on: date | None, since_on: date) -> Standing:
    """Return how somebody stands: met in this period, owed in it, or a whole period went by without a visit.

    Rule: VI-3. Who came into the register during a period is owed a visit in it; the period that ends
          without one makes it overdue until somebody was there.
    """
    if met_on is not None and met_on >= turn.starts_on:
        return Standing.DONE
    late = since_on < turn.starts_on if met_on is None else met_on < turn.before_on
    return Standing.OVERDUE if late else Standing.DUE


def worst(found: Iterable[Standing]) -> Standing:
    """Return the worst of what several groups say of one person. Rule: VI-3."""
    order = [Standing.DONE, Standing.DUE, Standing.OVERDUE]
    return max(found, key=order.index, default=Standing.DONE)


def metres_off(there: Point, here: Point, accuracy_m: float, limits: ProofLimits) -> float:
    """Return how far a position is off, less the blur that the phone tells (at most what the pack allows).

    Units: metres of WGS-84. Rule: VI-6.
    """
    return max(0.0, metres_between(there, here) - min(max(accuracy_m, 0.0), limits.accuracy_m))


def is_near(there: Point, here: Point, accuracy_m: float, limits: ProofLimits) -> bool:
    """Return whether a position is that of the place. Rule: VI-6."""
    return metres_off(there, here, accuracy_m, limits) <= limits.near_m


def check_moment(told_at: datetime, now: datetime, limits: ProofLimits) -> None:
    """Raises: InTheFuture, TooLate. Rule: VI-6."""
    if told_at > now + timedelta(minutes=limits.ahead_minutes):
        raise InTheFuture(at=told_at.isoformat())
    if told_at < now - timedelta(hours=limits.late_hours):
        raise TooLate(hours=round(limits.late_hours))


def check_photos(taken: Collection[datetime], told_at: datetime, limits: ProofLimits) -> None:
    """Raises: PhotoTooOld for a photo that says it was taken long before. Rule: VI-6."""
    if any(one < told_at - timedelta(minutes=limits.photo_minutes) for one in taken):
        raise PhotoTooOld(minutes=round(limits.photo_minutes))


@dataclass(frozen=True, slots=True)
class Call:
    """What an arrival is judged by. Without a point the grid is the place."""

    called_at: datetime
    due_at: datetime
    arrived: bool
    ended: bool
    point: Point | None
    grid_path: str
    least_photos: int


def check_arrival(
    call: Call,
    *,
    told_at: datetime,
    here: Point,
    here_path: str | None,
    accuracy_m: float,
    photos: int,
    limits: ProofLimits,
) -> float | None:
    """Return how many metres off the position is (None: a whole grid was the place).

    Raises: ArrivedBefore, WrongTime, TooFar, PhotosMissing.
    Rule:   VI-6. Time, position and photos are the proof; without it nobody has arrived. To come late is no
            refusal: the minutes say so.
    """
    if call.arrived or call.ended:
        raise ArrivedBefore()
    if told_at < call.called_at:
        raise WrongTime(at=call.called_at.isoformat())
    if photos < call.least_photos:
        raise PhotosMissing(least=call.least_photos)
    if call.point is None:
        if here_path is None or not here_path.startswith(call.grid_path):
            raise TooFar(metres="—", near="—")
        return None
    off = metres_off(call.point, here, accuracy_m, limits)
    if off > limits.near_m:
        raise TooFar(metres=round(off), near=round(limits.near_m))
    return off


def minutes_until(called_at: datetime, arrived_at: datetime) -> int:
    """Return the minutes from the call to the arrival, begun ones counted. Rule: VI-7."""
    return -(-int((arrived_at - called_at).total_seconds()) // 60)


def shown_groups(groups: Sequence[str], protected: Collection[str]) -> tuple[list[str], bool]:
    """Return the groups that anybody may read, and whether there are others. Rule: VI-10."""
    return [one for one in groups if one not in protected], any(one in protected for one in groups)


def rate_pct(part: int, whole: int) -> float | None:
    """Return a share in per cent; None of nothing. Rule: VI-5."""
    return round(100 * part / whole, 1) if whole else None


FEW = 5  # of fewer people of a protected group only that they are few is told (VI-10)


def told_count(count: int, *, is_protected: bool) -> int | None:
    """Return a number of people of a group, or None where it would tell who they are. Rule: VI-10."""
    return None if is_protected and 0 < count < FEW else count


def matches(code: str, wanted: Iterable[str]) -> bool:
    """Return whether a matter is one of these codes or lies in one of these groups. Rule: VI-8."""
    return any(code.startswith(one) for one in wanted)


def intervals_of(groups: Mapping[str, str]) -> dict[Interval, list[str]]:
    """Return the groups of each interval. Rule: VI-2."""
    found: dict[Interval, list[str]] = {}
    for code, interval in groups.items():
        found.setdefault(Interval(interval), []).append(code)
    return found
