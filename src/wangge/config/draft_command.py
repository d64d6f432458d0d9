"""`wangge draft-grids`: grids proposed from buildings and the borders of communities. Nothing is adopted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated, TypeVar

import numpy as np
import typer

from wangge.config.import_command import read_path, reading
from wangge.config.saying import say, say_json
from wangge.grid_drafts import files
from wangge.grid_drafts.figures import sum_up
from wangge.grid_drafts.services import Bounds, draft_grids
from wangge.grid_drafts.wording import report
from wangge.kernel import clock
from wangge.kernel.errors import Refused, Unreadable
from wangge.territory import services as territory
from wangge.territory.schemas import Datum

T = TypeVar("T")
Notes = list[tuple[str, str]]


class BoundsUnknown(Refused):
    status = 422
    code = "config.household_bounds_unknown"
    zh = "规则包没有说“{tier}”每格多少户。请在规则包的 tiers 中写明，或用 --least 和 --most 指定。"
    en = "The pack does not say how many households a {tier} has. Say so in its tiers, or by --least, --most."


def draft(
    buildings: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="楼栋文件 / the buildings")],
    out: Annotated[Path, typer.Argument(dir_okay=False, help="草案 .geojson / the draft to write")],
    datum: Annotated[
        Datum, typer.Option(help="楼栋、社区、道路文件的坐标系 / of buildings, communities, roads")
    ],
    within: Annotated[str, typer.Option(help="所在区划，如 44.03 / the territory")],
    communities: Annotated[
        Path | None, typer.Option(help="社区范围文件，默认用系统中的 / a file; else those of the system")
    ] = None,
    roads: Annotated[Path | None, typer.Option(help="主要道路文件 / a file of main roads")] = None,
    keep: Annotated[Path | None, typer.Option(help="上一稿，尽量不动 / an earlier draft to keep to")] = None,
    layer: Annotated[str, typer.Option(help="图层 / layer")] = "comprehensive",
    households: Annotated[str, typer.Option(help="户数属性 / property of the households")] = "households",
    height: Annotated[str, typer.Option(help="楼高属性（米）/ property of the height, m")] = "height",
    storey_m: Annotated[float, typer.Option(help="估算用层高 / metres a storey", min=1)] = 3.0,
    household_m2: Annotated[float, typer.Option(help="估算用每户面积 / m² a household", min=1)] = 100.0,
    code: Annotated[str, typer.Option(help="社区代码属性 / property of a community's code")] = "code",
    least: Annotated[int | None, typer.Option(help="每格最少户数 / instead of the pack's", min=1)] = None,
    most: Annotated[int | None, typer.Option(help="每格最多户数 / instead of the pack's", min=1)] = None,
    seed: Annotated[int, typer.Option(help="随机种子 / the same seed gives the same draft")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")] = False,
) -> None:
    """按楼栋和社区边界提出网格草案，由人修改和启用。Propose grids; people edit and adopt them."""
    path = read_path("within", within)
    tier, under = territory.tiers_of_layer(layer) or ("grid", "community")
    bounds = _bounds(tier, least, most)
    columns = files.Columns(households, height, storey_m, household_m2)
    register = _read(buildings, lambda one, name: files.read_buildings(one, name, datum, columns))
    if communities:
        outlines = _read(communities, lambda one, name: files.read_outlines(one, name, datum, path, code))
    else:
        outlines = territory.list_outlines(path, under, clock.now())
    if not outlines:
        why = (f"{within} 内没有“{under}”的范围", f"{within} holds no outline of a {under}")
        raise Unreadable(field="communities", why_zh=why[0], why_en=why[1])
    lines = _read(roads, lambda one, name: files.read_lines(one, name, datum)) if roads else []
    kept = _read(keep, lambda one, name: files.read_draft(one, name, outlines)) if keep else []
    shapes = np.array([outline.shape for outline in outlines], dtype=object)
    proposal = draft_grids(shapes, register.buildings, bounds, roads=lines, kept=kept, seed=seed)
    out.write_text("".join(files.write_draft(outlines, proposal.drafts)), encoding="utf-8")
    figures = sum_up(proposal, bounds)
    text = report(figures, [one.name for one in outlines], proposal.drafts, _notes(register, columns))
    beside = out.with_suffix(".report.md")
    beside.write_text(text, encoding="utf-8")
    if as_json:
        say_json(asdict(figures))
        return
    print(text)
    say(f"草案已写入 {out}，报告 {beside}；没有启用。", "Draft and report written; nothing is adopted.")


def _bounds(tier: str, least: int | None, most: int | None) -> Bounds:
    pack = territory.household_bounds(tier)
    chosen = (least or (pack[0] if pack else None), most or (pack[1] if pack else None))
    if chosen[0] is None or chosen[1] is None:
        raise BoundsUnknown(tier=tier)
    if chosen[0] > chosen[1]:
        raise Unreadable(field="most", why_zh="上限小于下限", why_en="it is less than the least")
    return Bounds(chosen[0], chosen[1])


def _read(file: Path, how: Callable[[IO[bytes], str], T]) -> T:
    with reading([file], quiet=False) as (stream,):
        return how(stream, file.name.removesuffix(".gz"))


def _notes(register: files.Register, columns: files.Columns) -> Notes:
    if not register.estimated:
        return []
    storey_m, m2 = columns.storey_m, columns.gross_m2_a_household
    return [
        (
            f"{register.estimated:,} 栋楼没有户数，按占地 × 层数（{storey_m:g} 米一层）÷ {m2:g} 平方米估算；"
            f"其中 {register.low:,} 栋没有楼高，按一层计。",
            f"{register.estimated:,} buildings carry no households: estimated from footprint × storeys of"
            f" {storey_m:g} m ÷ {m2:g} m²; {register.low:,} of them carry no height and count as one storey.",
        )
    ]
