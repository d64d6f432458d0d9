"""A real PostgreSQL for every test: this run's embedded one, or the one of WANGGE_DATABASE_URL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from wangge.config import embedded

CHROMIUM = os.environ.get("WANGGE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
NO_CHROMIUM = "Chromium is not here: make test as root installs it, or name it in WANGGE_CHROMIUM"
not_run: list[str] = []


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Run the embedded server while the test database is there; the last run of a home stops it."""
    if os.environ.get("WANGGE_DATABASE_URL"):
        yield
        return
    with embedded.in_use(settings.WANGGE_HOME):
        yield


@pytest.fixture(autouse=True)
def files_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stored files of a test lie in the test's own folder."""
    monkeypatch.setattr(settings, "WANGGE_FILES", tmp_path / "files")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium, for tests marked `browser`."""
    assert CHROMIUM, NO_CHROMIUM
    return CHROMIUM


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests do not run, and the summary says so; in CI they fail instead."""
    if CHROMIUM or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))
            not_run.append(item.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not_run:
        terminalreporter.section("NOT RUN", yellow=True)
        terminalreporter.line(f"{len(not_run)} browser tests did not run. {NO_CHROMIUM}.")
