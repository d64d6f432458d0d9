"""What the facts of a place make of its class. Pure; source: docs/rules/dossiers.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

USE = "use"  # the fact that says what a place is used for
Value = float | str


class Shape(StrEnum):
    """What a fact holds."""

    NUMBER = "number"
    WHOLE = "whole"
    YES_NO = "yes_no"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Field:
    """A fact that the pack names, and what it may hold."""

    code: str
    shape: Shape
    least: float = 0
    most: float = 1_000_000
    words: frozenset[str] = frozenset()


class NoSuchValue(ValueError):
    """The text is no value of the fact: why, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def read_fact(field: Field, text: str) -> Value:
    """Return what a text says of a fact. Raises: NoSuchValue. Rule: DS-9."""
    word = text.strip()
    if field.shape is Shape.WORD:
        if word not in field.words:
            raise NoSuchValue("不在可选范围内", "it is none of the words to choose from")
        return word
    if field.shape is Shape.YES_NO:
        if word not in {"0", "1"}:
            raise NoSuchValue("请填是或否", "yes or no")
        return float(word)
    try:
        number = float(word)
    except ValueError:
        raise NoSuchValue("应为数字", "a number is wanted") from None
    if not field.least <= number <= field.most:  # also what is no number at all
        span = f"{field.least:g} – {field.most:g}"
        raise NoSuchValue(f"应在 {span} 之间", f"it lies outside {span}")
    if field.shape is Shape.WHOLE and number != int(number):
        raise NoSuchValue("应为整数", "a whole number is wanted")
    return number


@dataclass(frozen=True, slots=True)
class Bound:
    fact: str
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None

    def holds(self, value: Value | None) -> bool:
        """Return whether the fact lies inside; one that is not known does not."""
        if value is None or isinstance(value, str):
            return False
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the pack: places of these uses within these bounds, in this territory."""

    code: str
    path: str
    uses: frozenset[str]
    bounds: Sequence[Bound]
    venue_class: str = ""
    tag: str = ""

    def holds(self, facts: Mapping[str, Value]) -> bool:
        return all(bound.holds(facts.get(bound.fact)) for bound in self.bounds)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the facts make of a place; "": nothing is said of its class. `rules` are the rows, in order."""

    class_code: str = ""
    tags: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def differs(self, class_code: str, tags: Collection[str]) -> bool:
        """Return whether the place is of another class, or lacks a tag. Rule: DS-10."""
        return self.class_code not in {"", class_code} or not set(self.tags) <= set(tags)


def propose(facts: Mapping[str, Value], path: str, rules: Sequence[Rule]) -> Proposal:
    """Return what the rows make of a place in the territory `path`.

    Of rows on one tag, and of rows that hold for a class, those of the nearest territory count alone: a
    province's threshold replaces the nation's. Of several classes the first row wins.
    Rule: DS-10 (domain.md 2.9).
    """
    near = [one for one in rules if path.startswith(one.path) and facts.get(USE) in one.uses]
    kept: list[Rule] = []
    by_class = _nearest([one for one in near if one.venue_class and one.holds(facts)])
    kept += by_class[:1]
    tags: dict[str, None] = {}
    for tag in dict.fromkeys(one.tag for one in near if one.tag):
        for rule in _nearest([one for one in near if one.tag == tag]):
            if rule.holds(facts):
                tags[tag] = None
                kept.append(rule)
    return Proposal(
        by_class[0].venue_class if by_class else "",
        tuple(tags),
        tuple(dict.fromkeys(one.code for one in kept)),
    )


def _nearest(rules: Iterable[Rule]) -> list[Rule]:
    found = list(rules)
    longest = max((len(one.path) for one in found), default=0)
    return [one for one in found if len(one.path) == longest]
