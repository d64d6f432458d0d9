"""Which items are asked, which failed, and the score. Source: docs/rules/checklists.md.

The same vectors (contracts/vectors/{visibility,scoring}.json) hold these rules here and on the phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

Answers = Mapping[str, bool | None]  # item key -> yes, no, or None: does not apply here


class Condition(Protocol):
    @property
    def item(self) -> str: ...
    @property
    def ok(self) -> bool: ...


class Item(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def weight(self) -> float: ...
    @property
    def visible_if(self) -> Condition | None: ...


Asked = TypeVar("Asked", bound=Item)


def visible_items(items: Sequence[Asked], answers: Answers) -> list[Asked]:
    """Return the items to ask, in order.

    Rule: CK-1. A conditional item shows while a visible item is answered so; a circle never shows.
    """
    shown: set[str] = set()
    while grown := {item.key for item in items if _holds(item.visible_if, answers, shown)} - shown:
        shown |= grown
    return [item for item in items if item.key in shown]


def _holds(condition: Condition | None, answers: Answers, shown: set[str]) -> bool:
    return condition is None or (condition.item in shown and answers.get(condition.item) is condition.ok)


def missing_items(items: Sequence[Asked], answers: Answers) -> list[Asked]:
    """Return the visible items nobody answered; "does not apply" is an answer. Rule: CK-2."""
    return [item for item in visible_items(items, answers) if item.key not in answers]


def failed_items(items: Sequence[Asked], answers: Answers) -> list[Asked]:
    """Return the visible items answered no, in order. Rule: CK-3."""
    return [item for item in visible_items(items, answers) if answers.get(item.key) is False]


def score(items: Sequence[Item], answers: Answers) -> float:
    """Return the weight answered yes as a share of the weight judged; 100 if nothing was judged.

    Units: per cent.
    Rule:  CK-4. Hidden items, and items that do not apply, count on neither side.
    """
    judged = [item for item in visible_items(items, answers) if answers.get(item.key) is not None]
    whole = sum(item.weight for item in judged)
    return 100 * sum(item.weight for item in judged if answers[item.key]) / whole if whole else 100.0
