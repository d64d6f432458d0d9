"""The report of a draft for people, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Sequence

from wangge.grid_drafts.drafting import Draft
from wangge.grid_drafts.figures import Figures
from wangge.grid_drafts.rules import Reason

REASONS = {
    Reason.NO_HOUSEHOLDS: ("没有住户", "no households known"),
    Reason.TOO_FEW: ("住户不够一个网格", "fewer households than one grid must have"),
    Reason.BETWEEN: ("住户数分成几个网格都不合适", "no number of grids fits its households"),
    Reason.LARGE_BUILDING: ("有的楼一栋就超过上限", "one building alone exceeds the bounds"),
    Reason.APART: ("范围分成几块，其中一块分不开", "it lies in pieces, one of which cannot be divided"),
    Reason.NOT_FOUND: ("没有找到更好的分法", "no better division was found"),
}


def report(
    figures: Figures, names: Sequence[str], drafts: Sequence[Draft], notes: Sequence[tuple[str, str]]
) -> str:
    """Return the report as Markdown, Chinese first; `notes` say where the numbers come from."""
    pages = []
    for language in (0, 1):
        title = ("# 网格划分草案", "# Draft of grids")[language]
        lines = [title, "", *(f"- {line[language]}" for line in (*_lines(figures), *notes)), ""]
        lines += _table(names, drafts, language)
        pages.append("\n".join(lines))
    return "\n\n".join(pages) + "\n"


def _lines(f: Figures) -> list[tuple[str, str]]:
    share = "—" if f.possible_share is None else f"{f.possible_share:.1%}"
    least, most = f.bounds.least, f.bounds.most
    lines = [
        (
            f"社区 {f.communities:,} 个，网格 {f.grids:,} 个，楼栋 {f.buildings:,} 栋，"
            f"住户 {f.households:,} 户。",
            f"{f.communities:,} communities, {f.grids:,} grids, {f.buildings:,} buildings,"
            f" {f.households:,} households.",
        ),
        (
            f"均衡：每格 {least}–{most} 户的有 {f.inside:,} 个；条件允许的 {f.possible:,} 个中占 {share}。"
            f"最少 {f.smallest:,}，中位 {f.median:,.0f}，最多 {f.largest:,}，平均偏离 {f.deviation:.1%}。",
            f"Balance: {f.inside:,} have {least}–{most} households; {share} of the {f.possible:,} that can."
            f" Least {f.smallest:,}, median {f.median:,.0f}, most {f.largest:,},"
            f" mean deviation {f.deviation:.1%}.",
        ),
        (
            f"连片：{f.contiguous:,} / {f.grids:,} 个连成一片。",
            f"Contiguity: {f.contiguous:,} of {f.grids:,} in one piece.",
        ),
        (
            f"紧凑（Polsby–Popper，圆为 1，方为 0.79）：中位 {f.compactness_median:.2f}，"
            f"最低 {f.compactness_lowest:.2f}。",
            f"Compactness (Polsby–Popper; a circle has 1, a square 0.79): median"
            f" {f.compactness_median:.2f}, lowest {f.compactness_lowest:.2f}.",
        ),
    ]
    if f.moved is not None:
        lines.append(
            (
                f"与上一稿相比，{f.moved:,} 户换了网格；至少要换 {f.at_least:,} 户。",
                f"Compared with the draft before, {f.moved:,} households change their grid;"
                f" {f.at_least:,} at least have to.",
            )
        )
    if f.astray:
        lines.append(
            (
                f"{f.astray:,} 栋楼（{f.astray_households:,} 户）不在任何社区内，没有划入。",
                f"{f.astray:,} buildings ({f.astray_households:,} households) are in no community: left out.",
            )
        )
    return lines


def _table(names: Sequence[str], drafts: Sequence[Draft], language: int) -> list[str]:
    head = (
        "| 社区 | 网格 | 住户 | 范围外 | 原因 |",
        "| Community | Grids | Households | Outside the bounds | Why |",
    )[language]
    rows = [head, "|---|---:|---:|---:|---|"]
    bare = sum(not draft.parts for draft in drafts)
    for name, draft in zip(names, drafts, strict=True):
        if not draft.parts:
            continue
        why = REASONS[draft.reason][language] if draft.reason else ""
        outside = sum(part.misses > 0 for part in draft.parts)
        households = sum(part.households for part in draft.parts)
        rows.append(f"| {name} | {len(draft.parts)} | {households:,} | {outside} | {why} |")
    if bare:
        rows += [
            "",
            (f"另有 {bare} 个社区没有住户，没有提出网格。", f"{bare} more without households: no grids.")[
                language
            ],
        ]
    return rows
