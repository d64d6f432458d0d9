"""`wangge run` as a city meets it: what is killed comes back, and nothing outlives the command."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

pytestmark = [pytest.mark.slow]
PATIENCE_S = 60


class House:
    """A running `wangge run` in a home of its own."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home = home
        self.log = home.parent / "run.log"
        self.open()

    def open(self) -> None:
        environment = {**os.environ, "WANGGE_HOME": str(self.home)}
        environment.pop("WANGGE_DATABASE_URL", None)
        command = [
            sys.executable,
            "-m",
            "wangge.config.command",
            "run",
            "--no-demo",
            "--port",
            str(self.port),
        ]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        until(self.answers, self)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/api/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def processes(self) -> list[psutil.Process]:
        """The whole family but the command itself."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, *words: str) -> psutil.Process | None:
        """The oldest process of the family whose command line holds the words, if it is up."""
        for process in self.processes():
            with suppress(psutil.Error):  # it may end while it is looked at
                if all(word in " ".join(process.cmdline()) for word in words):
                    return process
        return None

    def said(self) -> str:
        return self.log.read_text()


def until(is_so: Callable[[], bool], house: House) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, house.said()
        time.sleep(0.05)


def gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


@pytest.fixture(scope="module")
def only_house() -> Iterator[House]:
    """One house for all: making a database takes longer than opening one."""
    with tempfile.TemporaryDirectory(prefix="wangge-test-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's own account has to pass
        house = House(Path(folder) / "home")
        yield house
        if house.process.poll() is None:
            house.process.send_signal(signal.SIGTERM)
            house.process.wait(PATIENCE_S)


@pytest.fixture
def house(only_house: House) -> House:
    if only_house.process.poll() is not None:
        only_house.open()
    return only_house


def test_ctrl_c_ends_every_process_it_started(house: House) -> None:
    family = house.processes()
    assert len(family) >= 4  # PostgreSQL with its own, web with a worker, jobs

    house.process.send_signal(signal.SIGINT)

    assert house.process.wait(PATIENCE_S) == 0
    assert gone(family)()


@pytest.mark.parametrize(
    "words",
    [("granian",), ("wangge.config.worker",), ("postgres", "-D")],
    ids=["web", "worker", "postgres"],
)
def test_a_killed_process_comes_back_and_the_house_answers(house: House, words: tuple[str, ...]) -> None:
    until(lambda: house.find(*words) is not None, house)  # the one before may have taken it along
    victim = house.find(*words)
    assert victim is not None

    victim.kill()

    until(lambda: not victim.is_running(), house)
    until(house.answers, house)
    until(lambda: house.find(*words) is not None, house)
    assert house.process.poll() is None
    assert "(signal 9)" in house.said()


def test_kill_9_of_the_command_leaves_no_orphan_and_the_next_start_works(house: House) -> None:
    family = house.processes()

    house.process.kill()
    house.process.wait()

    until(gone(family), house)
    started = time.monotonic()
    house.open()
    assert time.monotonic() - started < 10


def test_a_second_run_in_the_same_home_is_refused_with_the_process_named(house: House) -> None:
    environment = {**os.environ, "WANGGE_HOME": str(house.home)}
    command = [sys.executable, "-m", "wangge.config.command", "run", "--no-demo", "--port", "1"]

    second = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert second.returncode == 1
    assert f"process {house.process.pid}" in second.stderr
    assert house.answers()
