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

    Rule: CK-1. A conditional item shows when an earlier visible item was answered so; never otherwise.
    """
    shown: dict[str, Asked] = {}
    for item in items:
        condition = item.visible_if
        if condition is None or (condition.item in shown and answers.get(condition.item) is condition.ok):
            shown[item.key] = item
    return list(shown.values())


def missing_items(items: Sequence[Asked], answers: Answers) -> list[Asked]:
    """Return the visible items nobody answered; "does not apply" is an answer. Rule: CK-2."""
    return [item for item in visible_items(items, answers) if item.key not in answers]


def failed_items(items: Sequence[Asked], answers: Answers) -> list[Asked]:
    """Return the visible items answered no, in order. Rule: CK-3."""
    return [item for item in visible_items(items, answers) if answers.get(item.key) is False]


def score(items: Sequence[Item], answers: Answers) -> float | None:
    """Return the weight answered yes as a share of the weight judged, or None if nothing was judged.

    Units: per cent, rounded half up to one decimal.
    Rule:  CK-4. Hidden items, and items that do not apply, count on neither side.
    """
    judged = [item for item in visible_items(items, answers) if answers.get(item.key) is not None]
    whole = sum(item.weight for item in judged)
    if not whole:
        return None
    good = sum(item.weight for item in judged if answers[item.key])
    return int(good * 1000 / whole + 0.5) / 10
