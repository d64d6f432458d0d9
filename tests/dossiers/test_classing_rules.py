"""DS-9, DS-10, typed from domain.md 2.9: 九小 of Shandong, 三小 of Guangdong, key units of 2001, Beijing."""

from __future__ import annotations

from typing import Any

import pytest

from wangge.dossiers.classing_rules import (
    Bound,
    Field,
    NoSuchValue,
    Proposal,
    Rule,
    Shape,
    propose,
    read_fact,
)
from wangge.packs.services import load

PACK = load("base")
RULES = [
    Rule(
        row.code,
        row.path,
        frozenset(row.uses),
        [Bound(one.fact, one.at_least, one.at_most, one.below) for one in row.bounds],
        row.venue_class,
        row.tag,
    )
    for row in PACK.class_rules
]
SHANDONG, GUANGDONG, BEIJING, ANHUI = "37.01.02.", "44.19.01.", "11.01.05.", "34.02.03."


@pytest.mark.parametrize(
    ("use", "fact", "inside", "outside", "tag"),
    [
        ("shop", "area_used_m2", 300, 300.1, "nine_shopping"),
        ("dining", "diners", 100, 101, "nine_dining"),
        ("lodging", "beds", 50, 51, "nine_lodging"),
        ("leisure", "area_used_m2", 200, 201, "nine_leisure"),
        ("medical", "beds", 30, 31, "nine_clinic"),
        ("boarding_school", "beds", 50, 51, "nine_teaching"),
        ("day_school", "pupils", 500, 501, "nine_teaching"),
        ("day_nursery", "pupils", 100, 101, "nine_teaching"),
        ("workshop", "staff", 50, 51, "nine_workshop"),
    ],
)
def test_the_nine_small_places_of_shandong(
    use: str, fact: str, inside: float, outside: float, tag: str
) -> None:
    found = propose({"use": use, fact: inside}, SHANDONG, RULES)
    assert (found.class_code, found.tags) == ("small_place", (tag,))
    beyond = propose({"use": use, fact: outside}, SHANDONG, RULES)
    assert beyond.class_code != "small_place"
    assert tag not in beyond.tags
    assert tag not in propose({"use": use, fact: inside}, ANHUI, RULES).tags


def test_small_entertainment_of_shandong_asks_for_both_area_and_floor() -> None:
    facts: dict[str, Any] = {"use": "entertainment", "area_used_m2": 200.0}
    assert "nine_entertainment" not in propose(facts, SHANDONG, RULES).tags
    assert "nine_entertainment" in propose(facts | {"top_floor": 3.0}, SHANDONG, RULES).tags
    assert "nine_entertainment" not in propose(facts | {"top_floor": 4.0}, SHANDONG, RULES).tags


@pytest.mark.parametrize(
    ("facts", "small"),
    [
        ({"use": "shop", "area_used_m2": 300}, True),
        ({"use": "shop", "area_used_m2": 301}, False),
        ({"use": "workshop", "height_built_m": 24, "floor_area_m2": 250}, True),
        ({"use": "workshop", "height_built_m": 25, "floor_area_m2": 250}, False),
        ({"use": "workshop", "height_built_m": 24, "floor_area_m2": 251}, False),
        ({"use": "entertainment", "area_used_m2": 200}, True),
    ],
)
def test_the_three_small_places_of_guangdong(facts: dict[str, Any], small: bool) -> None:
    assert (propose(facts, GUANGDONG, RULES).class_code == "small_place") is small


@pytest.mark.parametrize(
    ("path", "facts", "is_key"),
    [
        (ANHUI, {"use": "shop", "area_used_m2": 1000}, True),
        (ANHUI, {"use": "shop", "area_used_m2": 999}, False),
        (ANHUI, {"use": "lodging", "rooms": 50}, True),
        (ANHUI, {"use": "lodging", "rooms": 49}, False),
        (ANHUI, {"use": "entertainment", "area_used_m2": 200}, True),
        (BEIJING, {"use": "shop", "area_used_m2": 1000}, False),  # Beijing's own line replaces it
        (BEIJING, {"use": "shop", "area_used_m2": 3000}, True),
        (BEIJING, {"use": "shop", "area_used_m2": 1000, "is_underground": 1}, True),
        (BEIJING, {"use": "entertainment", "area_used_m2": 200}, False),
        (BEIJING, {"use": "dining", "area_used_m2": 2000}, True),
        (BEIJING, {"use": "lodging", "rooms": 50}, True),  # the nation's, as Beijing says nothing of it
    ],
)
def test_key_units_by_the_line_of_the_province(path: str, facts: dict[str, Any], is_key: bool) -> None:
    assert ("key_unit" in propose(facts, path, RULES).tags) is is_key


def test_a_proposal_names_its_rows_and_without_a_use_there_is_none() -> None:
    found = propose({"use": "shop", "area_used_m2": 1200}, ANHUI, RULES)
    assert found == Proposal("crowded", ("key_unit",), ("crowded_shop", "key_shop"))
    assert propose({"area_used_m2": 1200}, ANHUI, RULES) == Proposal()


@pytest.mark.parametrize(
    ("class_code", "tags", "differs"),
    [
        ("crowded", ["key_unit"], False),
        ("crowded", ["key_unit", "red"], False),
        ("crowded", [], True),
        ("shop", ["key_unit"], True),
    ],
)
def test_a_place_differs_by_its_class_or_by_a_tag_it_lacks(
    class_code: str, tags: list[str], differs: bool
) -> None:
    assert Proposal("crowded", ("key_unit",), ("a",)).differs(class_code, tags) is differs
    assert not Proposal().differs(class_code, tags)


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        ("number", " 12.5 ", 12.5),
        ("whole", "12", 12.0),
        ("whole", "12.5", None),
        ("number", "nan", None),
        ("number", "-1", None),
        ("number", "1e99", None),
        ("number", "许多", None),
        ("yes_no", "1", 1.0),
        ("yes_no", "2", None),
        ("word", "shop", "shop"),
        ("word", "palace", None),
    ],
)
def test_a_fact_is_what_the_pack_lets_it_be(shape: str, text: str, value: float | str | None) -> None:
    field = Field("x", Shape(shape), words=frozenset({"shop"}))
    if value is None:
        with pytest.raises(NoSuchValue):
            read_fact(field, text)
    else:
        assert read_fact(field, text) == value
