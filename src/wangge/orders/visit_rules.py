"""What a visit may say, and what it does to its order. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from math import cos, radians

from wangge.orders.interval_rules import DAY
from wangge.orders.refusals import OrderNotOpen, OutsidePeriod
from wangge.orders.statuses import OrderStatus, VisitOutcome

M_A_DEGREE = 111_000.0
GONE = frozenset({VisitOutcome.CLOSED_DOWN, VisitOutcome.MOVED_AWAY})


def status_on(status: OrderStatus, *, ends_on: date, today: date) -> OrderStatus:
    """Return how an order stands on a day: what nobody did is missed once its period is over. Rule: OR-9."""
    return OrderStatus.MISSED if status is OrderStatus.OPEN and ends_on <= today else status


def check_time(*, status: OrderStatus, starts_on: date, ends_on: date, on: date) -> None:
    """Check that a visit on the day `on` can still count.

    Raises: OrderNotOpen if it is done or withdrawn; OutsidePeriod.
    Rule:   OR-7. What counts is when somebody was there, not when the message came: a missed order is done
            after all when the phone was out of reach.
    """
    if status in {OrderStatus.DONE, OrderStatus.WITHDRAWN}:
        raise OrderNotOpen(status)
    if not starts_on <= on < ends_on:
        raise OutsidePeriod(starts_on=starts_on, last_on=ends_on - DAY, on=on)


@dataclass(frozen=True, slots=True)
class VisitLimits:
    """What the pack says of visits; the presets are ours and unconfirmed. Rule: OR-26."""

    ahead_minutes: float = 5  # a phone's clock may run ahead by so much
    photo_minutes: float = 120  # a photo may be so much older than the visit
    city_margin_m: float = 5_000  # so far outside the city's grids is still the city


VISIT_LIMITS = frozenset(field.name for field in fields(VisitLimits))


def is_signing_clear(outcome: VisitOutcome, *, is_signed: bool, has_reason: bool) -> bool:
    """Return whether it is clear who signed: one of signature and reason at most, of an inspection alone.

    Rule: OR-37.
    """
    if outcome is not VisitOutcome.INSPECTED:
        return not (is_signed or has_reason)
    return not (is_signed and has_reason)


def is_photo_too_old(taken_at: datetime, at: datetime, limits: VisitLimits) -> bool:
    """Return whether a photo was taken too long before the visit to be of it. Rule: OR-26."""
    return taken_at < at - timedelta(minutes=limits.photo_minutes)


def is_in_city(
    lon: float, lat: float, bounds: tuple[float, float, float, float] | None, limits: VisitLimits
) -> bool:
    """Return whether a position lies in the city or near it; without grids nobody knows. Rule: OR-26.

    Units: degrees of WGS-84; `bounds` is (west, south, east, north) of the grids.
    """
    if bounds is None:
        return True
    west, south, east, north = bounds
    up = limits.city_margin_m / M_A_DEGREE
    along = up / max(0.1, cos(radians((south + north) / 2)))
    return west - along <= lon <= east + along and south - up <= lat <= north + up


@dataclass(frozen=True, slots=True)
class ListSpan:
    """A version of a checklist, and the days on which it holds: `[effective_on, withdrawn_on)`."""

    id: int
    code: str
    version: int
    effective_on: date
    withdrawn_on: date | None

    def holds(self, on: date) -> bool:
        return self.effective_on <= on and (self.withdrawn_on is None or on < self.withdrawn_on)


def successor(told: ListSpan, spans: Iterable[ListSpan], on: date) -> ListSpan | None:
    """Return what holds on the day instead of a withdrawn version; None if it may be used. Rule: OR-25."""
    if told.withdrawn_on is None or on < told.withdrawn_on:
        return None
    return next((one for one in spans if one.code == told.code and one.holds(on)), None)


def status_after(status: OrderStatus, outcome: VisitOutcome) -> OrderStatus:
    """Return the status after a visit.

    Rule: OR-8. Nobody there, or no entry: the visit is kept and the order stays owed until its period ends.
    """
    return OrderStatus.DONE if outcome is VisitOutcome.INSPECTED or outcome in GONE else status
