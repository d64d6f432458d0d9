"""TR-1, TR-2, TR-7, TR-9: words, likeness and tallies, typed from docs/rules/triage.md."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import AT
from wangge.triage.history import Past, department_keys, find, judge, tally
from wangge.triage.measuring import accuracy, calibration_error_pct, macro_f1, reliability, worst_pairs
from wangge.triage.rules import (
    Known,
    Reach,
    by_word,
    common_words,
    find_words,
    grams,
    liken,
    metres_between,
    normalise,
    ranked,
    text_likeness,
    word_shares,
    words_of_name,
)

REACH = Reach(within_m=100, within_days=14, from_pct=60)
WORDS = {
    "H301": ["没有灭火器", "灭火器"],
    "H302": ["灭火器过期", "过期", "灭火器"],
    "H701": ["电动车", "楼道充电"],
}
OWNERS = by_word(WORDS)
HOUR = timedelta(hours=1)


def known(text: str = "灭火器过期", *, lon: float = 118.305, lat: float = 31.305, **fields: object) -> Known:
    plain: dict[str, object] = {"at": AT, "matter_code": "H302"}
    return Known(text, lon, lat, **plain | fields)  # type: ignore[arg-type]


# ---- TR-1 ----


def test_figures_are_never_learnt() -> None:
    assert normalise("电话 13812345678，３栋２０１") == "电话 0,0栋0"
    assert not any(figure in gram for gram in grams("13812345678 号楼 201") for figure in "123456789")


def test_a_text_is_seen_as_runs_of_one_to_three_characters() -> None:
    assert sorted(grams("灭火器，App")) == sorted(["灭", "火", "器", "灭火", "火器", "灭火器", "app"])


@given(st.text(max_size=3000))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert len(grams(text)) <= 3 * 2000 * 18  # NFKC may make eighteen characters of one
    assert 0 <= sum(word_shares(find_words(text, OWNERS)).values()) < 1


# ---- TR-2 ----


def test_a_word_weighs_its_length_among_the_matters_that_share_it() -> None:
    found = find_words("门口的灭火器过期了", OWNERS)
    assert found == {"H301": {"灭火器": 1.5}, "H302": {"灭火器过期": 5.0}}


def test_doubt_has_its_part_of_the_weight() -> None:
    shares = word_shares({"H301": {"灭火器": 1.5}, "H302": {"灭火器过期": 5.0}})
    assert shares == pytest.approx({"H301": 1.5 / 10.5, "H302": 5.0 / 10.5})
    assert word_shares({}) == {}


def test_a_matter_without_words_has_the_parts_of_its_name() -> None:
    assert words_of_name("疏散通道、楼梯间、走道堆物占用") == ("疏散通道", "楼梯间", "走道堆物占用")
    assert words_of_name("避难层（间、走道）占用锁闭") == ("避难层", "走道", "占用锁闭")


# ---- TR-7 ----


def test_the_same_report_at_the_same_place_is_as_like_as_can_be() -> None:
    found = liken(known(), known(at=AT - HOUR * 2), REACH)
    assert found is not None
    assert (found.pct, found.metres, found.apart) == (100, 0, HOUR * 2)
    assert found.is_same_matter
    assert found.words == ("灭火器过期",)


@pytest.mark.parametrize(
    "other",
    [
        known(lat=31.305 + 0.00091),  # 101 m
        known(at=AT - timedelta(days=14, seconds=1)),
        known("楼道停电动车", matter_code="H701", at=AT - timedelta(days=7)),
    ],
    ids=["too far", "too long ago", "another thing"],
)
def test_what_lies_too_far_or_says_another_thing_is_no_duplicate(other: Known) -> None:
    assert liken(known(), other, REACH) is None


def test_the_same_venue_is_near_however_large_it_is() -> None:
    found = liken(known(venue_id=1), known(venue_id=1, lat=31.307), REACH)
    assert found is not None
    assert found.is_same_venue


def test_a_place_alone_is_no_likeness() -> None:
    assert liken(known("", matter_code=""), known("", matter_code="H302"), REACH) is None


def test_a_matter_that_is_not_chosen_yet_does_not_count_against() -> None:
    found = liken(known(matter_code=""), known(), REACH)
    assert found is not None
    assert (found.pct, found.is_same_matter) == (100, False)


def test_distance_and_likeness_of_texts() -> None:
    assert metres_between(118.0, 31.0, 118.0, 31.001) == pytest.approx(111.2, abs=0.1)
    assert metres_between(118.0, 31.0, 118.001, 31.0) == pytest.approx(95.3, abs=0.1)
    assert text_likeness("灭火器过期", "灭火器过期") == 1
    assert text_likeness("灭火器", "灭火器坏") == pytest.approx(4 / 5)  # 灭火 火器 | 灭火 火器 器坏
    assert text_likeness("", "灭火器") is None
    assert common_words("三楼灭火器已过期", "灭火器在三楼，过期") == ("灭火器", "过期")


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_the_same_from_both_sides(one: str, other: str) -> None:
    a, b = (
        liken(known(one), known(other, at=AT - HOUR), REACH),
        liken(known(other, at=AT - HOUR), known(one), REACH),
    )
    assert (a.pct if a else None) == (b.pct if b else None)
    assert a is None or REACH.from_pct <= a.pct <= 100


# ---- TR-5: figures ----


def test_accuracy_and_macro_f1_by_hand() -> None:
    right, said = list("aaab"), list("aabb")
    assert accuracy(said, right) == 0.75
    assert macro_f1(said, right) == pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2)  # a: 4/5, b: 2/3
    assert accuracy([], []) == macro_f1([], []) == 0


def test_calibration_error_is_the_gap_between_what_was_said_and_what_was_right() -> None:
    bins = reliability([0.9, 0.9, 0.9, 0.9, 0.3], [True, True, True, False, False])
    assert [(one.count, one.said_pct, one.right_pct) for one in bins] == [(1, 30.0, 0.0), (4, 90.0, 75.0)]
    assert calibration_error_pct(bins) == pytest.approx((1 * 30 + 4 * 15) / 5)
    assert calibration_error_pct(reliability([1.0], [True])) == 0


def test_the_worst_pairs_come_first() -> None:
    assert worst_pairs(list("bbcab"), list("aaaab")) == [("a", "b", 2), ("a", "c", 1)]


# ---- TR-9 ----


def past(path: str, value: int, ruled: int = 1) -> Past:
    return Past(department_keys("H301", path), value, ruled)


def test_the_narrowest_territory_with_enough_cases_speaks() -> None:
    cases = [past("34.02.03.001.", 7)] * 6 + [past("34.02.04.001.", 8)] * 20 + [past("34.02.05.001.", 9)] * 4
    tallies = tally(cases)
    assert find(tallies, department_keys("H301", "34.02.03.009.")) == [7, 6, 6]
    assert find(tallies, department_keys("H301", "34.02.05.001.")) == [8, 20, 30]  # four are too few
    assert find(tallies, department_keys("H999", "34.02.03.001.")) is None


def test_history_is_used_only_where_it_beats_the_rules_on_later_cases() -> None:
    learns = [past("34.02.03.001.", 7, ruled=1)] * 20
    assert (judge(learns).history_pct, judge(learns).rules_pct, judge(learns).is_used) == (100, 0, True)
    follows = [past("34.02.03.001.", 1, ruled=1)] * 20
    assert not judge(follows).is_used
    assert not judge([]).is_used


VECTORS = Path(__file__).parents[2] / "contracts" / "vectors" / "words.json"


@pytest.mark.parametrize(
    "case", json.loads(VECTORS.read_text(encoding="utf-8")), ids=lambda case: case["name"]
)
def test_the_vectors_that_the_phone_passes_too(case: dict[str, Any]) -> None:
    shares = word_shares(find_words(case["text"], by_word(case["words"])))
    found = ranked(shares, 9)
    assert [code for code, _ in found] == [code for code, _ in case["expected"]]
    assert [share for _, share in found] == pytest.approx([share for _, share in case["expected"]], abs=1e-5)
