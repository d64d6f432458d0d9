"""A large xlsx read as a stream: the memory does not grow with its rows (KE-38).

Bound: 8 bytes a distinct text of the workbook beside one piece of the sheet; the texts themselves lie in a
file without a name. No reader in the registries streams the rows and leaves the texts on the disk: calamine
holds the whole sheet, openpyxl all texts and takes three times as long (benchmarks/import_million.py).
"""

from __future__ import annotations

import mmap
import posixpath
import re
import tempfile
import zipfile
from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import IO, Any, Protocol
from xml.etree import ElementTree
from xml.parsers import expat

from wangge.kernel.errors import Unreadable

PIECE = 1 << 16
MAX_TEXT = 1 << 20  # characters of a cell; Excel allows 32,767
MAX_PLACES = 16_384  # columns, Excel's own limit
SHEET_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK_NS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # built-in formats
NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
SPAN = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
DAY_S = 86_400


class Workbook:
    """The first sheet of an xlsx. Raises: KeyError, BadZipFile, ParseError or ExpatError if it is none."""

    def __init__(self, file: IO[bytes]) -> None:
        self._packed = zipfile.ZipFile(file)
        book = ElementTree.fromstring(self._packed.read("xl/workbook.xml"))
        told = book.find(f"{SHEET_NS}workbookPr")
        is_1904 = told is not None and told.get("date1904") in ("1", "true")
        self._epoch = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
        self._links = self._read_links()
        first = book.find(f"{SHEET_NS}sheets/{SHEET_NS}sheet")
        if first is None:
            raise KeyError("a workbook without a sheet")
        self._sheet = self._links[first.get(f"{LINK_NS}id", "")]

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield (row number, cells): text, numbers, true or false, dates, as calamine gives them."""
        strings = self._part("sharedStrings")
        with tempfile.TemporaryFile(prefix="wangge-texts-") as aside:
            texts = _Texts(self._packed, strings, aside) if strings else ()
            reader = _SheetReader(texts, self._formats(), self._epoch)
            for _ in _parsed(self._packed, self._sheet, reader):
                yield from reader.taken()

    def count_rows(self) -> int | None:
        """Return how many rows the sheet says it has, None if it does not say."""
        with self._packed.open(self._sheet) as part:
            said = re.search(rb'<(?:\w+:)?dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"', part.read(4096))
        return int(said[1]) if said else None

    def _read_links(self) -> dict[str, str]:
        rels = ElementTree.fromstring(self._packed.read("xl/_rels/workbook.xml.rels"))
        return {one.get("Id", ""): posixpath.join("/xl", one.get("Target", ""))[1:] for one in rels}

    def _part(self, name: str) -> str | None:
        return next((one for one in self._links.values() if one.lower() == f"xl/{name}.xml".lower()), None)

    def _formats(self) -> Sequence[str]:
        """Return for each style of a cell: "", "date" or "span"."""
        part = self._part("styles")
        if part is None:
            return ()
        styles = ElementTree.fromstring(self._packed.read(part))
        own = {
            int(one.get("numFmtId", "0")): one.get("formatCode", "")
            for one in styles.iterfind(f"{SHEET_NS}numFmts/{SHEET_NS}numFmt")
        }
        used = styles.iterfind(f"{SHEET_NS}cellXfs/{SHEET_NS}xf")
        return [_kind_of(int(one.get("numFmtId", "0")), own) for one in used]


class _Handler(Protocol):
    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def text(self, piece: str) -> None: ...


class _Texts:
    """The shared texts on the disk, 8 bytes each in memory; without their pronunciation."""

    def __init__(self, packed: zipfile.ZipFile, part: str, aside: IO[bytes]) -> None:
        self._ends = array("Q")
        self._size, self._is_text, self._spoken = 0, False, 0
        self._said: list[str] = []
        self._file = aside
        for _ in _parsed(packed, part, self):
            pass
        self._file.flush()
        length = self._size
        self._all = mmap.mmap(self._file.fileno(), length, access=mmap.ACCESS_READ) if length else b""

    def __getitem__(self, place: int) -> str:
        return self._all[self._ends[place - 1] if place else 0 : self._ends[place]].decode()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "t":
            self._is_text = not self._spoken
        elif tag == "rPh":
            self._spoken += 1

    def end(self, tag: str) -> None:
        if tag == "t":
            self._is_text = False
        elif tag == "si":
            self._size += self._file.write("".join(self._said).encode())
            self._ends.append(self._size)
            self._said.clear()
        elif tag == "rPh":
            self._spoken -= 1

    def text(self, piece: str) -> None:
        if self._is_text:
            self._said.append(piece)
            if len(self._said) > 1:
                _check_length(self._said)


class _SheetReader:
    """Puts the cells of rows together as the parser meets them."""

    def __init__(self, strings: Any, formats: Sequence[str], epoch: datetime) -> None:
        self._strings, self._formats, self._epoch = strings, formats, epoch
        self._rows: list[tuple[int, list[Any]]] = []
        self._cells: list[Any] = []
        self._number, self._place, self._kind, self._style = 0, -1, "", ""
        self._said: list[str] = []
        self._is_text = False
        self._columns: dict[str, int] = {}

    def taken(self) -> list[tuple[int, list[Any]]]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            get = attributes.get
            self._kind, self._style = get("t", "n"), get("s", "")
            reference = get("r")
            self._place = self._column(reference) if reference else self._place + 1
        elif tag in ("v", "t"):
            self._is_text = True
        elif tag == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._cells, self._place = [], -1
        elif tag in ("rPh", "f"):
            self._kind = "aside" if tag == "rPh" else self._kind

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._is_text = False
        elif tag == "c":
            if self._said:
                self._put("".join(self._said))
                self._said.clear()
        elif tag == "row":
            self._rows.append((self._number, self._cells))

    def text(self, piece: str) -> None:
        if self._is_text and self._kind != "aside":
            self._said.append(piece)
            if len(self._said) > 1:
                _check_length(self._said)

    def _column(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        place = self._columns.get(letters)
        if place is None:
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - 64
            if not 0 < place <= MAX_PLACES:
                raise KeyError(reference)
            place = self._columns[letters] = place - 1
        return place

    def _put(self, said: str) -> None:
        cells, gap = self._cells, self._place - len(self._cells)
        if gap > 0:
            cells.extend([""] * gap)
        cells.append(self._value(said))

    def _value(self, said: str) -> Any:
        kind = self._kind
        if kind == "s":
            return self._strings[int(said)]
        if kind == "n":
            form = self._formats[int(self._style)] if self._style and self._formats else ""
            return self._moment(float(said), form) if form else float(said)
        if kind == "b":
            return said == "1"
        return "" if kind == "e" else said

    def _moment(self, days: float, form: str) -> Any:
        if form == "span":
            return timedelta(days=days)
        moment = self._epoch + timedelta(milliseconds=round(days * DAY_S * 1000))
        if days < 1:
            return moment.time()
        return moment if moment.time() != time() else moment.date()


def _parsed(packed: zipfile.ZipFile, part: str, handler: _Handler) -> Iterator[None]:
    """Feed the part of the file to the handler, and come back after each piece."""
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    parser.EndElementHandler = handler.end

    def look_at_root(tag: str, attributes: dict[str, str]) -> None:
        parser.StartElementHandler = handler.start
        if ":" in tag:  # every tag has a prefix: one more call each
            parser.StartElementHandler = lambda tag, given: handler.start(tag.rpartition(":")[2], given)
            parser.EndElementHandler = lambda tag: handler.end(tag.rpartition(":")[2])

    parser.StartElementHandler = look_at_root
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    with packed.open(part) as file:
        while piece := file.read(PIECE):
            parser.Parse(piece, False)
            yield
    parser.Parse(b"", True)
    yield


def _refuse(*told: object) -> None:
    raise KeyError("a spreadsheet declares no document type")


def _check_length(pieces: list[str]) -> None:
    if sum(map(len, pieces)) > MAX_TEXT:
        why = ("有单元格超过一百万字", "a cell has more than a million characters")
        raise Unreadable(field="file", why_zh=why[0], why_en=why[1])


def _kind_of(number: int, own: dict[int, str]) -> str:
    code = own.get(number)
    if code is None:
        return "span" if number == 46 else "date" if number in DATES else ""
    code = NO_DATE.sub("", code.split(";")[0])
    return "span" if SPAN.search(code) else "date" if DATE.search(code) else ""
