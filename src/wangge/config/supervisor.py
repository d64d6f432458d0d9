"""Keeps the processes of the house alive, and ends every one of them with itself."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from wangge.config import lifeline

GRACE_S = 15.0  # a worker may finish its job; then it is killed and the job is retried elsewhere
HEALTHY_S = 30.0  # who lived so long starts its back-off anew
LONGEST_WAIT_S = 10.0
TURN_S = 0.1

Process = subprocess.Popen[bytes]


@dataclass
class Child:
    """One process that has to be there. `start` may return None: somebody else runs it (see `is_there`)."""

    name: str
    start: Callable[[], Process | None]
    is_there: Callable[[], bool] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    is_ground: bool = False  # the others stand on it: it goes after them
    process: Process | None = None
    started_at: float = 0.0
    failures: int = 0
    again_at: float | None = None

    def has_ended(self) -> str | None:
        """Return how it ended, None while it runs."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return None
            return f"signal {-code}" if code < 0 else f"code {code}"
        if self.is_there is not None and not self.is_there():
            return "gone"
        return None


def command_child(name: str, command: Sequence[str]) -> Child:
    """Return a child that runs `command` in a session of its own, so Ctrl-C reaches only the supervisor."""

    def start() -> Process:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lifeline.die_with_parent,
            env={**os.environ, lifeline.SUPERVISED: "1"},
        )

    return Child(name, start)


@dataclass
class Supervisor:
    """Starts children in order, restarts those that die, stops them in reverse order."""

    say: Callable[[str, str], None]  # a sentence in Chinese and in English
    children: list[Child] = field(default_factory=list)
    is_stopping: bool = False
    _in_hurry: bool = False

    def add(self, child: Child) -> None:
        """Start `child` and look after it from now on."""
        child.process = child.start()
        child.started_at = time.monotonic()
        self.children.append(child)

    def listen(self) -> None:
        """From here on SIGINT, SIGTERM and SIGHUP ask the loop to end; a second one hurries."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)

    def watch(self, once: Callable[[], bool]) -> None:
        """Watch until asked to stop. `once` is called at every turn until it is true."""
        done = False
        while not self.is_stopping:
            for child in self.children:
                self._look_after(child)
            done = done or once()
            time.sleep(TURN_S)

    def end(self) -> None:
        """Stop every child, youngest first; after the grace, or a second Ctrl-C, by kill -9."""
        self.is_stopping = True
        self._stop([child for child in reversed(self.children) if not child.is_ground])
        self._stop([child for child in reversed(self.children) if child.is_ground])

    def _stop(self, children: Sequence[Child]) -> None:
        for child in children:
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(child.stop_signal)
        deadline = time.monotonic() + GRACE_S
        for child in children:
            while child.process is not None and child.process.poll() is None:
                if self._in_hurry or time.monotonic() > deadline:
                    break
                time.sleep(TURN_S)
            _clear(child.process)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.again_at is None:
            how = child.has_ended()
            if how is None:
                return
            _clear(child.process)
            child.process = None
            child.failures = 0 if now - child.started_at > HEALTHY_S else child.failures + 1
            wait = min(LONGEST_WAIT_S, 0.2 * 2 ** max(child.failures - 1, 0))
            child.again_at = now + wait
            self.say(
                f"{child.name} 已退出（{how}），{wait:.1f} 秒后重新启动。",
                f"{child.name} ended ({how}); starting it again in {wait:.1f} s.",
            )
        if now >= child.again_at:
            child.again_at = None
            child.started_at = now
            try:
                child.process = child.start()
            except Exception as error:  # whatever it is, it is said and tried again: the house stays open
                child.failures += 1
                child.again_at = now + min(LONGEST_WAIT_S, 0.2 * 2**child.failures)
                self.say(f"{child.name} 未能启动：{error}", f"{child.name} did not start: {error}")

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._in_hurry = self.is_stopping
        self.is_stopping = True


def _clear(process: Process | None) -> None:
    """Kill what is left of the child's session: a server's workers outlive its kill -9 otherwise."""
    if process is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
