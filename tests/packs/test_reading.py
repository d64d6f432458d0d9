"""PK-1 … PK-3: which rows win, which are presets, and errors that name their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from wangge.packs import services
from wangge.packs.reading import read
from wangge.packs.rules import PackUnknown, PackUnreadable, overlay

HEAD = 'name: town\nzh: 小城\nen: Town\nversion: "1"\n'
CLASS = "  - {code: shop, zh: 商店, en: Shop, source: WH-17, certainty: S}\n"


def make_pack(shelf: Path, *, name: str = "town", head: str = HEAD, **files: str) -> Path:
    folder = shelf / name
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text(head, encoding="utf-8")
    for file, text in files.items():
        (folder / f"{file}.yaml").write_text(text, encoding="utf-8")
    return shelf


def problems_of(shelf: Path, name: str = "town") -> list[tuple[str, int, str]]:
    with pytest.raises(PackUnreadable) as refused:
        read(name, shelf)
    for problem in refused.value.problems:
        assert problem.zh
        assert problem.en
        assert problem.remedy_zh
        assert problem.remedy_en
    return [(problem.file, problem.line, problem.field) for problem in refused.value.problems]


def test_the_shipped_packs_are_whole():
    assert services.list_names() == [
        "base",
        "district_grids",
        "dongguan",
        "drugs",
        "harbin",
        "keqiao",
        "lunan",
        "taizhou",
        "township_grids",
        "wuhu",
    ]
    for name in services.list_names():
        pack = services.load(name)
        assert sum(row.code.startswith("H") for row in pack.matters) == 51
        assert {stage.code for stage in pack.stages} >= {"reported", "closed"}
        short = {"medicines", "grid_walk", "equipment"}  # the last two are no lists of places
        assert all(len(one.items) >= 9 for one in pack.checklists if one.code not in short)
        [walk] = [one for one in pack.checklists if one.code == "grid_walk"]
        assert len(walk.items) == 7  # GQ-06


# WH-31 and DG-10, typed from the sources.
@pytest.mark.parametrize(
    ("name", "code", "interval", "is_confirmed"),
    [
        ("wuhu", "FQ-04-flammable", "half_month", True),
        ("wuhu", "FQ-04-crowded", "month", True),
        ("wuhu", "FQ-04-other", "quarter", True),
        ("base", "FQ-04-flammable", "half_month", False),
        ("dongguan", "FQ-05-lenient", "month", True),
        ("dongguan", "FQ-05-warned", "twice_a_month", False),
        ("dongguan", "FQ-05-strict", "three_times_a_month", False),
        ("dongguan", "FQ-05-banned", "four_times_a_month", True),
        ("dongguan", "FQ-04-small", "month", False),
    ],
)
def test_how_often_places_are_seen_is_what_the_source_says(name, code, interval, is_confirmed):
    plan = next(plan for plan in services.load(name).plans if plan.code == code)
    assert (plan.interval.value, plan.is_confirmed) == (interval, is_confirmed)


def test_wuhu_walks_two_hours_a_day_and_dongguan_has_five_steps():
    duty = next(duty for duty in services.load("wuhu").duties if duty.code == "FQ-01")
    assert (duty.minutes, duty.per, duty.is_confirmed) == (120, "day", True)
    shown = {stage.code: stage.zh for stage in services.load("dongguan").stages}
    steps = [shown[s] for s in ("reported", "accepted", "handling", "verifying", "closed")]
    assert steps == ["采集上报", "分流交办", "处置", "核查反馈", "结案考评"]


def test_no_hazard_severity_is_shown_as_law():
    assert not any(matter.is_confirmed for matter in services.load("base").matters)


def test_whoever_reports_does_not_handle():
    assert all(matter.department_kind != "grid" for matter in services.load("base").matters)


def test_the_later_row_wins_by_code_in_its_place():
    assert overlay([{"code": "a", "n": 1}, {"code": "b"}], [{"code": "a", "n": 2}, {"code": "c"}]) == [
        {"code": "a", "n": 2},
        {"code": "b"},
        {"code": "c"},
    ]


def test_an_unknown_field_is_named_with_its_line(tmp_path):
    mall = "  - code: mall\n    zh: 商场\n    en: Mall\n    source: x\n    certainty: S\n    color: red\n"
    text = f"venue_classes:\n{CLASS}{mall}"
    assert problems_of(make_pack(tmp_path, classes=text)) == [("town/classes.yaml", 8, "color")]


def test_a_missing_field_and_a_wrong_word_are_both_named(tmp_path):
    text = (
        "venue_classes:\n  - {code: shop, zh: 商店, source: x, certainty: S}\n"
        "  - {code: b, zh: 乙, en: B, source: x, certainty: X}\n"
    )
    found = problems_of(make_pack(tmp_path, classes=text))
    assert found == [("town/classes.yaml", 2, "en"), ("town/classes.yaml", 3, "certainty")]


def test_a_rule_that_points_nowhere_is_named_with_its_line(tmp_path):
    plans = (
        "defaults: {source: x, certainty: P}\nplans:\n"
        "  - code: P1\n    zh: 一\n    en: One\n    classes: [shop, ship]\n"
        "    interval: month\n    checklist: none\n"
    )
    found = problems_of(make_pack(tmp_path, classes=f"venue_classes:\n{CLASS}", plans=plans))
    assert found == [("town/plans.yaml", 8, "checklist"), ("town/plans.yaml", 6, "classes.1")]


def test_a_code_twice_an_unknown_section_and_broken_yaml_are_named(tmp_path):
    assert problems_of(make_pack(tmp_path / "a", classes=f"venue_classes:\n{CLASS}{CLASS}"))[0][1:] == (
        3,
        "code",
    )
    assert problems_of(make_pack(tmp_path / "b", more="colours:\n  - red\n"))[0][1:] == (2, "colours")
    assert problems_of(make_pack(tmp_path / "c", more="a: b: c\n"))[0][1:] == (1, "YAML")
    assert problems_of(make_pack(tmp_path / "d", head=HEAD.replace("town", "city")))[0][1:] == (1, "name")


def test_a_pack_that_is_not_there_or_extends_itself_is_refused(tmp_path):
    with pytest.raises(PackUnknown):
        read("nowhere", tmp_path)
    make_pack(tmp_path, head=HEAD + "extends: town\n")
    with pytest.raises(PackUnknown):
        read("town", tmp_path)


@pytest.mark.slow
def test_a_diff_names_the_rows_that_changed():
    changes = {(c.section, c.code): c for c in services.diff("wuhu", "dongguan")}
    assert changes["plans", "FQ-05-banned"].before is None
    assert changes["plans", "FQ-04-rental"].after["interval"] == "month"
    assert changes["rewards", "terminal_fee"].after is None
    assert not services.diff("wuhu", "wuhu")


def test_every_hazard_has_the_words_that_people_use_for_it() -> None:
    matters = read("base").matters
    wordless = [row.code for row in matters if len(row.words_zh) < 3]
    assert wordless == []
    for row in matters:
        assert len(row.words_zh) == len(set(row.words_zh)), row.code
