"""The house as `wangge run` has it, for a benchmark to knock on: web and worker, and their memory."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory

import psutil
from django.db import connection

from wangge.config import embedded
from wangge.config.settings import WANGGE_HOME


@contextmanager
def server(
    *, clients: int, workers: int, settings: str = "wangge.config.settings"
) -> Iterator[tuple[int, list[psutil.Process]]]:
    """Serve the bench's database as `wangge run` does; yields the port, and web and worker.

    `settings`: of a peer that is served the same way.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = connection.settings_dict
    url = f"postgresql:///{where['NAME']}?host={embedded.socket_dir(WANGGE_HOME)}&user={where['USER']}"
    options = (
        f"--interface wsgi --host 127.0.0.1 --port {port} --workers {workers} --blocking-threads {clients}"
        " --no-ws --log-level warning"
    )
    with TemporaryDirectory() as files:
        environment = {
            **os.environ,
            "WANGGE_HOME": str(WANGGE_HOME),
            "WANGGE_DATABASE_URL": url,
            "WANGGE_FILES": files,
            "DJANGO_SETTINGS_MODULE": settings,
        }
        command = [sys.executable, "-m", "granian", *options.split(), "wangge.config.wsgi:application"]
        process = subprocess.Popen(command, env=environment)
        jobs = subprocess.Popen([sys.executable, "-m", "wangge.config.worker"], env=environment)
        try:
            _wait(port, process)
            yield port, [psutil.Process(process.pid), psutil.Process(jobs.pid)]
        finally:
            for one in (process, jobs):
                one.terminate()
            for one in (process, jobs):
                one.wait(timeout=60)


def cpu_s(house: Sequence[psutil.Process]) -> dict[str, float]:
    """Return the CPU seconds so far of clients (this process), web, worker and PostgreSQL."""
    own = psutil.Process().cpu_times()
    found = {name: _cpu(one) for name, one in _parts(house).items()}
    return {"clients": own.user + own.system, **found}


def _parts(house: Sequence[psutil.Process]) -> dict[str, psutil.Process]:
    connection.ensure_connection()
    postmaster = psutil.Process(connection.connection.info.backend_pid).parent()
    assert postmaster
    return {"web": house[0], "worker": house[1], "postgresql": postmaster}


def _cpu(process: psutil.Process) -> float:
    whole = 0.0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            whole += times.user + times.system
    return whole


def memory_mb(house: Sequence[psutil.Process]) -> dict[str, float]:
    """Return the PSS of web, worker and PostgreSQL with all their children."""
    found = {name: _pss(one) for name, one in _parts(house).items()}
    return {**found, "all": round(sum(found.values()), 1)}


def _pss(process: psutil.Process) -> float:
    whole = 0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            whole += one.memory_full_info().pss
    return round(whole / 1e6, 1)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asked.request("GET", "/api/health")
            if asked.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            asked.close()
    raise RuntimeError("the server does not answer")
