"""The embedded PostgreSQL: the one room that knows where the database runs.

Everybody who uses the server of a home holds a shared lock; whoever leaves last stops it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from wangge.config import lifeline, postgres_place
from wangge.config.postgres_place import DatabaseUnusable, Place

NAME = "wangge"
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "100",
    "jit": "off",
    "wal_compression": "on",
    "log_min_messages": "warning",
}
# To start helpers of a query takes longer than most queries here: only what reads for half a second has any.
SESSION = "-c jit=off -c parallel_setup_cost=100000"
ON_REQUEST_ALONE = 2**31  # with Django's None psycopg prepares nothing, not even what asks for it
PATIENCE_S = 600  # crash recovery of a big database takes minutes; a process that ends is noticed at once
LOG_MAX_BYTES = 10_000_000

_holds: dict[Path, tuple[int, int]] = {}  # home -> lock, how often held


def socket_dir(home: Path) -> Path:
    """Return the folder of the server's socket: short, because a socket path holds 107 bytes at most."""
    return Path("/tmp") / f"wangge-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def django_database(url: str | None, home: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry: the given server, or the embedded one of `home`."""
    given = (
        conninfo_to_dict(url) if url else {"dbname": NAME, "user": "postgres", "host": str(socket_dir(home))}
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.pop("dbname", NAME),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "OPTIONS": {**given, "options": SESSION, "prepare_threshold": ON_REQUEST_ALONE},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


@contextmanager
def in_use(home: Path) -> Iterator[None]:
    """Have the server of `home` running inside the block, and leave it as it was found."""
    hold(home)
    try:
        start(home)
        yield
    finally:
        leave(home)


def start(home: Path) -> None:
    """Start the server of `home` and make its database, unless they are there. Returns when it answers.

    Raises: DatabaseUnusable with the remedy.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        place = postgres_place.prepare(home, socket_dir(home))
        if not _runs_or_is_free(place):
            options = " ".join(shlex.quote(part) for part in _options(place))
            log = ("-l", _log_of(place))
            postgres_place.run(
                place, "pg_ctl", "-D", place.data, "-w", "-t", PATIENCE_S, *log, "-o", options, "start"
            )
        _make_database(place)


def launch(home: Path) -> subprocess.Popen[bytes] | None:
    """Start the server of `home`, which the caller holds, as a child that ends with this process.

    Returns None if it runs already. Raises: DatabaseUnusable with the remedy.
    """
    with _alone(home):
        place = postgres_place.prepare(home, socket_dir(home))
        child = None if _runs_or_is_free(place) else _spawn(place)
        _make_database(place)
        return child


def hold(home: Path) -> None:
    """Say that this process uses the server of `home`, until it has left as often, or ends."""
    if home in _holds:
        descriptor, times = _holds[home]
    else:
        home.mkdir(parents=True, exist_ok=True)
        descriptor, times = os.open(home / "postgres.in-use", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), 0
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    _holds[home] = descriptor, times + 1


def leave(home: Path) -> None:
    """Stop using the server of `home`; the last one out stops it."""
    descriptor, times = _holds.pop(home, (-1, 0))
    if times > 1:
        _holds[home] = descriptor, times - 1
    if times != 1:
        return
    try:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stop(home)
    finally:
        os.close(descriptor)


def stop(home: Path) -> None:
    """Stop the server of `home` cleanly, if it runs."""
    place = postgres_place.find(home, socket_dir(home))
    if place is not None and _running(place):
        postgres_place.run(place, "pg_ctl", "-D", place.data, "-w", "-m", "fast", "stop")


def is_running(home: Path) -> bool:
    """Return whether the server of `home` runs."""
    place = postgres_place.find(home, socket_dir(home))
    return place is not None and _running(place)


def _running(place: Place) -> bool:
    """Look for a live postgres in the data folder; a pid file left by a crash, whose number another
    program may carry by now, is removed."""
    pid_file = place.data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return False
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == place.data.resolve():
            return True
    except psutil.NoSuchProcess:
        pass
    except psutil.AccessDenied:
        return process.name() == "postgres"
    pid_file.unlink(missing_ok=True)
    return False


def _runs_or_is_free(place: Place) -> bool:
    """Return whether the server runs. A server that is on its way out (its starter was killed), and backends
    that have not yet noticed that theirs was killed, hold the folder for a moment: wait for them."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if _running(place):
            try:
                _connect(place).close()
            except psycopg.OperationalError as error:
                if "too many clients" in str(error) or "connection slots" in str(error):
                    return True
            else:
                return True
        elif not _backends(place):
            _forget_sockets(place)
            return False
        time.sleep(0.05)
    return _running(place)


def _forget_sockets(place: Place) -> None:
    """What a killed server left: its lock stops the next one while the dead process waits to be reaped."""
    for left in place.sockets.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def _backends(place: Place) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, OSError):
            if process.name() == "postgres" and Path(process.cwd()) == place.data:
                found.append(process)
    return found


def _spawn(place: Place) -> subprocess.Popen[bytes]:
    with _log_of(place).open("ab") as log:
        if place.uid is not None and place.gid is not None:
            os.fchown(log.fileno(), place.uid, place.gid)
        child = subprocess.Popen(
            [place.bin / "postgres", "-D", place.data, *_options(place)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=lifeline.die_fast_with_parent,
            **place.credentials,
        )
    if _answers(place, child):
        return child
    child.kill()
    child.wait()
    why = "\n".join(_log_of(place).read_text(errors="replace").splitlines()[-8:])
    raise DatabaseUnusable(why_zh=f"PostgreSQL 起不来：{why}", why_en=f"PostgreSQL does not start: {why}")


def _answers(place: Place, child: subprocess.Popen[bytes]) -> bool:
    """Wait until the child answers (True) or ends (False)."""
    deadline = time.monotonic() + PATIENCE_S
    while child.poll() is None and time.monotonic() < deadline:
        try:
            _connect(place).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _make_database(place: Place) -> None:
    with _connect(place) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME}")


def _connect(place: Place) -> psycopg.Connection[Any]:
    return psycopg.connect(f"host={place.sockets} user=postgres dbname=postgres", autocommit=True)


def _options(place: Place) -> list[str]:
    chosen = {**SETTINGS, "unix_socket_directories": str(place.sockets)}
    return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]


def _log_of(place: Place) -> Path:
    log = place.data / "log"
    if log.exists() and log.stat().st_size > LOG_MAX_BYTES:
        log.replace(log.with_suffix(".old"))
    return log


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One start at a time in a home."""
    with (home / "postgres.starting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    here = Path(os.environ.get("WANGGE_HOME", "var")).resolve()
    {"start": start, "stop": stop}[sys.argv[1]](here)
