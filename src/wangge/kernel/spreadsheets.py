"""Spreadsheets in and out: csv and xlsx, row by row, nothing guessed in silence (KE-14, KE-15)."""

from __future__ import annotations

import codecs
import csv
import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.kernel.xlsx_rows import Workbook

MAX_BYTES = 512 << 20  # of the file
MAX_UNPACKED = 4 << 30  # of an xlsx: a million rows of ten columns are 0.7 GB
STREAMED = 24 << 20  # an xlsx that unpacks to more is read as a stream; calamine takes a quarter of the time
MAX_ROWS = 2_000_000
MAX_COLUMNS = 512
MAX_CELL = 16 << 20  # a polygon as text is long
MAX_XLSX_ROWS = 1_048_576  # Excel's own limit
NOTES = ("#说明", "#示例")  # a row that begins so is for people: templates hold them
EXACT_INTEGER = 10**15  # Excel keeps 15 digits of a number; longer codes have lost their tail

FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

Row = tuple[int, dict[str, str]]
NO_WORKBOOK = (
    KeyError, ValueError, IndexError, OSError, EOFError,
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, ExpatError,
)  # fmt: skip


def read_rows(file: IO[bytes], name: str) -> Iterator[Row]:
    """Yield (row number as the spreadsheet shows it, {column: text}) below the header row.

    The first row that holds anything is the header. Empty rows and notes are passed over, short rows filled
    with "". Memory: a piece of a csv; of an xlsx at most what STREAMED unpacks to, or as `xlsx_rows` says.
    Raises: Unreadable naming row and remedy: encoding, header, row too long, limits, digits lost by Excel.
    Rule:   KE-14, KE-38.
    """
    if name.lower().endswith(".csv"):
        raw = _csv_rows(file)
    elif name.lower().endswith((".xlsx", ".xls", ".ods")):
        raw = _sheet_rows(file)
    else:
        raise _unreadable("文件应为 .csv 或 .xlsx", "the file is .csv or .xlsx")
    yield from _named(raw)


def write_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str] | None = None) -> Iterator[bytes]:
    """Yield a csv file in pieces: UTF-8 with the mark by which Excel knows it. Rule: KE-15."""
    header, rows = _header_of(rows, columns)
    piece = io.StringIO()
    writer = csv.writer(piece)
    writer.writerow([guarded(name) for name in header])
    yield codecs.BOM_UTF8
    for row in rows:
        writer.writerow([guarded(text_of(row.get(name))) for name in header])
        if piece.tell() > 1 << 16:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def write_xlsx(rows: Iterable[Mapping[str, object]], columns: Sequence[str] | None = None) -> Iterator[bytes]:
    """Yield an xlsx file in pieces, written in constant memory. Every cell is text or a number.

    Raises: Unreadable beyond Excel's 1,048,576 rows.
    Rule:   KE-15.
    """
    header, rows = _header_of(rows, columns)
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for column, name in enumerate(header):
                sheet.write_string(0, column, name)
            for number, row in enumerate(rows, start=1):
                if number >= MAX_XLSX_ROWS:
                    raise _unreadable("行数超过 Excel 上限，请用 csv", "more rows than Excel holds: use csv")
                for column, name in enumerate(header):
                    _write_cell(sheet, number, column, row.get(name))
        file.seek(0)
        while piece := file.read(1 << 18):
            yield piece


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name as Excel takes it, and its rows."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Mapping[str, object]]


def write_workbook(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """Yield an xlsx file of several sheets in pieces, written in constant memory, made to be printed.

    Raises: Unreadable beyond Excel's 1,048,576 rows a sheet.
    Rule:   KE-15.
    """
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            bold = book.add_format({"bold": True, "bottom": 1})
            for one in sheets:
                sheet = book.add_worksheet(one.name)
                sheet.set_landscape()
                sheet.set_paper(9)  # A4
                sheet.fit_to_pages(1, 0)
                sheet.repeat_rows(0)
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, max(len(one.columns) - 1, 0), 16)
                for column, name in enumerate(one.columns):
                    sheet.write_string(0, column, name, bold)
                for number, row in enumerate(one.rows, start=1):
                    if number >= MAX_XLSX_ROWS:
                        raise _unreadable("行数超过 Excel 上限", "more rows than Excel holds")
                    for column, name in enumerate(one.columns):
                        _write_cell(sheet, number, column, row.get(name))
        file.seek(0)
        while piece := file.read(1 << 18):
            yield piece


def text_of(value: object) -> str:
    """Return a value as spreadsheets show it: moments in China's time, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        local = value.astimezone(CHINA) if value.tzinfo else value
        return local.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _write_cell(sheet: Any, row: int, column: int, value: object) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < EXACT_INTEGER:
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, text_of(value))  # a string cell is never a formula


def _header_of(
    rows: Iterable[Mapping[str, object]], columns: Sequence[str] | None
) -> tuple[list[str], Iterable[Mapping[str, object]]]:
    if columns is not None:
        return list(columns), rows
    rest = iter(rows)
    first = next(rest, None)
    return ([], []) if first is None else (list(first), chain([first], rest))


def guarded(text: str) -> str:
    """A cell that begins like a formula gets an apostrophe; a plain number is no formula."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and FORMULA.match(text, 1) else text


