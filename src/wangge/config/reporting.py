"""An import's report for people: what was done, then each problem with row, column and remedy."""

from __future__ import annotations

from rich.console import Console

from wangge.config.saying import say, say_json
from wangge.territory.schemas import ImportProblem, ImportReport

SHOWN = 50

console = Console(soft_wrap=True, highlight=False)


def show_report(report: ImportReport, *, as_json: bool, seconds: float, shown: int = SHOWN) -> None:
    """Print the report; all its problems with `as_json`, else the first `shown`."""
    if as_json:
        say_json(report.model_dump(mode="json"))
        return
    errors = [p for p in report.problems if p.is_error]
    if not report.loaded and errors:
        say(
            f"{report.file_name}：没有导入任何内容，请先改正以下错误。",
            "Nothing was loaded; mend these errors first.",
        )
    elif not report.loaded:
        say(f"{report.file_name}：试运行，没有写入。", "A dry run; nothing was written.")
    for problem in report.problems[:shown]:
        _show(problem)
    if report.problem_count > shown:
        rest = report.problem_count - min(shown, len(report.problems))
        say(f"……另有 {rest} 条，用 --json 查看。", f"… and {rest} more; see them with --json.")
    if report.kind == "venues" and report.loaded:
        inside = report.rows - report.orphans
        say(
            f"在网格内 {inside:,}，孤立点 {report.orphans:,}。",
            f"In a grid {inside:,}, orphans {report.orphans:,}.",
        )
    say(
        f"{report.file_name}：{report.rows:,} 行，新增 {report.created:,}，更新 {report.updated:,}，"
        f"未变 {report.unchanged:,}，用时 {seconds:.1f} 秒。",
        f"{report.rows:,} rows: {report.created:,} created, {report.updated:,} updated,"
        f" {report.unchanged:,} unchanged in {seconds:.1f} s.",
    )


def _show(problem: ImportProblem) -> None:
    row = "全文件 whole file" if problem.row is None else f"第 {problem.row} 行 row {problem.row}"
    place = " · ".join(part for part in (problem.file, row, problem.column) if part)
    colour, sign = ("red", "✗") if problem.is_error else ("yellow", "!")
    console.print(f"[{colour}]{sign}[/] ", end="")
    console.print(place, markup=False)
    console.print(f"    {problem.zh}。{problem.remedy_zh}。", markup=False)
    console.print(f"    {problem.en}; {problem.remedy_en}.", markup=False)
