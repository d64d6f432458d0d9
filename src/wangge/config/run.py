"""`wangge run`: database, web and workers under one command, and all of them gone when it ends."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import connections

from wangge.config import database, demo, embedded, partitions
from wangge.config.saying import say
from wangge.config.supervisor import Child, Supervisor, command_child
from wangge.kernel import clock
from wangge.kernel.errors import Refused


class AlreadyRunning(Refused):
    """One `wangge run` a home."""

    code = "config.already_running"
    zh = "这个文件夹（{home}）里已有 wangge run 在运行，进程号 {pid}。"
    en = "wangge run is running in this home ({home}) already, process {pid}."


class PortTaken(Refused):
    """Somebody else listens there."""

    code = "config.port_taken"
    zh = "端口 {port} 已被占用。请用 --port 换一个。"
    en = "Port {port} is taken. Choose another with --port."


# Each may hold a connection. Batches take few of them (`rush`); the rest answer pages meanwhile.
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)


@dataclass(frozen=True)
class Choice:
    """What to serve, where, with how many."""

    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 1
    job_workers: int = 1
    with_demo: bool = True

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host
        return f"http://{host}:{self.port}"


def run(choice: Choice) -> None:
    """Serve until Ctrl-C. Raises: AlreadyRunning, PortTaken, DatabaseUnusable."""
    home = settings.WANGGE_HOME
    supervisor = Supervisor(say)
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _interrupt)
    with _only_one(home):
        _check_port(choice)
        try:
            if not os.environ.get("WANGGE_DATABASE_URL"):
                embedded.hold(home)
                supervisor.add(_postgres(home))
            _prepare(choice)
            os.environ.setdefault("WANGGE_LIVE_PORT", str(_live_port(choice)))
            supervisor.listen()
            for child in _children(choice):
                supervisor.add(child)
            supervisor.watch(lambda: _announce(choice))
        except KeyboardInterrupt:
            pass
        finally:
            say("正在停止……", "Stopping …")
            supervisor.listen()
            connections.close_all()
            supervisor.end()
            embedded.leave(home)
            say("已停止。", "Stopped.")


def _prepare(choice: Choice) -> None:
    say("正在准备数据库……", "Preparing the database …")
    database.check_server()
    database.migrate()
    partitions.make_ahead(clock.today())
    if choice.with_demo and demo.is_empty():
        say("数据库是空的，正在生成示范城市……", "The database is empty; making the demo city …")
        demo.make()
    connections.close_all()


def _postgres(home: Path) -> Child:
    """Its fast shutdown is SIGINT; SIGTERM would wait for every client."""
    return Child(
        "PostgreSQL",
        start=lambda: embedded.launch(home),
        is_there=lambda: embedded.is_running(home),
        stop_signal=signal.SIGINT,
        is_ground=True,
    )


def _children(choice: Choice) -> list[Child]:
    options = (
        f"--interface wsgi --host {choice.host} --port {choice.port} --workers {choice.web_workers}"
        f" --blocking-threads {THREADS} --no-ws --log-level warning --workers-kill-timeout 10"
        " --respawn-failed-workers --respawn-interval 0.2"
    )
    web = [sys.executable, "-m", "granian", *options.split(), "wangge.config.wsgi:application"]
    jobs = [sys.executable, "-m", "wangge.config.worker"]
    names = ["worker"] if choice.job_workers == 1 else [f"worker {n + 1}" for n in range(choice.job_workers)]
    live = [sys.executable, "-m", "granian", *_live_options(choice).split(), "wangge.config.live:application"]
    workers = [command_child(name, jobs) for name in names]
    return [command_child("web", web), command_child("live", live), *workers]


def _live_options(choice: Choice) -> str:
    port = os.environ["WANGGE_LIVE_PORT"]
    return (
        f"--interface asgi --host {choice.host} --port {port} --workers 1 --no-ws --log-level warning"
        " --workers-kill-timeout 2 --respawn-failed-workers --respawn-interval 0.2"
    )


def _live_port(choice: Choice) -> int:
    """Return the port after that of the pages, or any that is free where somebody has it."""
    family = socket.AF_INET6 if ":" in choice.host else socket.AF_INET
    for port in (choice.port + 1, 0):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError, OverflowError):
                probe.bind((choice.host, port))
                return int(probe.getsockname()[1])
    raise PortTaken(port=choice.port + 1)


def _announce(choice: Choice) -> bool:
    """When the server answers, print where it is and who may log in. Returns whether it answered."""
    host, port = choice.address.removeprefix("http://").rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=2)
    try:
        connection.request("GET", "/api/health")
        if connection.getresponse().status != 200:
            return False
    except OSError:
        return False
    finally:
        connection.close()
    say(f"桌面端：{choice.address}/", f"Console: {choice.address}/")
    say(f"手机端：{choice.address}/m/", f"Field:   {choice.address}/m/")
    for line in demo.account_lines():
        print(line)
    say("按 Ctrl-C 停止。", "Ctrl-C stops everything.")
    return True


def _check_port(choice: Choice) -> None:
    family = socket.AF_INET6 if ":" in choice.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((choice.host, choice.port))
        except OSError as error:
            raise PortTaken(port=choice.port) from error


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """A lock that the kernel takes back from a killed process, so it is never stale."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise AlreadyRunning(home=home, pid=lock.read().strip() or "?") from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
