"""KE-38: a large xlsx is read as a stream and says what calamine says of it."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter

from wangge.kernel import spreadsheets
from wangge.kernel.errors import Unreadable
from wangge.kernel.spreadsheets import count_rows, read_rows, streamed_rows


def workbook(fill: Callable[[Any, Any], None], **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        fill(book, book.add_worksheet())
    file.seek(0)
    return file


def every_kind(book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"])
    sheet.write_row(1, 0, ["文本", "  留白  ", 'a<b>&"c"', "换\n行", "", "x" * 400, "0012", "末"])
    sheet.write_row(2, 0, [1, 2.5, -3, 0.1 + 0.2, 123456789012345, 1e-7, True, False])
    day, moment, clock, span = (
        book.add_format({"num_format": form})
        for form in ("yyyy-mm-dd", "yyyy/m/d hh:mm", "h:mm", "[h]:mm:ss")
    )
    no_date = book.add_format({"num_format": '0.00" days"'})
    sheet.write_datetime(3, 0, datetime(2025, 3, 4), day)
    sheet.write_datetime(3, 1, datetime(2025, 3, 4, 5, 6, 7), moment)
    sheet.write_datetime(3, 2, time(5, 6), clock)
    sheet.write_number(3, 3, 1.5, span)
    sheet.write_number(3, 4, 12.5, no_date)
    sheet.write_formula(4, 0, "=1+2", None, 3)
    sheet.write_formula(4, 1, '="a"', None, "a")
    sheet.write_rich_string(4, 2, "一", book.add_format({"bold": True}), "二", "三")
    sheet.write(7, 3, "空行之后")
    sheet.write(8, 7, "只有末列")


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}, {"in_memory": True}])
def test_every_kind_of_cell_is_read_as_by_calamine(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbook(every_kind, **options)
    whole = list(read_rows(file, "x.xlsx"))
    monkeypatch.setattr(spreadsheets, "STREAMED", 0)
    assert list(read_rows(file, "x.xlsx")) == whole
    assert whole[2][1]["甲"] == "2025-03-04"
    assert whole[2][1]["乙"] == "2025-03-04 05:06:07"
    assert [row for row, _ in whole] == [2, 3, 4, 5, 8, 9]
    assert date.fromisoformat(whole[2][1]["甲"]) == date(2025, 3, 4)


def test_dates_of_1904_are_of_their_own_epoch() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_datetime(0, 0, datetime(2025, 3, 4), book.add_format({"num_format": "yyyy-mm-dd"}))

    assert list(streamed_rows(workbook(fill, date_1904=True))) == [(1, ["2025-03-04"])]


def test_the_memory_does_not_grow_with_the_rows() -> None:
    def peak_of(rows: int) -> int:
        def fill(book: Any, sheet: Any) -> None:
            for row in range(rows):
                for column in range(6):
                    sheet.write_string(row, column, f"{row}-{column} 江海市永和区人民路")

        file = workbook(fill)
        tracemalloc.start()
        count = sum(1 for _ in streamed_rows(file))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == rows
        return peak

    few, many = peak_of(1_000), peak_of(10_000)
    assert many - few < 54_000 * 8 * 3  # 8 bytes a text, and what an array has in hand while it grows


def test_the_number_of_rows_is_told_before_they_are_read() -> None:
    file = workbook(lambda book, sheet: [sheet.write(row, 0, "x") for row in range(10)])
    assert (count_rows(file, "x.xlsx"), file.tell()) == (9, 0)
    assert count_rows(io.BytesIO(b"a\n1\n2\n"), "x.csv") == 2
    assert count_rows(io.BytesIO(b"PK no zip"), "x.xlsx") is None


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("content", [b"", b"<a", b'<!DOCTYPE a [<!ENTITY x "y">]><a/>'])
def test_a_damaged_workbook_is_refused_with_a_remedy(part: str, content: bytes) -> None:
    sound, damaged = workbook(every_kind), io.BytesIO()
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    with pytest.raises(Unreadable):
        list(streamed_rows(damaged))


def test_a_cell_that_is_a_bomb_is_refused() -> None:
    file = workbook(lambda book, sheet: sheet.write(0, 0, "x"))
    bomb = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            texts = b"<sst><si><t>" + b"y" * 3_000_000 + b"</t></si></sst>"
            new.writestr(name, texts if name.endswith("sharedStrings.xml") else old.read(name))
    with pytest.raises(Unreadable):
        list(streamed_rows(bomb))


def test_notes_of_a_template_are_passed_over() -> None:
    text = "#说明 先看\n编号,名称\n#示例 A1,示例店\nA2,二号店\n".encode()
    assert list(read_rows(io.BytesIO(text), "x.csv")) == [(4, {"编号": "A2", "名称": "二号店"})]
