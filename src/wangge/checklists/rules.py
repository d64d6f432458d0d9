"""Which items are asked, which failed, and the score. Source: docs/rules/checklists.md.

The same vectors (contracts/vectors/{visibility,scoring}.json) hold these rules here and on the phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

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
    left = [(item.key, item.visible_if) for item in items if item.visible_if is not None]
    if not left:
        return list(items)
    hidden = {key for key, condition in left}
    shown = {item.key for item in items if item.visible_if is None}
    while grown := {key for key, condition in left if key not in shown and _holds(condition, answers, shown)}:
        shown |= grown
        hidden -= grown
    return [item for item in items if item.key not in hidden] if hidden else list(items)


def _holds(condition: Condition, answers: Answers, shown: set[str]) -> bool:
    return condition.item in shown and answers.get(condition.item) is condition.ok


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Asked]):
    """What the answers to a list come to."""

    shown: list[Asked]
    missing: list[Asked]  # nobody answered them; "does not apply" is an answer (CK-2)
    failed: list[Asked]  # answered no, in order (CK-3)
    score: float  # per cent (CK-4)


def judge(items: Sequence[Asked], answers: Answers) -> Verdict[Asked]:
    """Return what is shown, not answered and failed, and the score, in one look at the list.

    Rule: CK-1 … CK-4.
    """
    shown = visible_items(items, answers)
    missing = [item for item in shown if item.key not in answers]
    failed = [item for item in shown if answers.get(item.key) is False]
    return Verdict(shown, missing, failed, _score(shown, answers))


def missing_items(items: Sequence[Asked], answers: Answers) -> list[Asked]:
    """Return the visible items nobody answered. Rule: CK-2."""
    return judge(items, answers).missing


def failed_items(items: Sequence[Asked], answers: Answers) -> list[Asked]:
    """Return the visible items answered no, in order. Rule: CK-3."""
    return judge(items, answers).failed


def score(items: Sequence[Item], answers: Answers) -> float:
    """Return the weight answered yes as a share of the weight judged; 100 if nothing was judged.

    Units: per cent.
    Rule:  CK-4. Hidden items, and items that do not apply, count on neither side.
    """
    return _score(visible_items(items, answers), answers)


def _score(shown: Sequence[Item], answers: Answers) -> float:
    judged = [item for item in shown if answers.get(item.key) is not None]
    whole = sum(item.weight for item in judged)
    return 100 * sum(item.weight for item in judged if answers[item.key]) / whole if whole else 100.0
