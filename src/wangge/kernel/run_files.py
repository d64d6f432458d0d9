"""The files of a run: what came in, what was wrong, what goes out. Sealed, gone after a day (KE-37)."""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
from typing import IO, Protocol
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import storages

from wangge.kernel.run_rules import RunFileGone
from wangge.kernel.sealed_files import seal, unseal
from wangge.kernel.spreadsheets import guarded

GIVEN, PROBLEMS, RESULT = "given", "problems", "result"
HEADER = (
    "文件 file",
    "行 row",
    "列 column",
    "内容 value",
    "性质 kind",
    "问题",
    "处理办法",
    "problem",
    "remedy",
    "代码 code",
)


class ProblemLike(Protocol):
    """One thing wrong with a file, as every room tells it."""

    @property
    def row(self) -> int | None: ...
    @property
    def column(self) -> str | None: ...
    @property
    def value(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def remedy_zh(self) -> str: ...
    @property
    def remedy_en(self) -> str: ...
    @property
    def is_error(self) -> bool: ...
    @property
    def file(self) -> str | None: ...


class ProblemFile:
    """A csv of every problem of a file, written as they are found. Rule: KE-35."""

    def __init__(self, file: IO[bytes]) -> None:
        self.count = 0
        file.write(codecs.BOM_UTF8)
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self._writer.writerow(HEADER)

    def add(self, problem: ProblemLike) -> None:
        self.count += 1
        kind = "错误 error" if problem.is_error else "提醒 warning"
        said = (problem.zh, problem.remedy_zh, problem.en, problem.remedy_en, problem.code)
        place = (problem.file or "", "" if problem.row is None else problem.row, problem.column or "")
        cells = (*place, problem.value, kind, *said)
        self._writer.writerow([guarded(str(cell)) for cell in cells])

    def close(self) -> None:
        """Write out what is left, and let the file go on without us."""
        self._text.flush()
        self._text.detach()


def keep(run_id: UUID, what: str, content: IO[bytes]) -> None:
    """Store a file of a run, sealed; an earlier one of the same name goes."""
    forget(run_id, what)
    with nameless() as sealed:
        seal(content, sealed)
        storages["files"].save(_name(run_id, what), File(sealed, name=what))


def copy(from_id: UUID, to_id: UUID, what: str) -> None:
    """Store the file of one run for another. Raises: RunFileGone."""
    with _opened(from_id, what) as sealed:
        storages["files"].save(_name(to_id, what), File(sealed, name=what))


def open_plain(run_id: UUID, what: str) -> IO[bytes]:
    """Return the content as a file without a name. Raises: RunFileGone, CannotDecrypt."""
    plain = nameless()
    with _opened(run_id, what) as sealed:
        unseal(sealed, plain)
    return plain


def nameless() -> IO[bytes]:
    """Return a temporary file that nobody else can open and that goes when it is closed."""
    return tempfile.TemporaryFile(prefix="wangge-run-")


def forget(run_id: UUID, *what: str) -> None:
    """Remove files of a run; those that are not there are none."""
    for one in what:
        storages["files"].delete(_name(run_id, one))


def _opened(run_id: UUID, what: str) -> File[bytes]:
    try:
        return storages["files"].open(_name(run_id, what))
    except FileNotFoundError as error:
        raise RunFileGone() from error


def _name(run_id: UUID, what: str) -> str:
    return f"runs/{run_id}/{what}"
