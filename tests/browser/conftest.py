"""The demo city as `make run` serves it, and a real Chromium in front of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = os.environ.get("WANGGE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
READY_S = 120
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@dataclass(frozen=True)
class City:
    """A served demo city: where it is, and who can log in."""

    url: str
    password: str
    people: list[dict[str, str]]

    @property
    def accounts(self) -> dict[str, dict[str, str]]:
        """The first account of each role."""
        return {one["role"]: one for one in reversed(self.people)}

    def handler_of(self, department: str) -> str:
        """The username of somebody who works for the department."""
        names = [one["username"] for one in self.people if one["place"] == department]
        assert names, f"no demo account works for {department}"
        return names[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A home that PostgreSQL's own account can reach: pytest closes its folders to everybody else."""
    with tempfile.TemporaryDirectory(prefix="wangge-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def city(home: Path) -> Iterator[City]:
    """Serve a new demo city with `wangge run`, and end it with the Ctrl-C that a person would press."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = {k: v for k, v in os.environ.items() if k != "WANGGE_DATABASE_URL"} | {
        "WANGGE_HOME": str(home)
    }
    command = [str(Path(sys.executable).parent / "wangge"), "run", "--port", url.rpartition(":")[2]]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    output: list[str] = []
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(process, url, output, ready), daemon=True)
    reader.start()
    try:
        assert ready.wait(READY_S), "".join(output)
        told = json.loads((home / "demo-accounts.json").read_text())
        yield City(url, told["password"], told["accounts"])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()


def _read(process: subprocess.Popen[str], url: str, output: list[str], ready: threading.Event) -> None:
    """Keep what the command prints; it prints its address only when it answers there."""
    assert process.stdout is not None
    for line in process.stdout:
        output.append(line)
        if url in line:
            ready.set()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without it the browser tests are reported as not run."""
    if CHROMIUM is None:
        pytest.skip("NOT RUN: no Chromium on this machine; apt-get install chromium, or set WANGGE_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def open_desktop(chromium: Browser) -> Page:
    return _open(chromium, width=1366, height=768).new_page()


def open_phone(chromium: Browser) -> Page:
    return _open(chromium, width=360, height=740).new_page()


def _open(chromium: Browser, *, width: int, height: int) -> BrowserContext:
    return chromium.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["geolocation"],
        geolocation={"longitude": 0, "latitude": 0},
    )
