"""CK-1 … CK-4, from the vectors that the phone's tests read too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.checklists.rules import failed_items, missing_items, score, visible_items
from wangge.checklists.schemas import Item

VECTORS = Path(__file__).parents[2] / "contracts" / "vectors"


def read(name: str) -> list[Any]:
    cases = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return [pytest.param(case["items"], case["answers"], case["expected"], id=case["name"]) for case in cases]


def make_items(rows: list[dict[str, Any]]) -> list[Item]:
    return [Item(zh=row["key"], en=row["key"], matter_code="H101", **row) for row in rows]


@pytest.mark.parametrize(("items", "answers", "expected"), read("visibility.json"))
def test_visible_items_follow_the_vectors(items, answers, expected):
    assert [item.key for item in visible_items(make_items(items), answers)] == expected


@pytest.mark.parametrize(("items", "answers", "expected"), read("scoring.json"))
def test_score_follows_the_vectors(items, answers, expected):
    assert score(make_items(items), answers) == pytest.approx(expected, abs=1e-6)


def test_missing_and_failed_look_at_visible_items_only():
    items = make_items(
        [
            {"key": "there", "weight": 1, "visible_if": None},
            {"key": "good", "weight": 1, "visible_if": {"item": "there", "ok": True}},
            {"key": "person", "weight": 1, "visible_if": None},
        ]
    )
    assert [i.key for i in missing_items(items, {"there": False})] == ["person"]
    assert [i.key for i in missing_items(items, {"there": True, "person": None})] == ["good"]
    assert [i.key for i in failed_items(items, {"there": False, "good": False, "person": True})] == ["there"]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10), st.sampled_from([True, False, None])), max_size=12),
)
def test_score_lies_between_0_and_100_and_falls_with_a_failure(rows):
    items = make_items([{"key": f"k{n}", "weight": w, "visible_if": None} for n, (w, _) in enumerate(rows)])
    answers = {f"k{n}": ok for n, (_, ok) in enumerate(rows)}
    now = score(items, answers)
    assert 0 <= now <= 100
    for key, ok in answers.items():
        if ok:
            assert score(items, answers | {key: False}) <= now
