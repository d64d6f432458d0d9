"""How an order stands, and how a visit ended."""

from enum import StrEnum


class OrderStatus(StrEnum):
    OPEN = "open"  # somebody must go
    DONE = "done"  # somebody was there and answered
    MISSED = "missed"  # the period ended without a visit
    WITHDRAWN = "withdrawn"  # no longer owed: the place is closed, or another order sees it in that time


class VisitOutcome(StrEnum):
    INSPECTED = "inspected"
    NOBODY_THERE = "nobody_there"
    REFUSED_ENTRY = "refused_entry"
    CLOSED_DOWN = "closed_down"
    MOVED_AWAY = "moved_away"


class Unsigned(StrEnum):
    """Why whoever was visited did not sign."""

    REFUSED = "refused"  # would not
    NOBODY = "nobody"  # nobody there who may sign for the place
    UNABLE = "unable"  # cannot write
