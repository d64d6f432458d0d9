"""Whose a matter was in a place, and how severe: tallies of closed cases beside the pack's rules. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wangge.kernel.paths import ancestors

FEWEST = 5  # TR-9: cases that a tally must rest on
PAST = 0.8  # the share of the cases that teaches; the later ones judge

Value = str | int
Tally = Mapping[str, Sequence[Any]]  # key -> value, how many, of how many


@dataclass(frozen=True, slots=True)
class Past:
    """One closed case: its keys from the widest to the narrowest, what it became, what the rules say."""

    keys: tuple[str, ...]
    value: Value
    ruled: Value | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How often history and the rules were right about later cases; the better of the two is used."""

    judged_on: int
    history_pct: float | None
    rules_pct: float | None
    is_used: bool


def department_keys(matter_code: str, grid_path: str) -> tuple[str, ...]:
    """Return the matter in every territory around the grid, the widest first."""
    return tuple(f"{matter_code}|{path}" for path in ancestors(grid_path)[:-1])


def severity_keys(matter_code: str, venue_class: str) -> tuple[str, ...]:
    """Return the matter anywhere, and in its kind of place."""
    return (f"{matter_code}|", *([f"{matter_code}|{venue_class}"] if venue_class else []))


def tally(cases: Sequence[Past]) -> dict[str, list[Any]]:
    """Return the most frequent value of each key; a narrow key that says no other than its wider is dropped.

    Rule: TR-9.
    """
    counts: dict[str, Counter[Value]] = defaultdict(Counter)
    wider: dict[str, tuple[str, ...]] = {}
    for case in cases:
        for n, key in enumerate(case.keys):
            counts[key][case.value] += 1
            wider[key] = case.keys[:n]
    kept: dict[str, list[Any]] = {}
    for key in sorted(counts, key=lambda key: (len(wider[key]), key)):
        total = counts[key].total()
        value, count = min(counts[key].items(), key=lambda pair: (-pair[1], str(pair[0])))
        known = find(kept, wider[key])
        if total >= FEWEST and (known is None or known[0] != value):
            kept[key] = [value, count, total]
    return kept


def find(tallies: Tally, keys: Sequence[str]) -> Sequence[Any] | None:
    """Return the tally of the narrowest key that has one."""
    return next((tallies[key] for key in reversed(keys) if key in tallies), None)


def judge(cases: Sequence[Past]) -> Verdict:
    """Return how tallies of earlier cases do on later ones, beside the rules. Rule: TR-9."""
    cut = int(len(cases) * PAST)
    later = cases[cut:]
    if not later:
        return Verdict(0, None, None, is_used=False)
    tallies = tally(cases[:cut])
    hits = ruled = 0
    for case in later:
        found = find(tallies, case.keys)
        hits += (found[0] if found else case.ruled) == case.value
        ruled += case.ruled == case.value
    return Verdict(
        len(later), round(100 * hits / len(later), 1), round(100 * ruled / len(later), 1), hits > ruled
    )
