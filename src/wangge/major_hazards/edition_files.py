"""An edition of the standard from a spreadsheet: whole or not at all, every row's mistake with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from ninja.files import UploadedFile
from pydantic import ValidationError

from wangge.kernel.actor import Actor
from wangge.kernel.downloads import download
from wangge.kernel.spreadsheets import Row, read_rows
from wangge.major_hazards.installing import check_unused, import_element_set
from wangge.major_hazards.models import ElementSet
from wangge.major_hazards.schemas import CountIn, EditionFile, ElementIn, ElementSetIn
from wangge.territory.rules import Kind, Problems
from wangge.territory.schemas import ImportProblem, ImportReport

LINE, CODE, TEXT, ENGLISH, PLACES, AT_LEAST, COUNTED, CHECKED = (
    *("类型", "编号", "内容", "英文", "适用场所", "达到条数", "计入要素", "已核对"),
)
COLUMNS = (LINE, CODE, TEXT, ENGLISH, PLACES, AT_LEAST, COUNTED, CHECKED)
NEEDED = (LINE, CODE, TEXT)
LINES = {"直接": "direct", "综合": "comprehensive", "条数": "count"}
PLACE_KINDS = {
    "人员密集场所": "crowded",
    "易燃易爆危险品场所": "flammables",
    "重要场所": "important",
    "其他场所": "other",
}
FIELDS = {"code": CODE, "zh": TEXT, "en": ENGLISH, "at_least": AT_LEAST, "elements": COUNTED}
YES_NO = {"是": True, "否": False, "": False}
EXAMPLE = (
    {LINE: "直接", CODE: "6.1", TEXT: "（要素原文）", PLACES: "人员密集场所", CHECKED: "是"},
    {LINE: "综合", CODE: "7.3.1", TEXT: "（要素原文）", CHECKED: "否"},
    {LINE: "条数", CODE: "crowded-3", TEXT: "（判定规则）", AT_LEAST: "3", COUNTED: "7.3", CHECKED: "否"},
)
NO_COLUMN = Kind(
    "major_hazards.column_missing",
    "文件没有“{column}”列",
    "the file has no column “{column}”",
    "下载模板，按模板的表头填写",
    "download the template and keep its header",
)
UNKNOWN = Kind(
    "major_hazards.word_unknown",
    "“{column}”中的“{value}”不认识",
    "“{value}” in “{column}” is not known",
    "可填：{there}",
    "one of: {there}",
)
TWICE = Kind(
    "major_hazards.code_twice",
    "编号“{value}”已在第 {other} 行",
    "the code “{value}” is also in row {other}",
    "改为标准中的编号，或只保留一行",
    "write the code of the standard, or keep one row",
)
NOT_COUNTED = Kind(
    "major_hazards.counted_unknown",
    "“计入要素”中的“{value}”不是本文件中任何综合要素的编号或其开头",
    "“{value}” is no code of a comprehensive element of this file, nor the beginning of one",
    "填写综合要素的编号或其开头，用逗号分开；不填即计入全部",
    "codes or their beginnings with commas between; none counts all",
)
WRONG = Kind(
    "major_hazards.row_wrong", "{why_zh}", "{why_en}", "对照模板改正", "correct it as in the template"
)
EMPTY = Kind(
    "major_hazards.file_empty",
    "文件没有要素",
    "the file holds no elements",
    "至少一行“直接”或“综合”",
    "at least one row that is 直接 or 综合",
)


def write_template(actor: Actor, *, at: datetime) -> HttpResponseBase:
    """Return the sheet that the import reads, with a row of each sort. Raises: NotYourRole."""
    actor.check_can("packs.install")
    return download(EXAMPLE, COLUMNS, name="element-set", suffix="xlsx", at=at)


@transaction.atomic
def import_edition(file: UploadedFile, given: EditionFile, *, actor: Actor, at: datetime) -> ImportReport:
    """Take in an edition from a file; with an error nothing is written, nor by a dry run.

    Raises: NotYourRole, ElementSetInUse; Unreadable for a file that cannot be read at all.
    Rule:   MH-1, KE-14.
    """
    actor.check_can("packs.install")
    if file.file is None:
        raise ValueError("an upload without a file")
    problems = Problems()
    rows = list(read_rows(file.file, file.name or ""))
    edition = _Reader(problems).read(given, rows)
    report = ImportReport(
        kind="element_set", file_name=file.name or "", rows=len(rows), created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    if edition is not None:
        check_unused(edition)
        _count(report, edition)
        if not given.dry_run:
            import_element_set(edition, actor=actor, at=at)
            report.loaded = True
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    report.problem_count = problems.count
    return report


def _count(report: ImportReport, edition: ElementSetIn) -> None:
    """Count which lines of the edition are new, changed or as they were."""
    before = ElementSet.objects.filter(pk=edition.code).first()
    known = {one["code"]: one for one in (*before.elements, *before.counts)} if before else {}
    lines: list[ElementIn | CountIn] = [*edition.elements, *edition.counts]
    for line in lines:
        said = line.model_dump(mode="json")
        if line.code not in known:
            report.created += 1
        elif known[line.code] == said:
            report.unchanged += 1
        else:
            report.updated += 1


class _Reader:
    """Reads rows: elements and counts, each with its mistakes told."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.elements: list[ElementIn] = []
        self.counts: list[tuple[int, CountIn]] = []

    def read(self, given: EditionFile, rows: list[Row]) -> ElementSetIn | None:
        """Return the edition, or None with what is wrong."""
        missing = [column for column in NEEDED if not rows or column not in rows[0][1]]
        for column in missing if rows else ():
            self.problems.add(NO_COLUMN, None, column)
        if not missing:
            self._read(rows)
        if not self.elements and not self.problems.error_count:
            self.problems.add(EMPTY, None)
        if self.problems.error_count:
            return None
        counts = [count for _, count in self.counts]
        said = given.model_dump(exclude={"dry_run"})
        return ElementSetIn(**said, elements=self.elements, counts=counts)

    def _read(self, rows: Iterable[Row]) -> None:
        seen: dict[str, int] = {}
        for number, cells in rows:
            code = cells[CODE]
            if code in seen:
                self.problems.add(TWICE, number, CODE, code, other=seen[code])
                continue
            seen[code] = number
            self._take(number, cells)
        comprehensive = [one.code for one in self.elements if not one.is_direct]
        for number, count in self.counts:
            for word in count.elements:
                if not any(code == word or code.startswith(f"{word}.") for code in comprehensive):
                    self.problems.add(NOT_COUNTED, number, COUNTED, word)

    def _take(self, number: int, cells: Mapping[str, str]) -> None:
        line = self._word(number, LINE, cells, LINES)
        kinds = [self._known(number, PLACES, one, PLACE_KINDS) for one in _split(cells.get(PLACES, ""))]
        checked = self._word(number, CHECKED, cells, YES_NO)
        if self.problems.is_bad(number):
            return
        said: dict[str, Any] = {
            "code": cells[CODE],
            "zh": cells[TEXT],
            "en": cells.get(ENGLISH, "") or cells[TEXT],  # until somebody translates it
            "place_kinds": kinds,
            "is_confirmed": checked,
        }
        try:
            if line == "count":
                counted = list(_split(cells.get(COUNTED, "")))
                more = {"at_least": cells.get(AT_LEAST, ""), "elements": counted}
                self.counts.append((number, CountIn.model_validate(said | more)))
            else:
                self.elements.append(ElementIn.model_validate(said | {"is_direct": line == "direct"}))
        except ValidationError as error:
            for column, why in {FIELDS[str(one["loc"][0])]: one["msg"] for one in error.errors()}.items():
                if column != ENGLISH or cells.get(ENGLISH):  # without English it is the Chinese that is wrong
                    self._wrong(number, column, cells, why)

    def _wrong(self, number: int, column: str, cells: Mapping[str, str], why: str) -> None:
        text = cells.get(column, "")
        facts = {"why_zh": f"“{column}”不能是“{text}”", "why_en": f"{column}: {why}"}
        self.problems.add(WRONG, number, column, text, **facts)

    def _word(self, number: int, column: str, cells: Mapping[str, str], words: Mapping[str, Any]) -> Any:
        return self._known(number, column, cells.get(column, ""), words)

    def _known(self, number: int, column: str, text: str, words: Mapping[str, Any]) -> Any:
        """Return what a word means, whether it is written in Chinese or as the house writes it."""
        if text in words:
            return words[text]
        if text and text in words.values():
            return text
        there = "、".join(word for word in words if word)
        self.problems.add(UNKNOWN, number, column, text, there=there)
        return None


def _split(text: str) -> Iterator[str]:
    for mark in "，、;；":
        text = text.replace(mark, ",")
    yield from (part.strip() for part in text.split(",") if part.strip())
