"""The supervisor on small processes: what dies comes back with a growing pause, and all of it ends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from wangge.config import supervisor as supervising
from wangge.config.supervisor import Child, Supervisor, command_child

FOREVER = "import time; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
WITH_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {FOREVER!r}])"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    one = Supervisor(lambda zh, en: said.append(en))
    yield one
    one.end()


def python(code: str, name: str = "child") -> Child:
    return command_child(name, [sys.executable, "-c", code])


def turn_until(supervisor: Supervisor, is_so: Callable[[], bool]) -> None:
    """Let the supervisor watch until `is_so`."""
    deadline = time.monotonic() + 30

    def look() -> bool:
        supervisor.is_stopping = is_so() or time.monotonic() > deadline
        return False

    supervisor.is_stopping = False
    supervisor.watch(look)
    assert is_so()


def test_a_child_that_was_killed_is_started_again_and_said(supervisor: Supervisor, said: list[str]) -> None:
    child = python(FOREVER, "web")
    supervisor.add(child)
    assert child.process is not None
    first = child.process.pid

    child.process.kill()
    turn_until(supervisor, lambda: child.process is not None and child.process.pid != first)

    assert said == ["web ended (signal 9); starting it again in 0.2 s."]


def test_a_child_that_ends_again_and_again_waits_longer_each_time(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.add(python("raise SystemExit(3)"))

    turn_until(supervisor, lambda: len(said) == 3)

    assert [line.rsplit(" in ", 1)[1] for line in said] == ["0.2 s.", "0.4 s.", "0.8 s."]
    assert "code 3" in said[0]


def test_a_start_that_fails_is_said_and_tried_again(supervisor: Supervisor, said: list[str]) -> None:
    starts = []

    def start() -> subprocess.Popen[bytes]:
        starts.append(1)
        if len(starts) == 2:
            raise OSError("no disk")
        return subprocess.Popen(
            [sys.executable, "-c", FOREVER if len(starts) > 2 else ""], start_new_session=True
        )

    supervisor.add(Child("web", start))
    turn_until(supervisor, lambda: len(starts) == 3)

    assert "web did not start: no disk" in said


def test_the_grandchildren_of_a_killed_child_go_with_it(supervisor: Supervisor) -> None:
    child = python(WITH_CHILD)
    supervisor.add(child)
    assert child.process is not None
    family = psutil.Process(child.process.pid)
    turn_until(supervisor, lambda: len(family.children()) == 1)
    (grandchild,) = family.children()

    child.process.kill()
    turn_until(supervisor, lambda: not grandchild.is_running())


def test_a_child_that_will_not_go_is_killed_after_the_grace(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "GRACE_S", 0.3)
    child = python(STUBBORN)
    supervisor.add(child)
    assert child.process is not None

    supervisor.end()

    assert child.process.returncode is not None


def test_the_ground_goes_last(supervisor: Supervisor) -> None:
    ground, web = python(FOREVER, "ground"), python(FOREVER, "web")
    ground.is_ground = True
    ended = []
    supervisor.add(ground)
    supervisor.add(web)

    stop = supervisor._stop

    def remember(children: list[Child]) -> None:
        ended.append([child.name for child in children])
        stop(children)

    supervisor._stop = remember  # type: ignore[assignment, method-assign]
    supervisor.end()

    assert ended == [["web"], ["ground"]]
