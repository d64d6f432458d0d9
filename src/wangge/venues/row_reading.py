"""One row of a venue file: text in, fields out, each problem noted with its column and remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from wangge.kernel.errors import Unreadable
from wangge.kernel.identity import check_credit_code
from wangge.kernel.ids import new_id
from wangge.territory.rules import Kind, Problems
from wangge.venues import wording
from wangge.venues.rules import HIGH_M, LONGEST, is_masked, read_number, read_tags, read_yes_no

BIG_M2 = 1e9  # a thousand square kilometres: no venue is larger


class VenueRecord(NamedTuple):
    """One row as it came: our field → value. `shape` and `why` are of GeoJSON."""

    row: int
    values: Mapping[str, Any]
    shape: Any = None
    why: tuple[str, str] | None = None


@dataclass(slots=True)
class Draft:
    """A row that was read; place and grid come later, for many rows at once."""

    row: int
    id: UUID
    code: str
    name: str
    class_code: str
    tags: list[str]
    address: str
    area_m2: float | None
    height_m: float | None
    credit_code: str
    keeper_name: str | None  # None: leave what is there
    keeper_phone: str | None
    is_open: bool
    division_code: str
    whole_code: str = ""
    lon: float = 0.0
    lat: float = 0.0


class RowReader:
    """Reads rows of one file. `classes`: code or Chinese name → (code, Chinese name)."""

    def __init__(
        self,
        classes: Mapping[str, tuple[str, str]],
        class_code: str,
        columns: Mapping[str, str],
        problems: Problems,
    ) -> None:
        self.classes, self.class_code, self.columns, self.problems = classes, class_code, columns, problems
        self.there = "、".join(sorted({code for code, _ in classes.values()})) or "—"

    def read(self, record: VenueRecord) -> Draft:
        """Return the row's fields; what is wrong is noted and stands as empty."""
        get, row = record.values.get, record.row
        code = self._code(row, self._text(get, row, "code"))
        class_code, class_zh = self._class(row, self._text(get, row, "class_code"))
        keeper, phone = self._text(get, row, "keeper_name"), self._text(get, row, "keeper_phone")
        return Draft(
            row=row,
            id=get("id") or new_id(),
            code=code,
            name=self._text(get, row, "name") or f"{class_zh} {code}"[: LONGEST["name"]],
            class_code=class_code,
            tags=self._read(
                get, row, "tags", read_tags, ("标签（每个不超过 32 字）", "tag of at most 32 characters")
            )
            or [],
            address=self._text(get, row, "address"),
            area_m2=self._number(get, row, "area_m2", BIG_M2),
            height_m=self._number(get, row, "height_m", HIGH_M),
            credit_code=self._credit_code(row, self._text(get, row, "credit_code")),
            keeper_name=None if is_masked(keeper) else keeper,
            keeper_phone=None if is_masked(phone) else phone,
            is_open=self._read(get, row, "is_open", read_yes_no, ("“是”或“否”", "yes or no")) is not False,
            division_code=self._text(get, row, "division_code"),
            whole_code=self._text(get, row, "whole_code"),
        )

    def note(self, kind: Kind, row: int, field: str, value: object, **facts: Any) -> None:
        self.problems.add(kind, row, self.columns.get(field, field), value, **facts)

    def _text(self, get: Callable[[str], Any], row: int, field: str) -> str:
        value = get(field)
        text = "" if value is None else str(value).strip()
        longest = LONGEST.get(field)
        if longest and len(text) > longest:
            self.note(wording.TOO_LONG, row, field, text[:40] + "…", longest=longest)
            return text[:longest]
        return text

    def _read(
        self,
        get: Callable[[str], Any],
        row: int,
        field: str,
        read: Callable[[Any], Any],
        what: tuple[str, str],
    ) -> Any:
        try:
            return read(get(field))
        except ValueError:
            self.note(wording.BAD_VALUE, row, field, get(field), what_zh=what[0], what_en=what[1])
            return None

    def _number(self, get: Callable[[str], Any], row: int, field: str, highest: float) -> float | None:
        what = (f" 0 至 {highest:,.0f} 的数", f"number from 0 to {highest:,.0f}")
        number: float | None = self._read(get, row, field, lambda text: read_number(text, 0, highest), what)
        return number

    def _code(self, row: int, code: str) -> str:
        if not code:
            self.note(wording.NO_CODE, row, "code", code)
        return code  # twice in the file: found when all rows are there

    def _class(self, row: int, given: str) -> tuple[str, str]:
        found = self.classes.get(given or self.class_code)
        if found is None:
            self.note(wording.NO_CLASS, row, "class_code", given or self.class_code, there=self.there)
            return "", ""
        return found

    def _credit_code(self, row: int, code: str) -> str:
        if not code:
            return ""
        try:
            return check_credit_code(code)
        except Unreadable as refusal:
            facts = refusal.facts
            self.note(
                wording.BAD_CREDIT_CODE,
                row,
                "credit_code",
                code,
                why_zh=facts["why_zh"],
                why_en=facts["why_en"],
            )
            return ""
