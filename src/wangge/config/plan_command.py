"""`wangge plan`: make the orders of a period from the plan rules of the active pack."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.orders import coverage, queries, services
from wangge.orders.schemas import PlanOut, PlanRequest

DAYS = 30  # how far a plan reaches if nobody says


def plan(
    starts_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="首日，默认今天 / first day, today if not said"),
    ] = None,
    ends_on: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="末日的次日 / the day after the last (30 days)"),
    ] = None,
    scope: Annotated[
        str, typer.Option(help="网格路径，如 44.03.；不写则为全部 / a closed path; none: everywhere")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只计数 / count only")] = False,
    level: Annotated[bool, typer.Option("--level", help="均衡每天的工作量 / level the days")] = False,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="只核对覆盖，有缺口时退出码为 1 / only prove; exit code 1 on a hole"),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")] = False,
) -> None:
    """按规则包生成工单，重复运行不会重复生成。Make the orders of a period, each once."""
    first = starts_on.date() if starts_on else clock.today()
    last = ends_on.date() if ends_on else first + timedelta(days=DAYS)
    request = PlanRequest(starts_on=first, ends_on=last, dry_run=dry_run)
    scopes = [scope] if scope else queries.list_top_scopes()
    try:
        with Console(stderr=True).status("wangge plan …"):
            if prove:
                _prove(request, scopes, as_json=as_json)
                return
            made = [services.plan_orders(request, actor=_planner(path), at=clock.now()) for path in scopes]
            for path in scopes if level and not dry_run else ():
                services.level_for(request, actor=_planner(path), at=clock.now())
    except Refused as refusal:
        if as_json:
            typer.echo(json.dumps(refusal.as_dict(), ensure_ascii=False))
        typer.echo(f"{refusal.message('zh')}\n{refusal.message('en')}", err=True)
        raise typer.Exit(2 if refusal.status == 422 else 1) from refusal
    out = services.add_up(made)
    typer.echo(out.model_dump_json() if as_json else _text(out))


def _prove(request: PlanRequest, scopes: Sequence[str], *, as_json: bool) -> None:
    """Tell what is owed and not planned, by grid, and who is missing."""
    proofs = [coverage.prove(request, actor=_planner(path), at=clock.now()) for path in scopes]
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in proofs], ensure_ascii=False))
    for one in () if as_json else proofs:
        typer.echo(f"应检查 / owed              {one.owed}")
        typer.echo(f"未列入计划 / not planned   {one.unplanned}")
        typer.echo(f"无人负责 / unassigned      {one.unassigned}")
        typer.echo(
            f"做不完 / cannot be made    {one.unreachable}  缺 {one.members_missing} 人 / members missing"
        )
        for grid in one.grids:
            if grid.unplanned or grid.unreachable:
                typer.echo(f"  {grid.path:28} {grid.name}  {grid.unplanned} / {grid.unreachable}")
    if any(one.unplanned for one in proofs):
        raise typer.Exit(1)


def _planner(scope: str) -> Actor:
    """Whoever holds the machine plans for the whole of a scope."""
    return Actor(0, "wangge", Role.DISPATCHER.value, scope, None, CAPABILITIES[Role.DISPATCHER])


def _text(out: PlanOut) -> str:
    lines = [
        f"新生成 / made            {out.made}",
        f"已存在 / already there   {out.already_there}",
        *(f"  {rule:22} {count}" for rule, count in out.by_rule.items()),
        f"无人负责 / unassigned    {out.unassigned}",
        f"无规则场所 / no rule     {out.venues_without_rule}",
        f"网格外场所 / orphans     {out.orphans}",
    ]
    return "\n".join(lines)
