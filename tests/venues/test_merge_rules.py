"""VE-17 and VE-18, typed from docs/rules/venues.md."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.makers import AT
from wangge.venues.merge_rules import CHOICES, Likeness, LikeReason, Side, choose, score_of

EMPTY: dict[str, Any] = {
    "name": "店", "class_code": "shop", "tags": [], "address": "", "place": (118.3, 31.3), "area_m2": None,
    "height_m": None, "credit_code": "", "keeper": ("", ""), "is_open": True,
}  # fmt: skip


def side(days: int = 0, **said: Any) -> Side:
    return Side(EMPTY | said, AT + timedelta(days=days))


@pytest.mark.parametrize(
    ("reasons", "score"),
    [
        (["credit_code"], 60),
        (["name", "near"], 60),
        (["initials", "near", "class"], 55),
        (["initials", "near"], 45),
        (["address", "class"], 40),
        (["address", "near"], 50),
        (["credit_code", "name", "address", "near", "class"], 100),
        ([], 0),
    ],
)
def test_the_score_is_the_sum_of_the_reasons_and_at_most_a_hundred(reasons: list[str], score: int) -> None:
    assert score_of([LikeReason(one) for one in reasons], Likeness()) == score


@pytest.mark.parametrize(
    ("mine", "theirs", "newer", "taken"),
    [
        ({}, {"area_m2": 40.0}, False, ["area_m2"]),  # an older one that says anything
        ({"area_m2": 50.0}, {"area_m2": 40.0}, False, []),
        ({"area_m2": 50.0}, {"area_m2": 40.0}, True, ["area_m2"]),
        ({"address": "花园路 1 号"}, {"address": ""}, True, []),  # empty is never newer
        ({"keeper": ("张三", "")}, {"keeper": ("张三", "13800000000")}, True, ["keeper"]),
        ({"is_open": False}, {"is_open": True}, False, ["is_open"]),
        ({"is_open": True}, {"is_open": False}, True, []),  # open if either is
        ({"place": (118.3, 31.3)}, {"place": None}, True, []),  # in no grid is no position
        ({"place": None}, {"place": (118.3, 31.3)}, False, ["place"]),
        ({"tags": ["a"]}, {"tags": ["b"]}, True, ["tags"]),
        ({}, {}, True, []),
    ],
)
def test_the_newer_that_says_anything_is_taken(
    mine: dict[str, Any], theirs: dict[str, Any], newer: bool, taken: list[str]
) -> None:
    assert choose(side(**mine), side(1 if newer else -1, **theirs)) == taken


def test_every_choice_has_its_columns() -> None:
    assert set(CHOICES) == set(EMPTY)
