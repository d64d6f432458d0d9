"""VE-2 to VE-8 without a database."""

from __future__ import annotations

import pytest

from wangge.venues.rules import agree, columns_of, is_masked, read_number, read_tags, read_yes_no


def test_a_column_is_known_by_our_name_by_the_exported_one_or_as_said() -> None:
    found = columns_of({"编号", "name", "bid", "height"}, {"address": "地点"})
    assert found == {"code": "编号", "name": "name", "height_m": "height", "address": "地点"}
    assert columns_of({"编号", "bid"}, {"code": "bid"}) == {"code": "bid"}


@pytest.mark.parametrize(("text", "number"), [("", None), (None, None), ("1,234.5", 1234.5), (18, 18.0)])
def test_numbers_are_read(text: object, number: float | None) -> None:
    assert read_number(text, 0, 1e6) == number


@pytest.mark.parametrize("text", ["三", "-1", "1e9", "nan", "inf"])
def test_what_is_no_number_or_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_number(text, 0, 1e6)


@pytest.mark.parametrize(
    ("text", "answer"), [("是", True), ("", True), ("停业", False), ("0", False), (False, False)]
)
def test_yes_and_no_are_read(text: object, answer: bool) -> None:
    assert read_yes_no(text) is answer


def test_maybe_is_neither_yes_nor_no() -> None:
    with pytest.raises(ValueError):
        read_yes_no("也许")


def test_tags_are_parted_by_any_usual_mark() -> None:
    assert read_tags("重点单位；高层、重点单位| 三合一") == ["重点单位", "高层", "三合一"]
    assert read_tags(["a", "a"]) == ["a"]
    with pytest.raises(ValueError):
        read_tags("长" * 33)


def test_a_star_is_a_mask() -> None:
    assert is_masked("138****5678")
    assert not is_masked("13812345678")


@pytest.mark.parametrize(
    ("division", "grid", "fits"),
    [
        ("34.02.03.005.", "34.02.03.005.012.001.", True),
        ("34.02.03.005.012.007.", "34.02.03.005.", True),
        ("34.02.0.", "34.02.03.005.", False),
        ("34.02.03.006.", "34.02.03.005.012.001.", False),
    ],
)
def test_a_division_and_a_grid_agree_when_one_holds_the_other(division: str, grid: str, fits: bool) -> None:
    assert agree(division, grid) is fits
