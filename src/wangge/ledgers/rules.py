"""Ledgers: what is on file of a territory, by sections that the pack names. Source: docs/rules/ledgers.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wangge.kernel.errors import Refused

LONGEST_DAYS = 366  # of a period
MOST_AT_ONCE = 20_000  # rows that a download holds; more is work of the background (LE-4)
PRINTED = 2_000  # rows that a page prints


class LedgerKind(StrEnum):
    """Where the rows of a ledger come from (LE-2)."""

    GRIDS = "grids"
    PLACES = "places"
    ORDERS = "orders"
    PATROL_DAYS = "patrol_days"
    CASES = "cases"
    TRANSFERS = "transfers"
    TEAM_CALLS = "team_calls"
    DRAWINGS = "drawings"
    MEETINGS = "meetings"
    VISITS = "visits"
    ARRIVALS = "arrivals"
    REPORTS = "reports"
    NOWHERE = "nowhere"  # the house does not keep it yet, and says so


class CellForm(StrEnum):
    """How a cell is shown."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    DEADLINE = "deadline"  # a moment; midnight is 24:00 of the day before
    GRID = "grid"  # a path, shown by name
    NAME = "name"  # of somebody outside the office: masked
    SEALED_NAME = "sealed_name"
    WORD = "word"  # a value of the database, shown by its word


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    zh: str
    en: str
    form: CellForm = CellForm.TEXT


class LedgerUnknown(Refused):
    status = 404
    code = "ledgers.unknown"
    zh = "没有编号为“{ledger}”的台账。"
    en = "There is no ledger {ledger}."


class PeriodWrong(Refused):
    status = 422
    code = "ledgers.period_wrong"
    zh = "台账的起止日期应先后有序，且不超过 {days} 天。"
    en = "The first and last day of a ledger lie in order and at most {days} days apart."


class TooLarge(Refused):
    status = 422
    code = "ledgers.too_large"
    zh = "共 {rows} 行以上，直接下载最多 {most} 行。请改为后台导出，或缩小网格、时间范围。"
    en = "More than {rows} rows; a download holds {most}. Ask for it in the background, or narrow it."


def check_period(first_on: date, last_on: date) -> None:
    """Raises: PeriodWrong. Rule: LE-3."""
    if not 0 <= (last_on - first_on).days < LONGEST_DAYS:
        raise PeriodWrong(days=LONGEST_DAYS)


def chosen(all_columns: Sequence[Column], wanted: Sequence[str]) -> list[Column]:
    """Return the columns in the order that the pack wants; of none named: all. Rule: LE-1."""
    by_key = {column.key: column for column in all_columns}
    return [by_key[key] for key in wanted if key in by_key] or list(all_columns)


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Return names that Excel takes for sheets: short, without its signs, each once. Rule: LE-4."""
    names: list[str] = []
    for title in titles:
        plain = "".join(" " if sign in "[]:*?/\\'" else sign for sign in title).strip()[:28] or "台账"
        name, n = plain, 1
        while name.lower() in {one.lower() for one in names}:
            n += 1
            name = f"{plain}{n}"
        names.append(name)
    return names
