"""`wangge import`: divisions, grids and venues from files. With any error nothing is loaded."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated, Literal, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.config.reporting import show_report
from wangge.config.run_here import run_here
from wangge.field import services as field
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.ids import new_id
from wangge.territory import services as territory
from wangge.territory.rules import Problems, closed
from wangge.territory.schemas import Datum, GridImport, ImportReport
from wangge.venues import services as venues
from wangge.venues.schemas import VenueImport

app = typer.Typer(
    help="导入区划、网格、场所和手机文件。Import divisions, grids, venues and files of phones.",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 / check only, write nothing")]
Given = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="文件 / the file")]
InDatum = Annotated[
    Datum, typer.Option(help="坐标系，必填，不猜测 / never guessed: wgs84, gcj02, bd09, cgcs2000")
]
Layer = Annotated[str, typer.Option(help="图层 / layer")]
Repair = Annotated[bool, typer.Option("--repair", help="修复自相交的图形 / mend self-crossing outlines")]


def console_actor(scope: str = "console.") -> Actor:
    """Whoever holds the machine acts as the system administrator, in the territory the command names."""
    capabilities = (
        CAPABILITIES[Role.SYSTEM_ADMIN]
        | {"venues.export", "cases.read", "cases.export"}
        | {"evidence.export"}
    )
    return Actor(0, "wangge", Role.SYSTEM_ADMIN.value, scope, None, capabilities)


@app.command()
def divisions(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV(.gz)、Excel / tables")
    ],
    code_column: Annotated[str, typer.Option(help="代码列 / column of the code")] = "code",
    name_column: Annotated[str, typer.Option(help="名称列 / column of the name")] = "name",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """导入行政区划（省到村居）。Import the division tree from tables of codes and names."""
    problems = Problems()
    with reading(files, quiet=as_json) as streams:
        began = time.monotonic()
        tables = [territory.Table(stream, file.name) for file, stream in zip(files, streams, strict=True)]
        rows = territory.read_divisions(tables, code_column, name_column, problems)
        report = territory.import_divisions(
            rows,
            actor=console_actor(),
            at=clock.now(),
            file_name="、".join(file.name for file in files),
            dry_run=dry_run,
            problems=problems,
        )
    _end(report, as_json=as_json, began=began)


@app.command()
def grids(
    file: Given,
    datum: InDatum,
    tier: Annotated[str, typer.Option(help="层级（规则包的叫法）/ the pack's word for the level")],
    within: Annotated[str, typer.Option(help="所在区划，如 44.03 / the division it lies in")],
    layer: Layer = "comprehensive",
    match_by: Annotated[
        str,
        typer.Option(
            help="按 name、code 对应区划；file、path 用文件的代码或路径 / by name or code; or its own"
        ),
    ] = "name",
    name_column: Annotated[str, typer.Option(help="名称属性 / property of the name")] = "name",
    code_column: Annotated[str, typer.Option(help="代码属性 / property of the code")] = "code",
    households_column: Annotated[
        str, typer.Option(help="户数属性 / property of the households")
    ] = "households",
    match: Annotated[
        list[str] | None, typer.Option(help="名称=代码，可重复 / name=code, may be repeated")
    ] = None,
    file_layer: Annotated[str, typer.Option(help="文件有多个图层时读哪个 / which of the file's layers")] = "",
    repair: Repair = False,
    overlap_m2: Annotated[float, typer.Option(help="允许的重叠 / overlap that passes, m²", min=0)] = 100.0,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """导入网格图形文件。Import grids: GeoJSON, zipped Shapefile, GeoPackage, TopoJSON, KML."""
    path = read_path("within", within)
    if match_by not in {"name", "code", "file", "path"}:
        why = ("只能是 name、code、file 或 path", "name, code, file or path")
        raise Unreadable(field="match-by", why_zh=why[0], why_en=why[1])
    options = GridImport(
        layer=layer,
        tier=tier,
        datum=datum,
        within=path,
        match_by=cast(Literal["name", "code", "file", "path"], match_by),
        file_layer=file_layer,
        matches=read_pairs("match", match),
        name_column=name_column,
        code_column=code_column,
        households_column=households_column,
        repair=repair,
        overlap_m2=overlap_m2,
        dry_run=dry_run,
    )
    problems = Problems()
    with reading([file], quiet=as_json) as (stream,):
        began = time.monotonic()
        report = territory.import_grids(
            territory.read_grids(stream, options, problems, file.name),
            options=options,
            actor=console_actor(path),
            at=clock.now(),
            file_name=file.name,
            problems=problems,
        )
    _end(report, as_json=as_json, began=began)


@app.command("venues")
def venues_(
    file: Given,
    source: Annotated[str, typer.Option(help="来源名称，编号在来源内唯一 / the register's name")],
    datum: InDatum,
    territory_path: Annotated[str, typer.Option("--territory", help="所属区划，如 44.03.05 / where it lies")],
    class_code: Annotated[str, typer.Option("--class", help="没有类别列时的类别 / class of all rows")] = "",
    id_column: Annotated[str, typer.Option(help="编号列 / column of the id")] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="我们的字段=文件的列，可重复 / ours=theirs")
    ] = None,
    layer: Layer = "comprehensive",
    max_distance: Annotated[
        float, typer.Option(help="离网格多远仍属本地（米）/ how far out a point may lie, m", min=0)
    ] = 1_000.0,
    repair: Repair = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """导入场所（CSV、Excel、GeoJSON）。Import venues; each finds its grid from its point."""
    path = read_path("territory", territory_path)
    columns = read_pairs("column", column) | ({"code": id_column} if id_column else {})
    options = VenueImport(
        source=source,
        datum=datum,
        territory=path,
        layer=layer,
        class_code=class_code,
        columns=columns,
        max_distance_m=max_distance,
        repair=repair,
        dry_run=dry_run,
    )
    began = time.monotonic()
    asked = venues.asked_import(options, new_id(), file.name)
    report = run_here(asked, venues.work_import, file, actor=console_actor(path), quiet=as_json)
    _end(report, as_json=as_json, began=began)


@app.command()
def unsent(file: Given) -> None:
    """导入手机导出的未发送记录。Bring in what a phone saved as a file; twice is once."""
    told = field.hand_in(file.read_bytes(), at=clock.now())
    typer.echo(f"{told.person}：照片 {told.photos} 张，记录 {len(told.commands)} 条  photos, records")
    for what, fate in told.commands:
        typer.echo(f"  {fate.outcome.value:10} {what}" + (f"  {fate.zh} {fate.en}" if fate.code else ""))
    if any(fate.code for _, fate in told.commands):
        raise typer.Exit(2)


def read_path(name: str, text: str) -> str:
    """Return a typed territory as a closed path. Raises: Unreadable."""
    try:
        return closed(text)
    except ValueError:
        raise Unreadable(
            field=name,
            why_zh=f"“{text}”不是区划路径，例如 44.03.05",
            why_en=f"{text!r} is no path like 44.03.05",
        ) from None


def read_pairs(name: str, texts: Sequence[str] | None) -> dict[str, str]:
    """Return repeated `a=b` as a dictionary. Raises: Unreadable."""
    pairs = {}
    for text in texts or ():
        left, sign, right = text.rpartition("=")
        if not (left and sign and right):
            raise Unreadable(field=name, why_zh=f"“{text}”应写成 甲=乙", why_en=f"{text!r} should be a=b")
        pairs[left.strip()] = right.strip()
    return pairs


@contextmanager
def reading(files: Sequence[Path], *, quiet: bool) -> Iterator[list[IO[bytes]]]:
    """Open the files, unpacked, under a progress bar of the bytes read, on stderr."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
    )
    with (
        Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar,
        ExitStack() as stack,
    ):
        streams: list[IO[bytes]] = []
        for file in files:
            stream: IO[bytes] = stack.enter_context(bar.open(file, "rb", description=file.name))
            streams.append(cast(IO[bytes], gzip.GzipFile(fileobj=stream)) if file.suffix == ".gz" else stream)
        yield streams


def _end(report: ImportReport, *, as_json: bool, began: float) -> None:
    show_report(report, as_json=as_json, seconds=time.monotonic() - began)
    if any(problem.is_error for problem in report.problems):
        raise typer.Exit(2)
