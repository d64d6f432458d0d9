"""Level days and honest capacity: pure. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Movable:
    """An order of a member: the days on which it may open, in order, and the one on which it does."""

    days: tuple[date, ...]
    opens_on: date


def level(orders: Mapping[Key, Movable]) -> dict[Key, date]:
    """Return the day of each order, so that the heaviest day is as light as it can be made.

    Rule:  OR-22. Single orders go from a heavier day to one lighter by two or more, as long as there is one,
           those with the fewest days first. What is level stays: levelling again moves nothing.
    """
    if not orders:
        return {}
    load: dict[date, int] = {}
    chosen: dict[Key, date] = {}
    for key, order in orders.items():
        chosen[key] = order.opens_on
        load[order.opens_on] = load.get(order.opens_on, 0) + 1
    moved = True
    while moved:
        moved = False
        for key, order in sorted(orders.items(), key=lambda one: len(one[1].days)):
            here = chosen[key]
            best = min(order.days, key=lambda day: (load.get(day, 0), day), default=here)
            if load[here] - load.get(best, 0) >= 2:
                load[here] -= 1
                load[best] = load.get(best, 0) + 1
                chosen[key], moved = best, True
    return chosen


def heaviest_to_mean(days: Sequence[date], worked: int) -> float:
    """Return the heaviest day's load by the mean over the days worked. Rule: OR-22."""
    if not days or not worked:
        return 0.0
    load: dict[date, int] = {}
    for day in days:
        load[day] = load.get(day, 0) + 1
    return max(load.values()) / (len(days) / worked)


def members_missing(owed: int, worked_days: int, visits_a_day: int, members: int) -> int:
    """Return how many more members it takes to make `owed` visits in the days worked. Rule: OR-23."""
    if not owed:
        return 0
    each = worked_days * visits_a_day
    return max(0, -(-owed // each) - members) if each else owed
