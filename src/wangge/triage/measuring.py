"""How good suggestions are: what was said beside what was right. Pure. Source: docs/rules/triage.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """A step of the reliability diagram: what was said, and how often it was right."""

    count: int
    said_pct: float
    right_pct: float


def accuracy(said: Sequence[str], right: Sequence[str]) -> float:
    """Return the share that was right; 0 for none."""
    return sum(a == b for a, b in zip(said, right, strict=True)) / len(right) if right else 0.0


def macro_f1(said: Sequence[str], right: Sequence[str]) -> float:
    """Return the mean F1 over every label that was said or right, each weighing the same."""
    labels = sorted({*said, *right} - {""})
    return sum(_f1(label, said, right) for label in labels) / len(labels) if labels else 0.0


def _f1(label: str, said: Sequence[str], right: Sequence[str]) -> float:
    hits = sum(a == b == label for a, b in zip(said, right, strict=True))
    total = sum(a == label for a in said) + sum(b == label for b in right)
    return 2 * hits / total if total else 0.0


def reliability(confidences: Sequence[float], hits: Sequence[bool]) -> list[Bin]:
    """Return ten steps of confidence with how often each was right; empty steps are left out. Rule: TR-5."""
    bins: list[Bin] = []
    for n in range(BINS):
        inside = [
            (confidence, hit)
            for confidence, hit in zip(confidences, hits, strict=True)
            if min(int(confidence * BINS), BINS - 1) == n
        ]
        if inside:
            said = sum(confidence for confidence, _ in inside) / len(inside)
            right = sum(hit for _, hit in inside) / len(inside)
            bins.append(Bin(len(inside), round(100 * said, 1), round(100 * right, 1)))
    return bins


def calibration_error_pct(bins: Sequence[Bin]) -> float:
    """Return by how much confidence and truth differ, weighed by how often (ECE). Rule: TR-5."""
    count = sum(one.count for one in bins)
    return sum(one.count * abs(one.said_pct - one.right_pct) for one in bins) / count if count else 0.0


def worst_pairs(said: Sequence[str], right: Sequence[str], most: int = 10) -> list[tuple[str, str, int]]:
    """Return what is most often taken for what, as (right, said, times)."""
    wrong = Counter((b, a) for a, b in zip(said, right, strict=True) if a != b)
    return [(b, a, n) for (b, a), n in sorted(wrong.items(), key=lambda pair: (-pair[1], pair[0]))[:most]]
