"""Plan rules and the doing of orders: the door to the files beside. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Protocol, TypeVar

from wangge.orders.anchor_rules import CYCLE_DAYS, Anchor, cycle_of, days_of, fits_cycle
from wangge.orders.id_rules import assigned_id, opens_on, order_id, stamp_of, started_on
from wangge.orders.interval_rules import (
    DAY,
    NOMINAL_DAYS,
    Interval,
    Period,
    due_on,
    is_countable,
    period_of,
    periods_between,
    working_days,
)
from wangge.orders.risk_rules import Signal
from wangge.orders.statuses import OrderStatus, Unsigned, VisitOutcome
from wangge.orders.visit_rules import (
    GONE,
    VISIT_LIMITS,
    ListSpan,
    VisitLimits,
    check_time,
    is_in_city,
    is_photo_too_old,
    is_signing_clear,
    status_after,
    status_on,
    successor,
)

__all__ = [
    "CYCLE_DAYS",
    "DAY",
    "GONE",
    "LAYER",
    "NOMINAL_DAYS",
    "VISIT_LIMITS",
    "Anchor",
    "AssignmentKind",
    "Interval",
    "ListSpan",
    "OrderStatus",
    "Period",
    "Rule",
    "SeasonKind",
    "Signal",
    "SubjectKind",
    "Unsigned",
    "VisitLimits",
    "VisitOutcome",
    "assigned_id",
    "check_time",
    "cycle_of",
    "days_of",
    "due_on",
    "fits_cycle",
    "is_countable",
    "is_in_city",
    "is_photo_too_old",
    "is_signing_clear",
    "opens_on",
    "order_id",
    "period_of",
    "periods_between",
    "stamp_of",
    "started_on",
    "status_after",
    "status_on",
    "successor",
    "winning_rule",
    "working_days",
]

LAYER = "comprehensive"  # of grids, whose members do the orders


class SubjectKind(StrEnum):
    """What is visited. Rule: OR-29."""

    VENUE = "venue"  # a place, rentals among them
    FACILITY = "facility"  # something at a place that is checked by itself
    PERSON = "person"  # somebody who answers for a place
    GRID = "grid"  # a grid as a whole


class SeasonKind(StrEnum):
    DATES = "dates"  # the same days each year
    HOLIDAYS = "holidays"  # around the nation's long holidays
    DECLARED = "declared"  # when somebody says so, for a territory


class AssignmentKind(StrEnum):
    """Why visits were asked for beside the plan."""

    ALIKE = "alike"  # one finding, like places looked at too (TZ-02)
    DRAW = "draw"  # random places, random inspectors (双随机)
    RISKIEST = "riskiest"  # the riskiest of each grid, each week (WH-26)
    CAMPAIGN = "campaign"  # a phase of a campaign (GQ-11)


class Rule(Protocol):
    """What decides of a plan rule."""

    code: str
    classes: list[str]
    tags: list[str]
    interval: str


AnyRule = TypeVar("AnyRule", bound=Rule)


def winning_rule(
    rules: Iterable[AnyRule], class_code: str, tags: Collection[str]
) -> tuple[AnyRule, list[str]] | None:
    """Return the rule with the smallest interval and the codes it won against; None if no rule fits.

    Rule: OR-1 (smallest interval, then more tags, then a named class, then code; no class means every class;
          all tags must be there).
    """
    fitting = sorted(
        (
            rule
            for rule in rules
            if (not rule.classes or class_code in rule.classes) and all(tag in tags for tag in rule.tags)
        ),
        key=lambda rule: (
            NOMINAL_DAYS[Interval(rule.interval)],
            -len(rule.tags),
            not rule.classes,
            rule.code,
        ),
    )
    return (fitting[0], [rule.code for rule in fitting[1:]]) if fitting else None
