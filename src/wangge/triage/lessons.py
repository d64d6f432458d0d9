"""What goes to the learner and what comes back, as MessagePack: no web process needs the learner for it."""

from __future__ import annotations

from typing import Any

import msgspec


class Example(msgspec.Struct, frozen=True):
    """One closed case."""

    text: str
    facts: list[str]
    label: str


class Lesson(msgspec.Struct, frozen=True):
    """Closed cases in the order of time, and the words of every label."""

    examples: list[Example]
    words: dict[str, list[str]]
    seed: int


class Learnt(msgspec.Struct, frozen=True):
    """The bytes to keep and what later cases say of them; no weights where nothing can be learnt."""

    weights: bytes
    figures: dict[str, Any]
