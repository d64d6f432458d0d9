"""PL-1 and PL-3, typed from docs/rules/plates.md."""

from __future__ import annotations

import pytest

from wangge.plates.rules import LETTERS, TooLarge, lay_out, read_code, show_code


def test_a_code_is_read_as_people_type_it() -> None:
    assert read_code("7kq2-m9xt-0b1c") == "7KQ2M9XT0B1C"
    assert read_code("7KQ2 M9XT OBIC") == "7KQ2M9XT0B1C"  # O for 0, I for 1
    assert show_code("7KQ2M9XT0B1C") == "7KQ2-M9XT-0B1C"


@pytest.mark.parametrize(
    "text", ["", "7KQ2M9XT0B1", "7KQ2M9XT0B1CC", "7KQ2M9XT0B1U", "../../../../etc", "7KQ2M9XT0B1é"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) == ""


def test_the_letters_leave_out_those_that_are_taken_for_others() -> None:
    assert len(LETTERS) == 32
    assert not set("ILOU") & set(LETTERS)


@pytest.mark.parametrize(
    ("size", "columns", "rows"), [((90, 55, 8), 2, 5), ((180, 120, 8), 1, 2), ((60, 40, 5), 3, 7)]
)
def test_as_many_as_fit_stand_on_a_page_in_the_middle(
    size: tuple[float, float, float], columns: int, rows: int
) -> None:
    sheet = lay_out(*size)
    assert (sheet.columns, sheet.rows, sheet.a_page) == (columns, rows, columns * rows)
    assert sheet.left == pytest.approx((210 - columns * size[0]) / 2)
    x, y = sheet.place(sheet.a_page - 1)
    assert x + size[0] <= 210 - size[2] + 1e-9
    assert y + size[1] <= 297 - size[2] + 1e-9


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(TooLarge, match="220 × 50"):
        lay_out(220, 50, 8)
