"""`wangge evidence`: bundles that a court can check, and the key that signs them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from wangge.config.import_command import console_actor, read_path
from wangge.config.saying import say, say_json
from wangge.evidence import queries, services
from wangge.evidence.bundle import CHECK
from wangge.evidence.schemas import ExportIn, PublicKeyOut
from wangge.kernel import clock
from wangge.kernel.ids import new_id

app = typer.Typer(help="证据包和签名密钥。Evidence bundles and the signing key.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")]


@app.command()
def key(
    to: Annotated[Path | None, typer.Option(help="把公钥写入文件 / write the public key to a file")] = None,
    as_json: AsJson = False,
) -> None:
    """显示本市公钥及其指纹。Show the city's public key and its fingerprint."""
    keys = queries.list_keys(at=clock.now())
    if to is not None:
        to.write_text(keys[0].pem, "utf-8")
    if as_json:
        say_json([one.model_dump(mode="json") for one in keys])
        return
    for one in keys:
        _say_key(one)
    typer.echo(keys[0].pem)
    digest = services.digest_of_check()
    say(f"核对程序 {CHECK.name} 的 SHA-256：{digest}", f"sha256 of the program that checks: {digest}")


@app.command()
def rotate(as_json: AsJson = False) -> None:
    """换一把新的签名密钥；旧公钥保留，以前的证据包仍可核对。Make a new key; the old public one is kept."""
    fresh = services.rotate_key(at=clock.now())
    if as_json:
        say_json(fresh.model_dump(mode="json"))
        return
    _say_key(fresh)
    say("请公布新的指纹。", "Publish the new fingerprint.")


@app.command()
def export(
    cases: Annotated[list[UUID], typer.Argument(help="案件编号 / ids of cases")],
    to: Annotated[Path, typer.Option(dir_okay=False, help="目标文件 .zip / the file to write")],
    reason: Annotated[str, typer.Option(help="导出理由，记入审计 / why; it goes on record")],
    territory: Annotated[str, typer.Option(help="所属区划，如 34.02.03 / which territory")],
) -> None:
    """制作案件证据包。Make the evidence bundle of cases."""
    actor, at = console_actor(read_path("territory", territory)), clock.now()
    command = ExportIn.model_validate({"id": new_id(), "case_ids": cases, "reason": reason})
    services.request_export(command, actor=actor, at=at)
    services.make_bundle(command.id, at=at)
    bundle, _ = services.download_export(command.id, actor=actor, at=at)
    with bundle, to.open("wb") as written:
        shutil.copyfileobj(bundle, written)
    say(f"已写入 {to}。", f"Written to {to}.")


def _say_key(one: PublicKeyOut) -> None:
    retired = f"，停用于 {one.retired_at}" if one.retired_at else "（使用中）"
    say(f"密钥 {one.fingerprint}{retired}", f"key {one.fingerprint}{', retired' if one.retired_at else ''}")
