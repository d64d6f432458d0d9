"""A backup is one tar: the database dump, the files, and a manifest with the digest of every part."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wangge.kernel.errors import Refused

DUMP = "database.dump"
MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20


class ArchiveDamaged(Refused):
    """The archive is not what the backup wrote; nothing was changed."""

    status = 422
    code = "config.archive_damaged"
    zh = "备份文件已损坏或不完整（{why_zh}）。没有改动任何数据。"
    en = "The archive is damaged or incomplete ({why_en}). Nothing was changed."


def write(path: Path, dump: Path, files: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Write the archive aside, flush it to the disk, then give it its name. Returns the manifest."""
    draft = path.with_name(f".{path.name}.part")
    parts: dict[str, Any] = {}
    try:
        with draft.open("wb") as raw:
            os.fchmod(raw.fileno(), 0o600)
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
                for name, source in [(DUMP, dump), *_files_of(files)]:
                    parts[name] = _add(tar, name, source)
                manifest = {"format": FORMAT, **facts, "parts": parts}
                body = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(body)
                tar.addfile(entry, io.BytesIO(body))
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def unpack(path: Path, into: Path) -> dict[str, Any]:
    """Unpack into an empty folder, checking every digest, and return the manifest.

    Raises: ArchiveDamaged if anything is missing, changed, added or outside.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, "r:") as tar:
            for entry in tar:
                if entry.name == MANIFEST:
                    stream = tar.extractfile(entry)
                    manifest = json.loads(stream.read()) if stream else None
                else:
                    found[entry.name] = _extract(tar, entry, into)
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise _damaged(f"无法读取：{error}", f"unreadable: {error}") from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise _damaged("缺少清单", "the manifest is missing")
    for name in sorted(manifest["parts"].keys() | found.keys()):
        if manifest["parts"].get(name) != found.get(name):
            raise _damaged(f"{name} 与清单不符", f"{name} is not what the manifest says")
    return manifest


def digest_of(path: Path) -> str:
    """Return the sha256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield f"files/{path.relative_to(folder).as_posix()}", path


def _add(tar: tarfile.TarFile, name: str, source: Path) -> dict[str, Any]:
    entry = tarfile.TarInfo(name)
    entry.size = source.stat().st_size
    with source.open("rb") as file:
        tar.addfile(entry, file)
    return {"sha256": digest_of(source), "size_bytes": entry.size}


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, into: Path) -> dict[str, Any]:
    target = (into / entry.name).resolve()
    stream = tar.extractfile(entry)
    if not entry.isfile() or not target.is_relative_to(into.resolve()) or stream is None:
        raise _damaged(f"{entry.name} 不是普通文件", f"{entry.name} is no plain file")
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as file:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return {"sha256": digest.hexdigest(), "size_bytes": entry.size}


def _damaged(why_zh: str, why_en: str) -> ArchiveDamaged:
    return ArchiveDamaged(why_zh=why_zh, why_en=why_en)
