"""`wangge export`: registers as files. Personal fields are masked, and each export is on record."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from wangge.cases import services as cases
from wangge.cases.schemas import CaseFilter
from wangge.config.import_command import console_actor, read_path
from wangge.config.saying import say
from wangge.kernel import clock
from wangge.venues import services as venues_services
from wangge.venues.schemas import VenueFilter

app = typer.Typer(help="导出场所、案件。Export venues, cases.", no_args_is_help=True)
Written = Annotated[Path, typer.Argument(dir_okay=False, help="目标文件 .csv 或 .xlsx / the file to write")]
Where = Annotated[str, typer.Option("--territory", help="所属区划，如 44.03.05 / which territory")]


@app.command()
def venues(
    file: Written,
    territory: Where,
    venue_class: Annotated[str, typer.Option("--class", help="类别 / class")] = "",
    orphans: Annotated[bool, typer.Option("--orphans", help="只要孤立点 / only those in no grid")] = False,
) -> None:
    """导出场所，可再导入（--datum wgs84）。Export venues; the file can be imported again."""
    actor = console_actor(read_path("territory", territory))
    filters = VenueFilter.model_validate({"venue_class": venue_class, "orphan": orphans or None})
    _, pieces = venues_services.export_venues(actor, filters, file.suffix[1:], at=clock.now())
    _write(file, pieces)


@app.command("cases")
def cases_(file: Written, territory: Where) -> None:
    """导出案件。Export cases."""
    actor = console_actor(read_path("territory", territory))
    answer = cases.export_cases(actor, CaseFilter.model_validate({}), file.suffix[1:], at=clock.now())
    _write(file, answer)


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    with file.open("wb") as written:
        for piece in pieces:
            written.write(piece)
    say(f"已写入 {file}。", f"Written to {file}.")
