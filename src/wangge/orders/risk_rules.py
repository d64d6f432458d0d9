"""The riskiest places of a grid: a sum of points, each with its reason. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Signal(StrEnum):
    """What points are given for. Rule: OR-34."""

    CLASS = "class"  # the place is of the class `of`
    TAG = "tag"  # it carries the tag `of`
    OPEN_CASE = "open_case"  # each case that is open there
    SEVERE_CASE = "severe_case"  # each open one that is more than general
    YEAR_CASE = "year_case"  # each case of the last 365 days
    MISSED = "missed"  # each visit of the last 90 days that nobody made
    UNSEEN_MONTH = "unseen_month"  # each whole 30 days since somebody was there; never: as many as count


OF = frozenset({Signal.CLASS, Signal.TAG})  # that name a class or a tag


@dataclass(frozen=True, slots=True)
class Weight:
    """A row of the pack: so many points each time, at most so many in all."""

    code: str
    signal: Signal
    of: str
    points: int
    most: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a place."""

    class_code: str
    tags: Collection[str]
    counts: Mapping[Signal, int]


@dataclass(frozen=True, slots=True)
class Reason:
    """Points of one row, and how often it applied."""

    code: str
    count: int
    points: int


def reasons_of(facts: Facts, weights: Iterable[Weight]) -> list[Reason]:
    """Return the rows that give a place points, the most first, then by code; their sum is its score.

    Rule: OR-34. The SQL that ranks the places of a grid computes the same.
    """
    found = []
    for weight in weights:
        count = _count(facts, weight)
        points = min(weight.most, weight.points * count)
        if points:
            found.append(Reason(weight.code, count, points))
    return sorted(found, key=lambda one: (-one.points, one.code))


def _count(facts: Facts, weight: Weight) -> int:
    if weight.signal is Signal.CLASS:
        return int(weight.of == facts.class_code)
    if weight.signal is Signal.TAG:
        return int(weight.of in facts.tags)
    return facts.counts.get(weight.signal, 0)