def _named(raw: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    header: list[str] = []
    count = 0
    for number, cells in raw:
        cells = [_unguarded(cell.strip()) for cell in cells]
        if not any(cells) or cells[0].startswith(NOTES):
            continue
        if not header:
            header = _check_header(number, cells)
            continue
        count += 1
        if count > MAX_ROWS:
            raise _unreadable(
                f"超过 {MAX_ROWS} 行，请分成几个文件", f"more than {MAX_ROWS} rows: split the file"
            )
        if any(cells[len(header) :]):
            raise _unreadable(
                f"第 {number} 行有 {len(cells)} 格，而表头只有 {len(header)} 列",
                f"row {number} has {len(cells)} cells, the header {len(header)}",
            )
        cells += [""] * (len(header) - len(cells))
        yield number, dict(zip(header, cells, strict=False))
    if not header:
        raise _unreadable("文件是空的，没有表头", "the file is empty: there is no header row")


def _check_header(number: int, cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise _unreadable(f"超过 {MAX_COLUMNS} 列", f"more than {MAX_COLUMNS} columns")
    for place, name in enumerate(cells, start=1):
        if not name:
            raise _unreadable(
                f"第 {number} 行第 {place} 列的表头为空", f"row {number}: header cell {place} is empty"
            )
        if name in cells[: place - 1]:
            raise _unreadable(f"表头“{name}”出现两次", f"the header {name!r} occurs twice")
    return cells


def _csv_rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    encoding = _encoding_of(file)
    file.seek(0)
    csv.field_size_limit(MAX_CELL)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        first = text.readline()
        text.seek(0)
        delimiter = max(",\t;", key=first.count)
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1):
            if any("\x00" in cell for cell in cells):
                raise _unreadable(f"第 {number} 行含有空字符", f"row {number} holds a NUL character")
            yield number, cells
    except csv.Error as error:
        raise _unreadable(f"csv 格式有误：{error}", f"broken csv: {error}") from error
    finally:
        text.detach()


def _encoding_of(file: IO[bytes]) -> str:
    head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        size = 0
        try:
            while chunk := file.read(1 << 20):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise _too_large()
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _unreadable("文字编码无法识别，请存为 UTF-8", "unknown encoding: save the file as UTF-8")


def count_rows(file: IO[bytes], name: str) -> int | None:
    """Return about how many rows of data a file has, without reading them; None if that cannot be told."""
    rows: int | None = None
    if name.lower().endswith(".csv"):
        rows = sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
    elif name.lower().endswith(".xlsx") and zipfile.is_zipfile(file):
        try:
            rows = Workbook(file).count_rows()
        except NO_WORKBOOK:
            rows = None
    file.seek(0)
    return None if rows is None else max(rows - 1, 0)


def _sheet_rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    if _check_unpacked_size(file) > STREAMED and zipfile.is_zipfile(file):
        yield from streamed_rows(file)
        return
    try:
        book = CalamineWorkbook.from_filelike(file)
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable(f"无法打开表格：{error}", f"the workbook does not open: {error}") from error
    above = (sheet.start or (0, 0))[0]
    for number, cells in enumerate(sheet.to_python(skip_empty_area=True), start=above + 1):
        yield number, [_cell_text(number, cell) for cell in cells]


def streamed_rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet of an xlsx as a stream. Raises: Unreadable. Rule: KE-38."""
    try:
        for number, cells in Workbook(file).rows():
            yield number, [_cell_text(number, cell) for cell in cells]
    except NO_WORKBOOK as error:
        raise _unreadable(f"无法打开表格：{error}", f"the workbook does not open: {error}") from error


def _check_unpacked_size(file: IO[bytes]) -> int:
    file.seek(0, io.SEEK_END)
    size = unpacked = file.tell()
    file.seek(0)
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    if size > MAX_BYTES or unpacked > MAX_UNPACKED:
        raise _too_large()
    file.seek(0)
    return unpacked


def _cell_text(number: int, cell: object) -> str:
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= EXACT_INTEGER:
        raise _unreadable(
            f"第 {number} 行有超过 15 位的数字，Excel 已丢失末位。请把该列设为文本后重新填写",
            f"row {number}: Excel has lost the end of a number of more than 15 digits: make the column text",
        )
    if isinstance(cell, timedelta):
        return str(cell)
    return text_of(cell)


def _too_large() -> Unreadable:
    limit = MAX_BYTES >> 20
    return _unreadable(f"文件超过 {limit} MB，请拆分文件", f"the file is larger than {limit} MB: split it")


def _unreadable(why_zh: str, why_en: str) -> Unreadable:
    return Unreadable(field="file", why_zh=why_zh, why_en=why_en)
