"""`wangge backup` and `wangge restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from wangge.config import backup as backups
from wangge.config.saying import say, say_json
from wangge.kernel import clock

AsJson = Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")]


def backup(
    to: Annotated[Path | None, typer.Option(help="备份文件 / the archive to write")] = None,
    as_json: AsJson = False,
) -> None:
    """备份数据库和文件到一个 tar。Put the database and the files into one tar."""
    path = to or settings.WANGGE_HOME / "backups" / f"wangge-{clock.now():%Y%m%d-%H%M%S}.tar"
    path.parent.mkdir(parents=True, exist_ok=True)
    manifest = backups.back_up(path.resolve())
    if as_json:
        say_json({"path": path, "size_bytes": path.stat().st_size, "parts": len(manifest["parts"])})
        return
    say(f"已备份到 {path}。", f"Backed up to {path}.")
    say(
        f"密钥不在备份里：请另外妥善保存 {settings.WANGGE_HOME / 'secret'}，没有它无法解密个人信息。",
        "The secret is not in the archive: keep that file in another safe place; without it personal fields "
        "cannot be read.",
    )


def restore(
    archive: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="备份文件 / the archive")],
    replace: Annotated[bool, typer.Option("--replace", help="替换现有数据 / replace what is there")] = False,
    as_json: AsJson = False,
) -> None:
    """从备份恢复；损坏的备份不会改动任何数据。Bring a backup back; a damaged one changes nothing."""
    manifest = backups.bring_back(archive.resolve(), replace=replace)
    is_same_secret = manifest["secret_fingerprint"] == backups.fingerprint()
    if as_json:
        say_json({"made_at": manifest["made_at"], "is_same_secret": is_same_secret})
        return
    say(f"已恢复 {manifest['made_at']} 的备份。", f"Restored the backup of {manifest['made_at']}.")
    if not is_same_secret:
        say(
            f"注意：备份时的密钥与现在的不同。请把原密钥放回 {settings.WANGGE_HOME / 'secret'}。",
            "Mind: the archive was made under another secret. Put the former secret back into that file.",
        )
