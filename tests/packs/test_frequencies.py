"""Subject × date → winning rule and due day, typed from the source documents (FQ-01 … FQ-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pytest

from wangge.kernel.calendar import national
from wangge.orders.rules import Interval, due_on, period_of, winning_rule
from wangge.orders.season_rules import Spell, horizon, seasonal_turns, spells_of, stretches
from wangge.packs.reading import list_names, read
from wangge.packs.schemas import Pack

N12 = date(2025, 11, 12)  # a Wednesday; the month's last working day is Friday the 28th
O12 = date(2025, 10, 12)
F20 = date(2026, 2, 20)  # in Spring Festival, 15 to 23 February; the 28th, a Saturday, is worked


@dataclass(frozen=True)
class Rule:
    code: str
    classes: list[str]
    tags: list[str]
    interval: str
    season: str


read_once = cache(read)


def rules_of(pack: Pack) -> list[Rule]:
    return [Rule(p.code, p.classes, p.tags, p.interval.value, p.season or "") for p in pack.plans]


def answer(name: str, class_code: str, tags: list[str], day: date, declared: str = "") -> tuple[str, date]:
    """What holds for a place on a day: the rule that wins, and the day its visit is due."""
    pack = read_once(name)
    rules = rules_of(pack)
    spells = [
        spell for season in pack.seasons for spell in spells_of(season, national, day, day + timedelta(1))
    ]
    if declared:
        works = next(season.works_holidays for season in pack.seasons if season.code == declared)
        spells.append(Spell(declared, day - timedelta(9), day + timedelta(9), "", works))
    base = winning_rule([rule for rule in rules if not rule.season], class_code, tags)
    interval = Interval(base[0].interval) if base else None
    first, after = horizon(interval, spells, day, day + timedelta(1))
    for stretch in stretches(rules, class_code, tags, spells, first, after):
        if stretch.starts_on <= day < stretch.ends_on:
            (turn,) = seasonal_turns(stretch, day, day + timedelta(1), national)
            return turn.rule.code, turn.due_on
    assert base
    return base[0].code, due_on(period_of(interval, day), national.is_workday)


WUHU = [  # WH-31: half a month, a month, a quarter
    ("wuhu", "flammable", [], N12, "FQ-04-flammable", date(2025, 11, 14)),
    ("wuhu", "flammable", [], F20, "FQ-04-flammable", date(2026, 2, 28)),
    ("wuhu", "crowded", [], N12, "FQ-04-crowded", date(2025, 11, 28)),
    ("wuhu", "crowded", [], F20, "FQ-04-crowded", date(2026, 2, 28)),
    ("wuhu", "shop", [], N12, "FQ-04-other", date(2025, 12, 31)),
    ("wuhu", "rental", [], N12, "FQ-04-rental", date(2025, 12, 31)),
    ("wuhu", "small_place", [], N12, "FQ-04-small", date(2025, 12, 31)),
]
DONGGUAN = [  # DG-10: one to four a month; DG-11
    ("dongguan", "rental", ["rental_lenient"], N12, "FQ-05-lenient", date(2025, 11, 28)),
    ("dongguan", "rental", ["rental_warned"], N12, "FQ-05-warned", date(2025, 11, 14)),
    ("dongguan", "rental", ["rental_strict"], N12, "FQ-05-strict", date(2025, 11, 20)),
    ("dongguan", "rental", ["rental_banned"], N12, "FQ-05-banned", date(2025, 11, 14)),
    ("dongguan", "rental", ["rental_banned"], date(2025, 11, 30), "FQ-05-banned", date(2025, 11, 28)),
    ("dongguan", "rental", [], N12, "FQ-04-rental", date(2025, 11, 28)),
    ("dongguan", "small_place", [], O12, "FQ-04-small", date(2025, 10, 31)),
]
KEQIAO = [  # SX-13: green monthly, yellow weekly, red daily; the smallest wins
    ("keqiao", "factory", ["code_green"], N12, "FQ-06-green", date(2025, 11, 28)),
    ("keqiao", "factory", ["code_yellow"], N12, "FQ-06-yellow", date(2025, 11, 14)),
    ("keqiao", "factory", ["code_red"], N12, "FQ-06-red", N12),
    ("keqiao", "factory", ["code_red"], date(2025, 11, 15), "FQ-06-red", date(2025, 11, 15)),
    ("keqiao", "flammable", ["code_green"], N12, "FQ-04-flammable", date(2025, 11, 14)),
    ("keqiao", "factory", ["code_yellow", "code_red"], N12, "FQ-06-red", N12),
]
PRESETS = [  # where the source gives no interval the base's hold
    *(
        (name, "flammable", [], N12, "FQ-04-flammable", date(2025, 11, 14))
        for name in ("taizhou", "lunan", "harbin")
    ),
    *(
        (name, "crowded", [], N12, "FQ-04-crowded", date(2025, 11, 28))
        for name in ("taizhou", "lunan", "harbin")
    ),
    *(
        (name, "shop", [], N12, "FQ-04-other", date(2025, 12, 31))
        for name in ("taizhou", "lunan", "harbin", "base")
    ),
    ("district_grids", "shop", [], N12, "FQ-04-other", date(2025, 12, 31)),
    ("drugs", "pharmacy", [], N12, "RX-pharmacy", date(2025, 11, 28)),
    ("drugs", "clinic", [], N12, "RX-clinic", date(2025, 12, 31)),
    ("drugs", "drug_wholesale", [], N12, "RX-wholesale", date(2025, 12, 31)),
]
SEASONS = [  # ZH-07: more in the fire season, around major holidays and at harvest
    ("township_grids", "crowded", [], N12, "FQ-04-crowded", date(2025, 11, 28)),
    ("township_grids", "crowded", [], date(2025, 11, 18), "FQ-14-season", date(2025, 11, 28)),
    ("township_grids", "crowded", [], date(2025, 10, 3), "FQ-14-holidays", date(2025, 10, 5)),
    ("township_grids", "warehouse", [], date(2025, 6, 3), "FQ-14-harvest", date(2025, 6, 13)),
    ("township_grids", "warehouse", [], date(2025, 6, 25), "FQ-04-other", date(2025, 6, 30)),
]


@pytest.mark.parametrize(
    ("pack", "class_code", "tags", "day", "rule", "due"), [*WUHU, *DONGGUAN, *KEQIAO, *PRESETS, *SEASONS]
)
def test_who_is_due_when_and_by_which_rule(pack, class_code, tags, day, rule, due):
    assert answer(pack, class_code, tags, day) == (rule, due)


@pytest.mark.parametrize(
    ("pack", "class_code", "tags", "rule", "due"),
    [  # HB-08, FQ-14: only while it is declared
        ("wuhu", "flammable", [], "FQ-14-flammable", date(2025, 11, 16)),
        ("dongguan", "crowded", [], "FQ-14-crowded", date(2025, 11, 16)),
        ("harbin", "office", ["key_unit"], "FQ-14-fire_risk", N12),
        ("harbin", "office", [], "FQ-04-other", date(2025, 12, 31)),
    ],
)
def test_while_a_high_fire_risk_is_declared(pack, class_code, tags, rule, due):
    assert answer(pack, class_code, tags, N12, "high_fire_risk") == (rule, due)


DUTIES = {  # FQ row: pack, code, times, per, minutes, tier
    "FQ-01": ("wuhu", "FQ-01", 1, "day", 120, None),
    "FQ-02": ("taizhou", "FQ-02", 2, "day", 120, None),
    "FQ-03": ("wuhu", "FQ-03", 2, "week", None, None),
    "FQ-07 township": ("township_grids", "FQ-07-street", 1, "quarter", None, "street"),
    "FQ-07 village": ("township_grids", "FQ-07-community", 1, "month", None, "community"),
    "FQ-07 block": ("township_grids", "FQ-07-grid", 1, "week", None, "grid"),
    "FQ-07 cell": ("district_grids", "FQ-07-grid", 1, "day", None, "grid"),
    "FQ-08": ("lunan", "FQ-08", 1, "month", None, "street"),
    "FQ-09": ("harbin", "FQ-09", 1, "month", None, None),
    "FQ-10 meeting": ("base", "FQ-10-meeting", 1, "quarter", None, "street"),
    "FQ-10 drill": ("base", "FQ-10-drill", 1, "year", None, "grid"),
    "FQ-10 training": ("base", "FQ-10-training", 1, "year", None, None),
    "FQ-11 push": ("wuhu", "FQ-11-push", 1, "day", None, None),
    "FQ-11 session": ("wuhu", "FQ-11-session", 1, "week", None, None),
    "FQ-13": ("base", "FQ-13", 1, "year", None, None),
}


@pytest.mark.parametrize("row", DUTIES)
def test_duties_that_are_no_visit_to_one_place(row):
    name, code, *said = DUTIES[row]
    duty = next(one for one in read_once(name).duties if one.code == code)
    assert [duty.times, duty.per, duty.minutes, duty.tier] == said


def test_every_class_of_every_pack_is_seen():
    for name in list_names():
        pack = read_once(name)
        base = [rule for rule in rules_of(pack) if not rule.season]
        assert not [one.code for one in pack.venue_classes if winning_rule(base, one.code, []) is None], name


def test_a_grid_of_another_trade_plans_by_the_same_engine():
    pack = read_once("drugs")
    items = next(one for one in pack.checklists if one.code == "medicines").items
    groups = {one.code: one.group for one in pack.matters}
    assert {groups[item.matter_code] for item in items} == {"RX"}
    assert [(tier.code, tier.grid_zh) for tier in pack.tiers if tier.level in {4, 5}] == [
        ("street", "一级管理网格"),
        ("community", "二级管理网格"),
    ]
