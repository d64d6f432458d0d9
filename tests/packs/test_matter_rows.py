"""What a pack's rows on matters may say, and what they may not."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from wangge.packs.matter_rows import Matter, Route, Upgrade
from wangge.packs.rules import compare
from wangge.packs.services import diff, load

ROW = {"code": "X1", "zh": "规则", "en": "Rule", "source": "test", "certainty": "P"}
GROUND = {"classes": ["crowded"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        GROUND | {"overdue_times": 1},
        GROUND | {"times": 3, "within_days": 30},
        {"times": 3},
        {"within_days": 30},
        {"times": 1, "within_days": 30},
    ],
)
def test_an_upgrade_has_exactly_one_ground(wrong: dict[str, object]) -> None:
    Upgrade.model_validate(ROW | {"to": "larger"} | GROUND)
    with pytest.raises(ValidationError):
        Upgrade.model_validate(ROW | {"to": "larger"} | wrong)


def test_a_route_says_something() -> None:
    assert Route.model_validate(ROW | {"grid_first": False}).department_kind is None
    with pytest.raises(ValidationError):
        Route.model_validate(ROW | {"matter_prefix": "H3"})


def test_the_codes_of_the_city_are_left_to_the_city() -> None:
    kind = {"group": "H3", "basis": "b", "severity": "general", "deadline": "3日", "fix_days": 3}
    row = ROW | kind | {"departments": ["fire"]}
    assert Matter.model_validate(row | {"code": "H399"}).code == "H399"
    with pytest.raises(ValidationError, match="city's own"):
        Matter.model_validate(row | {"code": "H3C01"})


def test_a_comparison_shows_routes_upgrades_and_powers() -> None:
    shown = {(change.section, change.code) for change in diff("base", "wuhu")}
    assert {("routes", "WH-market"), ("routes", "WH-34-general")} <= shown
    assert {("admissions", "fire"), ("matters", "H601")} <= {
        (change.section, change.code) for change in diff("wuhu", "dongguan")
    }
    rows = load("base").rows()
    fewer = rows | {"powers": rows["powers"][1:], "upgrades": rows["upgrades"][1:]}
    gone = {(change.section, change.code) for change in compare(rows, fewer)}
    assert gone == {("powers", "PW-fire"), ("upgrades", "UP-place")}
