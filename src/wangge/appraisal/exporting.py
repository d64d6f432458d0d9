"""The table of indicators as a file, with what each figure is made of."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponseBase

from wangge.appraisal.queries import get_figures, list_targets
from wangge.appraisal.schemas import FigureFilter, FigureTable, IndicatorOut
from wangge.appraisal.target_schemas import TargetFilter, TargetOut, TargetTable
from wangge.kernel.actor import Actor
from wangge.kernel.downloads import check_suffix, download

COLUMNS = [
    *("范围 territory", "起始月 first", "结束月 last", "分组 group", "指标 indicator", "数值 value"),
    *("单位 unit", "分子 numerator", "分母 denominator", "样本过小 small sample", "上年同期 a year before"),
    *("同比 change", "算法 formula", "来源 source", "已确认 confirmed"),
]
TARGET_COLUMNS = [
    *("范围 territory", "目标 target", "依据 source", "已确认 confirmed", "口径 measure", "时段 period"),
    *("计划 plan", "完成 fact", "分子 numerator", "分母 denominator", "单位 unit", "状态 standing"),
    *("预测 forecast", "预测方法 method"),
]
STANDINGS = {
    "reached": "达到 reached", "behind": "未达到 behind", "running": "进行中 running",
    "coming": "未开始 coming", "unknown": "无法判断 unknown",
}  # fmt: skip
METHODS = {
    "by_days": "按已过天数外推 by days passed",
    "last_months": "最近完整月份的平均 mean of the last complete months",
    "monthly_gain": "按月均增幅推算到年底 mean monthly gain to the end of the year",
}
UNITS = {"pct": "%", "hours": "小时 hours", "cases": "件 cases", "orders": "张 orders"}


def export_figures(actor: Actor, given: FigureFilter, suffix: str, *, at: datetime) -> HttpResponseBase:
    """Return the figures as a csv or xlsx file. Raises: NotYourRole, NotVisible, MonthsWrong, Unreadable."""
    check_suffix(suffix)
    table = get_figures(actor, given, at=at)
    return download(_rows(table, given), COLUMNS, name="indicators", suffix=suffix, at=at)


def export_targets(actor: Actor, given: TargetFilter, suffix: str, *, at: datetime) -> HttpResponseBase:
    """Return plan and fact as a csv or xlsx file, a row a period.

    Raises: NotYourRole, NotVisible, Unreadable. Rule: TA-7.
    """
    check_suffix(suffix)
    table = list_targets(actor, given, at=at)
    return download(_target_rows(table), TARGET_COLUMNS, name="targets", suffix=suffix, at=at)


def measure_zh(one: TargetOut) -> str:
    """Return what a target is measured by, in words. Rule: TA-2."""
    said = {
        "figure": one.indicator_zh,
        "nodes": f"{one.tier_zh}中“{one.indicator_zh}”{'不高于' if one.less_is_better else '不低于'}"
        f" {one.at_least} 的占比",
        "places_seen": "当月工单已进门检查的场所占比",
        "places_whole": "资料齐全的场所占比",
        "grids_covered": "有网格员的网格占比",
    }
    return said[one.of]


def _target_rows(table: TargetTable) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for one in table.items:
        for period in one.periods:
            ahead = period.forecast
            cells = [
                *(table.territory_name, one.name_zh, one.source, "是" if one.is_confirmed else "否"),
                *(measure_zh(one), period.key, period.plan, period.fact, period.part, period.whole),
                *(UNITS[one.unit], STANDINGS[period.standing], ahead.value if ahead else None),
                METHODS[ahead.method] if ahead else None,
            ]
            filled = ["" if cell is None else cell for cell in cells]
            rows.append(dict(zip(TARGET_COLUMNS, filled, strict=True)))
    return rows


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
