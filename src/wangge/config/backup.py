"""Backup and restore: one archive out, one archive in, or nothing."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from wangge.accounts.models import User
from wangge.config import archive, database, postgres_place
from wangge.kernel import clock
from wangge.kernel.errors import Refused

EMPTY_FIRST = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"


class DatabaseNotEmpty(Refused):
    """Restoring would lose what is there."""

    code = "config.database_not_empty"
    zh = "数据库里已有数据。要用备份替换它，请加 --replace（建议先 wangge backup）。"
    en = "The database is not empty. To replace what is there, add --replace (wangge backup first)."


class DatabaseBusy(Refused):
    """Somebody serves from this database."""

    code = "config.database_busy"
    zh = "wangge run 正在使用这个数据库。请先停止它。"
    en = "wangge run is using this database. Stop it first."


class ArchiveTooNew(Refused):
    """Made by a later version of the program."""

    code = "config.archive_too_new"
    zh = "备份来自更新的版本 {version}，请先升级程序。"
    en = "The archive was made by the later version {version}; upgrade the program first."


class DumpFailed(Refused):
    """PostgreSQL's own program said no."""

    code = "config.dump_failed"
    zh = "{program} 失败：{said}"
    en = "{program} failed: {said}"


def back_up(path: Path) -> dict[str, Any]:
    """Write the archive and return its manifest. The dump is one moment; files are stored before they are
    named in the database, so every file the dump knows is in the archive."""
    with tempfile.TemporaryDirectory(dir=settings.WANGGE_HOME, prefix="backup-") as folder:
        dump = Path(folder) / archive.DUMP
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        facts = {
            "version": importlib.metadata.version("wangge"),
            "postgres": database.server_version() // 10000,
            "made_at": clock.now().isoformat(),
            "migrations": sorted(f"{app}.{name}" for app, name in _applied()),
            "secret_fingerprint": fingerprint(),
        }
        return archive.write(path, dump, settings.WANGGE_FILES, facts)


def bring_back(path: Path, *, replace: bool) -> dict[str, Any]:
    """Replace database and files by the archive's and return its manifest; all of it or nothing.

    Raises: ArchiveDamaged, ArchiveTooNew, DatabaseNotEmpty, DatabaseBusy, DumpFailed.
    """
    settings.WANGGE_HOME.mkdir(parents=True, exist_ok=True)
    with nobody_serves(), tempfile.TemporaryDirectory(dir=settings.WANGGE_HOME, prefix="restore-") as folder:
        staging = Path(folder)
        manifest = archive.unpack(path, staging)
        with database.server():
            _check_version(manifest)
            if not replace and not _is_empty():
                raise DatabaseNotEmpty()
            _add_files(staging / "files")
            _load(staging)
            database.migrate()
    return manifest


def fingerprint() -> str:
    """Return a mark of the secret that does not tell it: a restore under another secret is noticed."""
    return hashlib.sha256(f"wangge backup {settings.SECRET_KEY}".encode()).hexdigest()[:16]


def _load(staging: Path) -> None:
    """Empty and fill the database in one transaction: a failure leaves what was there."""
    script = staging / "load.sql"
    dump = staging / archive.DUMP
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump), connects=False)
    connections.close_all()
    _run(
        *(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
        ),
        *(f"--command={EMPTY_FIRST}", f"--file={script}"),
    )


def _add_files(staged: Path) -> None:
    """Files are named by their digest: adding them changes nothing that is there."""
    for source in sorted(staged.rglob("*")):
        target = settings.WANGGE_FILES / source.relative_to(staged)
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, target)


def _is_empty() -> bool:
    return User._meta.db_table not in connection.introspection.table_names() or not User.objects.exists()


def _check_version(manifest: dict[str, Any]) -> None:
    known = {f"{app}.{name}" for app, name in database.known_migrations()}
    if not set(manifest["migrations"]) <= known:
        raise ArchiveTooNew(version=manifest["version"])


def _applied() -> set[tuple[str, str]]:
    return set(database.applied_migrations())


@contextmanager
def nobody_serves() -> Iterator[None]:
    """Hold the lock of `wangge run` meanwhile."""
    with (settings.WANGGE_HOME / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DatabaseBusy() from error
        yield


def _run(program: str, *arguments: str, connects: bool = True) -> None:
    """Run one of PostgreSQL's clients from the wheel; it also speaks to older servers."""
    done = subprocess.run(
        [str(postgres_place.programs() / program), *arguments],
        env=database.client_environment() if connects else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DumpFailed(program=program, said=done.stderr.strip().splitlines()[-1:] or done.returncode)
