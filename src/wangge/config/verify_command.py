"""`wangge verify`: every case's chain and every stored file, proved against what was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import track

from wangge.cases import queries
from wangge.config import archive, clone
from wangge.config.saying import say, say_json
from wangge.documents import queries as documents
from wangge.kernel.models import StoredFile

SHOWN = 1000


def verify(
    scope: Annotated[str, typer.Option(help="只查这个网格路径 / only below this closed path")] = "",
    with_files: Annotated[
        bool, typer.Option("--files/--no-files", help="是否核对文件 / whether files are read too")
    ] = True,
    database: Annotated[
        str,
        typer.Option(help="同一服务器上的另一个库，如 wangge_simulation / another database of the server"),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")] = False,
) -> None:
    """核对案件链和文件摘要；有问题时退出码为 1。Prove chains and files; exit code 1 if one is broken."""
    with clone.standing_in(database) if database else nullcontext():
        _verify(scope, with_files=with_files, as_json=as_json)


def _verify(scope: str, *, with_files: bool, as_json: bool) -> None:
    with Console(stderr=True).status("verify …"):
        chains = [asdict(broken) for broken in queries.verify_chains(scope)]
    files = list(list_broken_files()) if with_files else []
    gaps = documents.find_gaps()
    counts = {
        "cases": queries.count_chained(scope),
        "files": StoredFile.objects.count() if with_files else 0,
    }
    if as_json:
        found = {
            "broken_chains": chains[:SHOWN],
            "broken_files": files[:SHOWN],
            "broken_numbers": gaps[:SHOWN],
        }
        say_json({"ok": not (chains or files or gaps), "checked": counts, **found})
    else:
        for one in chains[:SHOWN]:
            step = f"第 {one['seq']} 步 step {one['seq']}" if one["seq"] else "案件本身 the case itself"
            say(f"案件 case {one['case_id']} · {step} · {one['field']}：{one['zh']}", one["en"])
        for one in files[:SHOWN]:
            say(f"文件不符：{one['sha256']}（{one['why_zh']}）", f"broken file: {one['why_en']}")
        for series in gaps[:SHOWN]:
            say(f"文书编号不连续：{series}", f"numbers of documents with a gap: {series}")
        broken = len(chains) + len(files) + len(gaps)
        say(
            f"核对 {counts['cases']} 个案件、{counts['files']} 个文件：{broken} 处问题。",
            f"Checked {counts['cases']} cases and {counts['files']} files: {broken} broken.",
        )
    if chains or files or gaps:
        raise typer.Exit(1)


def list_broken_files() -> Iterator[dict[str, Any]]:
    rows = StoredFile.objects.order_by("sha256").values_list("sha256", "size_bytes")
    silent = Console(stderr=True)
    for sha256, size_bytes in track(
        rows.iterator(), total=rows.count(), description="files", console=silent, transient=True
    ):
        path = Path(settings.WANGGE_FILES) / sha256[:2] / sha256[2:4] / sha256
        if not path.exists():
            yield {"sha256": sha256, "why_zh": "文件不见了", "why_en": "the file is gone"}
        elif path.stat().st_size != size_bytes or archive.digest_of(path) != sha256:
            yield {"sha256": sha256, "why_zh": "内容被改动", "why_en": "its bytes were changed"}
