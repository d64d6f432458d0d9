"""One row of a file of people, facilities or licences: text in, fields out. Rule: DS-16."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from wangge.dossiers import file_wording as wording
from wangge.dossiers.rules import Sort
from wangge.dossiers.schemas import FIRST, LAST
from wangge.territory.rules import Kind, Problems

IDS = UUID("019ac0de-11ce-7000-8000-d05513e20001")  # a list and a number in it make the id of an entry
HEAD = {"number": "编号", "venue": "场所编号", "venue_source": "场所来源", "kind": "种类"}
COLUMNS: Mapping[Sort, Mapping[str, str]] = {
    Sort.FACT: {key: HEAD[key] for key in ("venue", "venue_source")},  # and a column a fact of the pack
    Sort.FACILITY: {
        **HEAD,
        "count": "数量", "place": "位置", "maker": "生产单位", "made_on": "出厂日期", "tested_on": "检测日期",
        "maintained_on": "维保日期", "contract_until": "维保合同到期",
    },
    Sort.LICENCE: {
        **HEAD,
        "number_on": "证号", "issued_by": "发证机关", "valid_from": "有效期起", "valid_until": "有效期止",
    },
    Sort.PERSON: {
        **HEAD,
        "name": "姓名或单位名称", "phone": "电话", "credit_code": "统一社会信用代码", "since_on": "任职日期",
        "until_on": "离任日期",
    },
}  # fmt: skip
PLACE = ("场所名称", "网格名称")  # told by an export, passed over by an import
FIELDS = {"number_on": "number"}  # of the entry, where the file's word is taken by its own id
SHOWN = 12  # kinds that a remedy names
LONGEST = {
    "place": 64, "maker": 64, "number_on": 64, "issued_by": 128, "name": 128, "phone": 32, "credit_code": 32,
}  # fmt: skip
PHONE = re.compile(r"[0-9+*() -]*")  # as PersonIn


@dataclass(frozen=True, slots=True)
class Line:
    """One row that was read: `values` holds what its columns say, by field of the entry."""

    row: int
    number: str
    entry_id: UUID
    venue: str
    venue_source: str
    kind: str
    values: Mapping[str, Any]


class LineReader:
    """Reads rows of one file. `kinds`: code or name → code."""

    def __init__(self, sort: Sort, source: str, kinds: Mapping[str, str], problems: Problems) -> None:
        self.sort, self.source, self.kinds, self.problems = sort, source, kinds, problems
        self.columns = COLUMNS[sort]
        names = [name for name, code in kinds.items() if name != code and not name.isascii()]
        self.choice = "、".join(names[:SHOWN]) + ("……" if len(names) > SHOWN else "") or "—"

    def read(self, row: int, cells: Mapping[str, str]) -> Line | None:
        """Return the row, or None with everything noted that is wrong with it."""
        text = {key: self._cell(cells, key) for key in self.columns if self._is_there(cells, key)}
        number, kind = text.get("number", ""), self.kinds.get(text.get("kind", ""))
        wrong: list[tuple[Kind, str, dict[str, Any]]] = []
        if not 0 < len(number) <= 64:
            wrong.append((wording.NO_NUMBER, "number", {}))
        if kind is None:
            wrong.append((wording.BAD_KIND, "kind", {"choice": self.choice}))
        values = dict(self._values(text, wrong))
        for what, key, facts in wrong:
            said = "" if key == "phone" else text.get(key, "")  # a report is read by more people than a file
            self.problems.add(what, row, self.columns[key], said, **facts)
        if wrong or kind is None:
            return None
        entry = self.id_of(number)
        return Line(row, number, entry, text.get("venue", ""), text.get("venue_source", ""), kind, values)

    def id_of(self, number: str) -> UUID:
        """Return the entry's id: a number is unique in its list; what went out names the entry itself."""
        try:
            return UUID(number)
        except ValueError:
            return uuid5(IDS, f"{self.sort.value}:{self.source}:{number}")

    def _values(
        self, text: Mapping[str, str], wrong: list[tuple[Kind, str, dict[str, Any]]]
    ) -> Iterator[tuple[str, Any]]:
        for key, said in text.items():
            if key in HEAD:
                continue
            if key == "count":
                count = int(said or 1) if (said or "1").isdigit() else 0
                if not 1 <= count <= 100_000:
                    wrong.append((wording.BAD_COUNT, key, {}))
                yield key, count
            elif key in LONGEST:
                if len(said) > LONGEST[key]:
                    wrong.append((wording.TOO_LONG, key, {"longest": LONGEST[key]}))
                if key == "phone" and not PHONE.fullmatch(said):
                    wrong.append((wording.BAD_PHONE, key, {}))
                if key == "name" and not said:
                    wrong.append((wording.NO_NAME, key, {}))
                yield FIELDS.get(key, key), said
            else:
                day = read_day(said)
                if said and day is None:
                    wrong.append((wording.BAD_DAY, key, {}))
                yield key, day

    def _is_there(self, cells: Mapping[str, str], key: str) -> bool:
        return self.columns[key] in cells or key in cells

    def _cell(self, cells: Mapping[str, str], key: str) -> str:
        return (cells.get(self.columns[key]) or cells.get(key) or "").strip()


def read_day(text: str) -> date | None:
    """Return the day of 2026-01-31 or 2026/1/31, None for what is none, or lies outside the book's years."""
    parts = text[:10].strip().replace("/", "-").replace(".", "-").split("-")
    try:
        year, month, day = map(int, parts)
        found = date(year, month, day)
    except ValueError:
        return None
    return found if FIRST <= found <= LAST else None


EXAMPLES: Mapping[Sort, tuple[str, tuple[str, ...]]] = {  # the id, and what follows the kind
    Sort.FACILITY: (
        "MH-0001",
        ("4", "一层", "某消防器材厂", "2024-03-01", "2026-03-01", "2026-10-01", "2027-02-28"),
    ),
    Sort.LICENCE: ("YZ-0001", ("示12345678", "市场监督管理局", "2024-03-01", "2027-02-28")),
    Sort.PERSON: ("ZR-0001", ("张三", "13800000000", "", "2025-03-01", "")),
}


def example_of(sort: Sort, kind: str) -> dict[str, object]:
    """Return a row that shows how a file is filled in."""
    number, rest = EXAMPLES[sort]
    said: Sequence[str] = (f"#示例 {number}", "GS0001", "", kind, *rest)
    return dict(zip(COLUMNS[sort].values(), said, strict=True))
