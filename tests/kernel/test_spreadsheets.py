"""Spreadsheets in and out: KE-14, KE-15."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
import xlsxwriter

from wangge.kernel import spreadsheets
from wangge.kernel.errors import Unreadable
from wangge.kernel.spreadsheets import read_rows, write_csv, write_xlsx

ROWS = [(2, {"编号": "001", "名称": "镜湖小吃店"}), (3, {"编号": "002", "名称": "弋江旅馆"})]
TEXT = "编号,名称\n001,镜湖小吃店\n002,弋江旅馆\n"


def read(content: bytes, name: str = "venues.csv"):
    return list(read_rows(io.BytesIO(content), name))


def workbook(*rows) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_csv_is_read_in_the_encodings_offices_use(encoding):
    assert read(TEXT.encode(encoding)) == ROWS


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_header_tells_the_delimiter(delimiter):
    assert read(TEXT.replace(",", delimiter).encode()) == ROWS


def test_row_numbers_are_those_of_the_spreadsheet():
    assert read(b"\n\na,b\n1,2\n\n,\n3\n") == [(4, {"a": "1", "b": "2"}), (7, {"a": "3", "b": ""})]


def test_an_xlsx_keeps_whole_numbers_and_dates_as_people_see_them():
    content = workbook(["code", "area", "on"], [340203005012, 12.5, "2025-10-01"], ["007", 3.0, ""])
    assert read(content, "x.xlsx") == [
        (2, {"code": "340203005012", "area": "12.5", "on": "2025-10-01"}),
        (3, {"code": "007", "area": "3", "on": ""}),
    ]


def test_row_numbers_of_an_xlsx_count_the_empty_rows_above():
    assert read(workbook([], [], ["a", "b"], ["1", "2"], [], ["3", "4"]), "x.xlsx") == [
        (4, {"a": "1", "b": "2"}),
        (6, {"a": "3", "b": "4"}),
    ]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "x.csv", "empty"),
        (b"a,a\n1,2\n", "x.csv", "'a' occurs twice"),
        (b"a,,b\n1,2,3\n", "x.csv", "header cell 2"),
        (b"a,b\n1,2\n1,2,3\n", "x.csv", "row 3 has 3 cells"),
        (b"a,b\n\xff\xff\x80,1\n", "x.csv", "encoding"),
        (b'a,b\n"1,2\n', "x.csv", "broken csv"),
        (b"a,b\n\x00,2\n", "x.csv", "NUL"),
        (b"nonsense", "x.xlsx", "does not open"),
        (b"a,b\n", "x.pdf", ".csv or .xlsx"),
    ],
)
def test_what_cannot_be_read_is_named(content, name, says):
    with pytest.raises(Unreadable, match=says):
        read(content, name)


def test_digits_that_excel_has_lost_are_not_passed_off_as_a_number():
    with pytest.raises(Unreadable, match="row 2"):
        read(workbook(["id_card"], [340203199001010013]), "x.xlsx")


def test_limits_hold(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 2)
    with pytest.raises(Unreadable, match="more than 2 rows"):
        read(b"a\n1\n2\n3\n")
    monkeypatch.setattr(spreadsheets, "MAX_BYTES", 5)
    for content, name in ((b"a\n1\n2\n3\n", "x.csv"), (workbook(["a"]), "x.xlsx")):
        with pytest.raises(Unreadable, match="larger than"):
            read(content, name)


@pytest.mark.parametrize("formula", ["=1+1", "+cmd", "-cmd|calc", "@SUM(A1)", "＝1+1"])
def test_a_formula_goes_out_as_text_and_comes_back_as_it_was(formula):
    out = b"".join(write_csv([{"name": formula}]))
    assert out.decode("utf-8-sig").splitlines()[1] == f"'{formula}"
    assert read(out) == [(2, {"name": formula})]
    assert read(b"".join(write_xlsx([{"name": formula}])), "x.xlsx") == [(2, {"name": formula})]


def test_a_negative_number_is_no_formula():
    assert b"".join(write_csv([{"n": "-12.5", "m": -3}])).decode("utf-8-sig").splitlines()[1] == "-12.5,-3"


@pytest.mark.parametrize(("write", "name"), [(write_csv, "x.csv"), (write_xlsx, "x.xlsx")])
def test_what_is_written_is_read_again(write, name):
    at = datetime(2025, 10, 1, 16, 30, tzinfo=UTC)
    rows = [{"编号": "001", "n": 3, "at": at, "on": date(2025, 10, 1), "none": None, "yes": True}]
    expected = {
        "编号": "001",
        "n": "3",
        "at": "2025-10-02 00:30:00",
        "on": "2025-10-01",
        "none": "",
        "yes": "true",
    }
    assert read(b"".join(write(rows)), name) == [(2, expected)]


def test_the_given_columns_choose_and_order():
    assert b"".join(write_csv([{"a": 1, "b": 2}], ["b", "c"])).decode("utf-8-sig") == "b,c\r\n2,\r\n"
    assert b"".join(write_csv([], ["b"])).decode("utf-8-sig") == "b\r\n"


def test_a_long_csv_leaves_in_pieces():
    pieces = list(write_csv({"n": "x" * 1000} for _ in range(500)))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 200_000
