"""The table of indicators as a file, with what each figure is made of."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponseBase

from wangge.appraisal.queries import get_figures
from wangge.appraisal.schemas import FigureFilter, FigureTable, IndicatorOut
from wangge.kernel.actor import Actor
from wangge.kernel.downloads import check_suffix, download

COLUMNS = [
    *("范围 territory", "起始月 first", "结束月 last", "分组 group", "指标 indicator", "数值 value"),
    *("单位 unit", "分子 numerator", "分母 denominator", "样本过小 small sample", "上年同期 a year before"),
    *("同比 change", "算法 formula", "来源 source", "已确认 confirmed"),
]
UNITS = {"pct": "%", "hours": "小时 hours", "cases": "件 cases", "orders": "张 orders"}


def export_figures(actor: Actor, given: FigureFilter, suffix: str, *, at: datetime) -> HttpResponseBase:
    """Return the figures as a csv or xlsx file. Raises: NotYourRole, NotVisible, MonthsWrong, Unreadable."""
    check_suffix(suffix)
    table = get_figures(actor, given, at=at)
    return download(_rows(table, given), COLUMNS, name="indicators", suffix=suffix, at=at)


def formula_zh(one: IndicatorOut) -> str:
    if one.denominator:
        return f"{one.numerator.zh} ÷ {one.denominator.zh}"
    return {"median": "时长中位数：", "p90": "时长第90百分位："}.get(one.kind, "") + one.numerator.zh


def _rows(table: FigureTable, given: FigureFilter) -> list[dict[str, object]]:
    known = {one.code: one for one in table.indicators}
    rows: list[dict[str, object]] = []
    for row in [*table.rows, table.total]:
        for figure in row.figures:
            one = known[figure.indicator]
            cells = [
                *(table.territory_name, given.first, given.last, row.name_zh, one.name_zh, figure.value),
                *(UNITS[one.unit], figure.numerator, figure.denominator, "是" if figure.is_small else ""),
                *(figure.before, figure.change, formula_zh(one), one.source),
                "是" if one.is_confirmed else "否",
            ]
            rows.append(dict(zip(COLUMNS, ["" if cell is None else cell for cell in cells], strict=True)))
    return rows
