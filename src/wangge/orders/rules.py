"""Plan rules and the doing of orders. Source: docs/rules/orders.md."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    OPEN = "open"  # somebody must go
    DONE = "done"  # somebody was there and answered
    MISSED = "missed"  # the period ended without a visit


class VisitOutcome(StrEnum):
    INSPECTED = "inspected"
    NOBODY_THERE = "nobody_there"
    REFUSED_ENTRY = "refused_entry"
    CLOSED_DOWN = "closed_down"
    MOVED_AWAY = "moved_away"


class Interval(StrEnum):
    """How often, in calendar periods of China."""

    DAY = "day"
    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    TWICE_A_MONTH = "twice_a_month"
    THREE_TIMES_A_MONTH = "three_times_a_month"
    FOUR_TIMES_A_MONTH = "four_times_a_month"
