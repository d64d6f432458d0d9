"""CE-2 and CE-4, typed from docs/rules/census.md."""

from __future__ import annotations

from typing import Any

import pytest

from wangge.census.rules import BadFinding, Finding, check_finding, first_review

ASKED = ("name", "address", "keeper_phone")
PLACE = {"has_venue": True, "has_other": False}
GOOD: list[tuple[str, dict[str, bool], dict[str, Any]]] = [
    ("seen", PLACE, {}),
    ("gone", PLACE, {}),
    ("changed", PLACE, {"address": "花园路 2 号"}),
    ("duplicate", {"has_venue": True, "has_other": True}, {}),
    ("new", {"has_venue": False, "has_other": False}, {"name": "新店", "class_code": "shop"}),
]
BAD: list[tuple[str, dict[str, bool], dict[str, Any], str]] = [
    ("seen", {"has_venue": False, "has_other": False}, {}, "no place"),
    ("new", PLACE, {"name": "新店", "class_code": "shop"}, "no dossier"),
    ("duplicate", PLACE, {}, "names the other"),
    ("seen", {"has_venue": True, "has_other": True}, {}, "names the other"),
    ("seen", PLACE, {"name": "x"}, "values go with"),
    ("changed", PLACE, {}, "values go with"),
    ("changed", PLACE, {"area_m2": 5.0}, "does not ask for area_m2"),
    ("changed", PLACE, {"class_code": "shop"}, "does not ask for class_code"),
    ("new", {"has_venue": False, "has_other": False}, {"name": "新店"}, "lacks class_code"),
]


@pytest.mark.parametrize(("finding", "there", "values"), GOOD)
def test_what_fits_together_is_taken(finding: str, there: dict[str, bool], values: dict[str, Any]) -> None:
    check_finding(Finding(finding), values=values, asked=ASKED, **there)


@pytest.mark.parametrize(("finding", "there", "values", "why"), BAD)
def test_what_does_not_is_refused_with_its_reason(
    finding: str, there: dict[str, bool], values: dict[str, Any], why: str
) -> None:
    with pytest.raises(BadFinding, match=why):
        check_finding(Finding(finding), values=values, asked=ASKED, **there)


def test_only_what_is_as_recorded_needs_no_reviewer() -> None:
    assert {one.value: first_review(one).value for one in Finding} == {
        "seen": "nothing", "changed": "waiting", "gone": "waiting", "new": "waiting", "duplicate": "waiting",
    }  # fmt: skip
