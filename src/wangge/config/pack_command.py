"""`wangge pack`: look at policy packs, check, compare and install them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
import yaml

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.paths import check_closed
from wangge.matters import queries as matters
from wangge.matters.rules import Severity
from wangge.matters.schemas import GapsOut, RouteAnswer, RouteQuestion
from wangge.packs import queries, services
from wangge.packs.rules import PackUnreadable
from wangge.packs.source_rows import list_source_rows

app = typer.Typer(
    help="规则包：列出、检查、安装、比较。Policy packs: list, check, install, compare.", no_args_is_help=True
)
AsJson = Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")]


def _refuse(refusal: Refused, as_json: bool) -> typer.Exit:
    if as_json:
        problems = [asdict(p) for p in refusal.problems] if isinstance(refusal, PackUnreadable) else []
        typer.echo(json.dumps({**refusal.as_dict(), "problems": problems}, ensure_ascii=False))
    else:
        typer.echo(refusal.message("zh"), err=True)
        typer.echo(refusal.message("en"), err=True)
    return typer.Exit(2 if refusal.status == 422 else 1)


def _say(body: Any, text: str, as_json: bool) -> None:
    typer.echo(json.dumps(body, ensure_ascii=False, default=str) if as_json else text)


@app.command("list")
def list_packs(as_json: AsJson = False) -> None:
    """列出规则包和已安装的版本。List the packs and the installed versions."""
    packs = [services.load(name) for name in services.list_names()]
    active = {row.pack_version: row for row in queries.list_installs()}
    rows = [
        {
            "name": pack.name,
            "zh": pack.zh,
            "en": pack.en,
            "pack_version": pack.pack_version,
            "extends": pack.extends,
            "installed": pack.pack_version in active,
            "active": pack.pack_version in active and active[pack.pack_version].is_active,
        }
        for pack in packs
    ]
    marks = {True: "*", False: " "}
    _say(
        rows,
        "\n".join(f"{marks[bool(r['active'])]} {r['pack_version']:24} {r['zh']}  {r['en']}" for r in rows),
        as_json,
    )


@app.command()
def check(name: str, as_json: AsJson = False) -> None:
    """检查规则包；有错时退出码为 2。Check a pack; exit code 2 if anything is wrong."""
    try:
        pack = services.load(name)
    except Refused as refusal:
        raise _refuse(refusal, as_json) from refusal
    presets = sum(not row.is_confirmed for section in pack.rows() for row in getattr(pack, section))
    counts = {section: len(rows) for section, rows in pack.rows().items()}
    whole = sum(counts.values())
    text = f"{pack.pack_version}: {whole} 条规则，其中 {presets} 条为预设 / rows, {presets} of them presets"
    _say({"pack_version": pack.pack_version, "rows": counts, "presets": presets}, text, as_json)


@app.command()
def install(
    name: str,
    effective_on: Annotated[
        datetime | None, typer.Option("--effective-on", formats=["%Y-%m-%d"], help="生效日 / first day")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """安装规则包；重复安装没有影响。Install a pack; installing twice changes nothing."""
    day = effective_on.date() if effective_on else clock.today()
    try:
        changed = services.install(name, effective_on=day, actor=_console_actor(), at=clock.now())
    except Refused as refusal:
        raise _refuse(refusal, as_json) from refusal
    text = "已安装。 Installed." if changed else "已是当前版本，未作改动。 Already active, nothing changed."
    _say({"name": name, "installed": changed}, text, as_json)


@app.command()
def diff(before: str, after: str, as_json: AsJson = False) -> None:
    """逐条比较两个规则包。Compare two packs row by row."""
    try:
        changes = services.diff(before, after)
    except Refused as refusal:
        raise _refuse(refusal, as_json) from refusal
    _say([asdict(change) for change in changes], "\n".join(_line(asdict(c)) for c in changes), as_json)


@app.command()
def show(name: str, as_json: AsJson = False) -> None:
    """显示合并后的规则包。Show a pack with what it extends."""
    try:
        content = services.load(name).model_dump(mode="json")
    except Refused as refusal:
        raise _refuse(refusal, as_json) from refusal
    _say(content, yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110), as_json)


@app.command()
def rows(
    none: Annotated[bool, typer.Option("--none", help="只列没有条目的 / only rows without an entry")] = False,
    as_json: AsJson = False,
) -> None:
    """列出需求目录每一行由哪些规则包条目实现。Which pack entries do each row of the catalogue."""
    found = [row for row in list_source_rows() if not (none and row.entries)]
    lines = []
    for row in found:
        lines.append(f"{row.id}  {row.zh}  {row.en}")
        lines += [f"    {one.pack} {one.section} {one.code}  {one.zh}" for one in row.entries]
        if not row.entries:
            lines.append("    没有规则包条目。 No pack entry.")
    _say([row.model_dump() for row in found], "\n".join(lines), as_json)


@app.command()
def routes(
    matter: Annotated[str, typer.Option(help="事项编号 / code of a matter")] = "",
    grid: Annotated[str, typer.Option(help="网格路径，以点号结尾 / path of a grid")] = "",
    severity: Annotated[Severity | None, typer.Option(help="等级 / severity")] = None,
    layer: Annotated[str, typer.Option(help="在哪个图层发现 / layer it was found in")] = "",
    as_json: AsJson = False,
) -> None:
    """说明某事项派给谁；不带参数则列出无处可派的。Explain a route; without options, list the gaps."""
    try:
        if not (matter and grid):
            gaps = matters.find_gaps("", at=clock.now())
            _say(gaps.model_dump(mode="json"), "\n".join(_gap_lines(gaps)), as_json)
            return
        question = RouteQuestion(matter=matter, severity=severity, layer=layer, grid=grid)
        answer = matters.trace(question, check_closed(grid), at=clock.now())
    except Refused as refusal:
        raise _refuse(refusal, as_json) from refusal
    _say(answer.model_dump(mode="json"), "\n".join(_route_lines(answer)), as_json)


def _gap_lines(gaps: GapsOut) -> Iterator[str]:
    yield f"{gaps.matters} 个事项 × {gaps.grids} 个网格，派往 {gaps.kinds} 类部门 / matters × grids, kinds"
    for gap in gaps.gaps:
        where = "、".join(place.name for place in gap.places[:5])
        yield f"- {gap.kind_zh}（{gap.kind}）缺 {gap.grids_missing} 格：{where}；事项 {len(gap.matters)}"
    if not gaps.gaps:
        yield "没有缺口。 No gap."


def _route_lines(answer: RouteAnswer) -> Iterator[str]:
    yield f"{answer.matter.code} {answer.matter.name_zh} · {answer.severity} · {answer.grid.name}"
    for row in answer.routes:
        mark = "*" if row.wins else " "
        lost = f"  输于 lost by: {row.lost_by}" if row.lost_by else ""
        yield f"{mark} {row.code} {row.name_zh} → {row.department_kind or '—'}{lost}"
    if answer.is_own_kind:
        yield "* 事项自身的首办部门 the matter's own department"
    if answer.grid_first:
        yield f"先由网格员核实 grid member first: {answer.member.name if answer.member else '空岗 vacant'}"
    name = answer.department.name if answer.department else "无此类部门 none here"
    yield f"= {answer.kind_zh}（{answer.kind}）：{name}；承办人 handlers {len(answer.handlers)}"


def _line(change: dict[str, Any]) -> str:
    before, after = change["before"], change["after"]
    sign = "+" if before is None else "-" if after is None else "~"
    words = [f"{sign} {change['section']} {change['code']}"]
    for key in sorted({*(before or {}), *(after or {})}):
        old, new = (before or {}).get(key), (after or {}).get(key)
        if before is not None and after is not None and old != new:
            words.append(f"{key}: {old} → {new}")
    return "  ".join(words)


def _console_actor() -> Actor:
    """Whoever holds the machine acts as the system administrator."""
    return Actor(0, "wangge", Role.SYSTEM_ADMIN.value, "console.", None, CAPABILITIES[Role.SYSTEM_ADMIN])
