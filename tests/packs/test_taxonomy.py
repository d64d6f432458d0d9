"""The hazard kinds, typed row by row from domain part 3: severity, what they may become, words, time, who."""

from __future__ import annotations

import pytest

from wangge.packs.matter_rows import Matter
from wangge.packs.reading import read

G, L, M, U = "general", "larger", "suspected_major", "urgent"
HAZARDS = {  # code: severity, may become, working days (0: at once), hours, first handler beside the grid
    "H101": (G, L, 1, None, "police"),
    "H102": (L, None, 0, 2, "police"),
    "H103": (L, M, 30, None, "fire"),
    "H104": (G, L, 3, None, "fire"),
    "H105": (L, None, 7, None, "police"),
    "H106": (L, None, 1, None, "property"),
    "H107": (G, L, 3, None, "property"),
    "H201": (L, None, 0, 2, "street"),
    "H202": (L, None, 7, None, "property"),
    "H203": (G, None, 15, None, "property"),
    "H204": (L, None, 30, None, "urban_management"),
    "H301": (G, None, 3, None, "police"),
    "H302": (G, None, 3, None, "street"),
    "H303": (G, L, 0, None, "fire"),
    "H304": (L, None, 3, None, "fire"),
    "H305": (L, M, 1, None, "fire"),
    "H306": (L, M, 3, None, "fire"),
    "H307": (L, None, 0, None, "fire"),
    "H308": (G, L, 7, None, "property"),
    "H309": (L, None, 3, None, "fire"),
    "H310": (G, None, 30, None, "fire"),
    "H311": (L, None, 3, None, "water"),
    "H401": (G, None, 3, None, "police"),
    "H402": (G, None, 0, None, "street"),
    "H403": (G, L, 15, None, "power"),
    "H404": (G, None, 3, None, "street"),
    "H501": (L, None, 0, None, "street"),
    "H502": (L, None, 0, None, "police"),
    "H503": (G, None, 7, None, "market"),
    "H504": (G, None, 0, None, "street"),
    "H601": (M, None, 0, 2, "police"),
    "H602": (L, None, 1, None, "gas"),
    "H603": (G, None, 7, None, "gas"),
    "H604": (U, None, 0, 1, "fire"),
    "H605": (M, None, 0, None, "fire"),
    "H701": (L, None, 0, None, "property"),
    "H702": (L, None, 0, None, "property"),
    "H703": (G, L, 15, None, "street"),
    "H801": (L, M, 30, None, "housing"),
    "H802": (G, None, 15, None, "property"),
    "H803": (L, None, 30, None, "housing"),
    "H804": (G, None, 3, None, "urban_management"),
    "H805": (L, None, 5, None, "housing"),
    "H901": (L, M, 0, None, "police"),
    "H902": (G, L, 15, None, "street"),
    "H903": (G, None, 15, None, "fire"),
    "H904": (G, None, 7, None, "fire"),
    "H905": (G, None, 30, None, "fire"),
    "H906": (G, None, 30, None, "street"),
    "H907": (L, None, 0, None, "fire"),
    "H908": (G, None, 7, None, "community"),
}
BASE = {row.code: row for row in read("base").matters}


def told(row: Matter) -> tuple[object, ...]:
    return (row.severity, row.may_become, row.fix_days, row.fix_hours, row.department_kind)


@pytest.mark.parametrize("code", HAZARDS)
def test_a_hazard_stands_as_the_taxonomy_says_and_as_a_preset(code: str) -> None:
    assert told(BASE[code]) == HAZARDS[code]
    assert BASE[code].deadline
    assert BASE[code].basis
    assert not BASE[code].is_confirmed  # domain part 3 is a proposal: nothing of it is shown as law


def test_there_is_no_hazard_that_the_taxonomy_does_not_know() -> None:
    assert {code for code in BASE if code.startswith("H")} == set(HAZARDS)


def test_the_trades_have_the_categories_of_tz_10_and_the_prefixes_of_the_taxonomy() -> None:
    groups = {group.code: (group.zh, group.form.value) for group in read("base").matter_groups}
    assert {group: groups[group] for group in ("M1", "M2", "S2", "P2")} == {
        "M1": ("矛盾纠纷", "incident"),
        "M2": ("涉稳事件", "incident"),
        "S2": ("安全生产事故", "incident"),
        "P2": ("刑事案件", "incident"),
    }
    assert {group: groups[group] for group in ("S1", "P1", "E1", "F1")} == {
        "S1": ("安全生产隐患", "hazard"),
        "P1": ("治安隐患", "hazard"),
        "E1": ("环境隐患", "hazard"),
        "F1": ("食品安全隐患", "hazard"),
    }
    assert groups["U1"][1] == "part"


def test_clues_on_illegal_fuel_are_restricted_in_every_city_and_the_hazard_in_dongguan() -> None:
    restricted = {code for code, row in BASE.items() if row.is_restricted}
    assert restricted == {"D101", "D102", "D103", "M201", "P201"}  # DG-13, and what concerns persons
    dongguan = {row.code for row in read("dongguan").matters if row.is_restricted}
    assert dongguan == restricted | {"H601"}


def test_the_lists_that_the_sources_spell_out() -> None:
    pack = read("base")
    assert [row.zh for row in pack.lanes] == ["综治工作", "市场监管", "综合执法", "便民服务"]  # TZ-17
    assert [row.zh for row in pack.fields] == [
        *("道路交通", "消防", "危险化学品", "建设施工", "工矿", "文广旅游", "城市运行", "特种设备"),  # SX-17
        *("村级物业", "沿街店铺", "工业企业", "村（居）民房", "居住出租房"),  # SX-04
    ]
    stated = {row.code: row.count for row in read("dongguan").admissions}
    assert stated == {"departments": 19, "all": 481, "fire": 22}  # DG-02


def test_wuhu_routes_what_its_documents_say() -> None:
    routes = {row.code: row for row in read("wuhu").routes}
    market, general, larger = routes["WH-market"], routes["WH-34-general"], routes["WH-34-larger"]
    assert (market.layer, market.department_kind) == ("market", "fire")  # WH-32
    assert (general.severity, general.grid_first) == (G, True)  # WH-34
    assert (larger.severity, larger.grid_first) == (L, False)
    assert routes["WH-H1"].department_kind == "police"  # WH-28
