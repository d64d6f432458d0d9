"""Rules of ledgers, typed from SC-11."""

from __future__ import annotations

from datetime import date

import pytest

from wangge.ledgers.rules import Column, LedgerKind, PeriodWrong, check_period, chosen, sheet_names
from wangge.ledgers.sources import SOURCES
from wangge.packs import services as packs

# SC-11: six groups; the base ledger is of four kinds, that of hazards has five records.
GROUPS = ["区域图", "责任书", "基础台账", "", "宣传培训资料", "应急救援预案"]
BASE = ["单位", "场所", "居住小区", "农村院落"]
RECORDS = ["日常消防检查记录", "巡防巡查记录", "隐患处置记录", "隐患移交记录", "火灾扑救记录"]


def test_the_sections_are_the_six_groups_and_the_five_records_of_the_source() -> None:
    rows = {row.number: row for row in packs.load("lunan").ledgers}

    for n, words in enumerate(GROUPS, start=1):
        assert any(words in row.zh for number, row in rows.items() if number.split(".")[0] == str(n))
    assert [rows[f"3.{n}"].zh.split("·")[-1] for n in range(1, 5)] == BASE
    for n, words in enumerate(RECORDS, start=1):
        assert rows[f"4.{n}"].zh.startswith(words)
    assert "3.5" not in rows
    assert "4.6" not in rows
    assert all(row.is_confirmed for number, row in rows.items() if int(number.split(".")[0]) <= 6)
    assert [row.code for row in rows.values()] == list(dict.fromkeys(row.code for row in rows.values()))


def test_every_kind_but_nowhere_has_a_statement_and_no_column_twice() -> None:
    assert SOURCES.keys() == set(LedgerKind) - {LedgerKind.NOWHERE}
    for source in SOURCES.values():
        keys = [column.key for column in source.columns]
        assert len(keys) == len(set(keys))
        assert len({column.zh for column in source.columns}) == len(keys)


def test_a_period_lies_in_order_and_is_a_year_at_most() -> None:
    check_period(date(2025, 1, 1), date(2025, 1, 1))
    check_period(date(2024, 1, 1), date(2024, 12, 31))
    with pytest.raises(PeriodWrong):
        check_period(date(2025, 1, 2), date(2025, 1, 1))
    with pytest.raises(PeriodWrong):
        check_period(date(2024, 1, 1), date(2025, 1, 1))


def test_a_pack_chooses_columns_in_its_order() -> None:
    known = [Column("a", "甲", "A"), Column("b", "乙", "B")]

    assert chosen(known, ["b", "a"]) == known[::-1]
    assert chosen(known, ["b"]) == known[1:]
    assert chosen(known, []) == known


def test_sheets_have_names_that_excel_takes() -> None:
    names = sheet_names(["3.1 基础台账·单位/场所[一]", "长" * 40, "长" * 40, ""])

    assert all(0 < len(name) <= 31 for name in names)
    assert not any(sign in name for name in names for sign in "[]:*?/\\")
    assert len(set(names)) == 4
