"""A bulletin as a workbook with charts of its own, from the facts that stand on paper. Rule: BU-4."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

SHEETS = (
    (
        "指标",
        "figures",
        (("指标", "name"), ("本期", "value"), ("上期", "last"), ("上年同期", "year"), ("同比", "change")),
    ),
    (
        "各辖区",
        "places",
        (
            ("辖区", "name"),
            ("上报", "reported"),
            ("办结", "closed"),
            ("超期未结", "late"),
            ("完成工单", "done"),
            ("发现隐患", "found"),
        ),
    ),
    ("目标", "goals", (("目标", "name"), ("计划", "plan"), ("完成", "fact"), ("状态", "standing"))),
)


def workbook_of(facts: Mapping[str, Any]) -> bytes:
    """Return the bulletin as an xlsx file: words, tables, and each chart beside its numbers."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        first = book.add_worksheet("概述")
        first.set_column(0, 0, 14)
        first.set_column(1, 1, 90)
        for row, (name, key) in enumerate(
            (("标题", "title"), ("编号", "number"), ("范围", "recipient"), ("时段", "period"))
        ):
            first.write_string(row, 0, name, bold)
            first.write_string(row, 1, str(facts.get(key, "")))
        for row, (name, key) in enumerate((("概述", "summary"), ("说明", "note")), start=4):
            first.write_string(row, 0, name, bold)
            first.write_string(row, 1, str(facts.get(key, "")), wrapped)
        for title, key, columns in SHEETS:
            _table(book.add_worksheet(title), facts.get(key) or [], columns, bold)
        for number, chart in enumerate(facts.get("charts") or [], start=1):
            _chart(book, f"图{number}", chart, bold)
    return packed.getvalue()


def _table(
    sheet: Any, rows: Sequence[Mapping[str, Any]], columns: Sequence[tuple[str, str]], bold: Any
) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(columns), 14)
    for column, (heading, _) in enumerate(columns):
        sheet.write_string(0, column, heading, bold)
    for at, row in enumerate(rows, start=1):
        for column, (_, key) in enumerate(columns):
            text = str(row.get(key, ""))
            if text.isdecimal() and len(text) < 15:
                sheet.write_number(at, column, int(text))
            else:
                sheet.write_string(at, column, text)  # a string cell is never a formula


def _chart(book: Any, name: str, chart: Mapping[str, Any], bold: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 22)
    categories, series = chart["categories"], chart["series"]
    for column, one in enumerate(series, start=1):
        sheet.write_string(0, column, one["name"], bold)
        for row, value in enumerate(one["values"], start=1):
            sheet.write_number(row, column, value)
    for row, category in enumerate(categories, start=1):
        sheet.write_string(row, 0, category)
    drawn = book.add_chart({"type": "line" if chart.get("is_line") else "column"})
    for column in range(1, len(series) + 1):
        drawn.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, len(categories), 0],
                "values": [name, 1, column, len(categories), column],
            }
        )
    drawn.set_title({"name": chart["title"]})
    sheet.insert_chart(1, len(series) + 2, drawn, {"x_scale": 1.4, "y_scale": 1.3})
