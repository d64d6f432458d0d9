"""One row of a file of facts: a place, and a column a fact; text in, values as the dossier keeps them.

Rule: DS-17, DS-9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wangge.dossiers import file_wording as wording
from wangge.dossiers.class_list import YES_NO
from wangge.dossiers.classing import kept_fact
from wangge.dossiers.classing_rules import NoSuchValue, Shape
from wangge.dossiers.file_rows import COLUMNS, PLACE, SHOWN
from wangge.dossiers.rules import Sort
from wangge.dossiers.vocabulary import Words
from wangge.dossiers.word_models import Kind
from wangge.territory.rules import Problems

HEAD = COLUMNS[Sort.FACT]
SAMPLE = 3  # facts that the example tells: most places have few
LONGEST = 32  # of a value, as FactIn
SAID = {
    **dict.fromkeys(("是", "有", "yes", "y", "true", "1", "√"), "1"),
    **dict.fromkeys(("否", "无", "no", "n", "false", "0", "×"), "0"),
}
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class FactLine:
    """One row that was read: of each fact that it says, the value as it is kept."""

    row: int
    venue: str
    venue_source: str
    values: Mapping[str, str]


def fact_kinds(words: Words) -> list[Kind]:
    """Return the facts that a file has columns for: those of the pack, in its order."""
    return [one for (sort, _), one in words.kinds.items() if sort == Sort.FACT and one.is_active]


def column_of(kind: Kind) -> str:
    """Return the column of a fact: its name, with the unit that its numbers are in."""
    shape = kind.shape or {}
    unit = shape["unit_zh"] if shape["form"] in (Shape.NUMBER, Shape.WHOLE) else ""
    return f"{kind.name_zh}（{unit}）" if unit else kind.name_zh


class FactReader:
    """Reads rows of one file."""

    def __init__(self, kinds: Sequence[Kind], problems: Problems) -> None:
        self.problems = problems
        self.named = {
            _plain(name): kind
            for kind in reversed(kinds)  # of two facts with one name the first has it
            for name in (kind.code, kind.name_en, kind.name_zh, column_of(kind))
        }
        self.choice = _some(column_of(kind) for kind in kinds)
        self.columns: dict[str, Kind] | None = None

    def read(self, row: int, cells: Mapping[str, str]) -> FactLine | None:
        """Return the row, or None with everything noted that is wrong with it. An empty cell says nothing."""
        if self.columns is None:
            self.columns = self._columns_of(cells)
        values: dict[str, str] = {}
        is_wrong = False
        for column, kind in self.columns.items():
            said = cells.get(column, "").strip()
            if not said:
                continue
            try:
                values[kind.code] = read_cell(kind, said)
            except NoSuchValue as wrong:
                is_wrong = True
                facts = {"zh": wrong.zh, "en_text": wrong.en, "choice": choice_of(kind, 0)}
                facts["choice_en"] = choice_of(kind, 1)
                self.problems.add(wording.BAD_FACT, row, column, said, **facts)
        if is_wrong:
            return None
        place, register = (_cell(cells, key) for key in ("venue", "venue_source"))
        return FactLine(row, place, register, values)

    def _columns_of(self, cells: Iterable[str]) -> dict[str, Kind]:
        """Return the columns that tell a fact; the others are noted, once."""
        passed = {*HEAD, *HEAD.values(), *PLACE}
        found: dict[str, Kind] = {}
        for column in cells:
            kind = self.named.get(_plain(column))
            if kind is None:
                if column not in passed:
                    self.problems.add(wording.STRANGE_COLUMN, None, column, column)
            elif kind in found.values():
                self.problems.add(wording.TWO_COLUMNS, None, column, column, zh=kind.name_zh)
            else:
                found[column] = kind
        if not found:
            self.problems.add(wording.NO_FACTS, None, None, choice=self.choice)
        return found


def read_cell(kind: Kind, said: str) -> str:
    """Return a value as it is kept, of what people write: words, yes and no, numbers with their unit.

    Raises: NoSuchValue, as by hand.
    Rule:   DS-9.
    """
    shape = kind.shape or {}
    if len(said) > 2 * LONGEST:
        raise NoSuchValue("内容过长", "it is too long")
    if shape["form"] == Shape.YES_NO:
        said = SAID.get(said.lower(), said)
    elif shape["form"] == Shape.WORD:
        words = {one[key]: one["code"] for one in shape["words"] for key in ("code", "en", "zh")}
        said = words.get(said, said)
    else:
        for unit in filter(None, (shape["unit_zh"], shape["unit_en"])):
            said = said.removesuffix(unit).strip()
        if THOUSANDS.fullmatch(said):
            said = said.replace(",", "")
    return kept_fact(kind, said)


def write_cell(kind: Kind, value: str) -> object:
    """Return a value as a cell shows it, so that it comes in again; "" for one the pack no longer takes."""
    shape = kind.shape or {}
    try:
        read_cell(kind, value)
    except NoSuchValue:
        return ""
    if shape["form"] == Shape.YES_NO:
        return YES_NO[value][0]
    if shape["form"] == Shape.WORD:
        return next(one["zh"] for one in shape["words"] if one["code"] == value)
    return float(value)


def choice_of(kind: Kind, language: int) -> str:
    """Return what a fact may hold, in Chinese (0) or English (1)."""
    shape = kind.shape or {}
    key = ("zh", "en")[language]
    if shape["form"] == Shape.YES_NO:
        return ("是、否", "yes, no")[language]
    if shape["form"] == Shape.WORD:
        return ("；", "; ")[language].join(one[key] for one in shape["words"])  # whole: nobody guesses a word
    unit = shape[f"unit_{key}"]
    return f"{shape['least']:,.10g}–{shape['most']:,.10g} {unit}".strip()


def fact_form(kinds: Sequence[Kind]) -> tuple[list[str], list[dict[str, object]]]:
    """Return the columns of the empty form, an example, and the notes. Rule: DS-17."""
    columns = [*HEAD.values(), *(column_of(kind) for kind in kinds)]
    example = {column_of(kind): _example(kind) for kind in kinds[:SAMPLE]}
    notes = [
        "#说明 以“#说明”“#示例”开头的行不会导入。Rows that begin with #说明 or #示例 are not loaded.",
        "#说明 一处场所一行，一种情况一列；列的顺序不限，不需要的列可以删去。"
        "A row a place, a column a fact, in any order; columns that are not needed can go.",
        "#说明 空单元格表示没有说明，原值不变；要删除一项，请在场所页面操作并写明原因。"
        "An empty cell says nothing; a fact is taken out on the page of its place, with a reason.",
        *(f"#说明 {column_of(kind)}：{choice_of(kind, 0)}" for kind in kinds),
    ]
    rows: list[dict[str, object]] = [{HEAD["venue"]: "#示例 GS0001", **example}]
    return columns, rows + [{columns[0]: note} for note in notes]


def _example(kind: Kind) -> object:
    shape = kind.shape or {}
    if shape["form"] == Shape.YES_NO:
        return "否"
    if shape["form"] == Shape.WORD:
        return shape["words"][0]["zh"]
    return min(max(12, shape["least"]), shape["most"])


def _some(names: Iterable[str]) -> str:
    found = list(names)
    return ("、".join(found[:SHOWN]) + ("……" if len(found) > SHOWN else "")) or "—"


def _cell(cells: Mapping[str, str], key: str) -> str:
    return (cells.get(HEAD[key]) or cells.get(key) or "").strip()


def _plain(name: str) -> str:
    """Return a column's name as it is compared: brackets of either width, capitals or not."""
    return name.strip().replace("(", "（").replace(")", "）").replace(" ", "").lower()
