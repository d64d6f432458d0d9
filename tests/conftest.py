"""A real PostgreSQL for every test: this run's embedded one, or the one of WANGGE_DATABASE_URL."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path

import hypothesis
import psycopg
import pytest
from django.conf import settings

from wangge.config import embedded
from wangge.documents import printing
from wangge.kernel import clock

CHROMIUM = os.environ.get("WANGGE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
NO_CHROMIUM = "Chromium is not here: make test as root installs it, or name it in WANGGE_CHROMIUM"
NO_OFFICE = "LibreOffice is not here: make test as root installs it, or name it in WANGGE_OFFICE"
not_run: Counter[str] = Counter()

# An example that is slow on a busy machine says nothing of the code; what is fast stands in benchmarks/.
hypothesis.settings.register_profile("wangge", deadline=None)
hypothesis.settings.load_profile("wangge")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--today", type=date.fromisoformat, help="let the house's clock run on from this day")


def pytest_configure(config: pytest.Config) -> None:
    """Shift the house's clock in this process; the database and other processes keep the machine's."""
    if today := config.getoption("--today"):
        ahead: timedelta = today - datetime.now(UTC).date()

        class Later(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + ahead

        clock.datetime = Later  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Run the embedded server while the test database is there; the last run of a home stops it."""
    if os.environ.get("WANGGE_DATABASE_URL"):
        yield
        return
    with embedded.in_use(settings.WANGGE_HOME):
        spare_the_disk()
        yield


def spare_the_disk() -> None:
    """Tests kill processes, never the machine: their server need not wait for the disk."""
    with psycopg.connect(
        host=embedded.socket_dir(settings.WANGGE_HOME), user="postgres", dbname="postgres", autocommit=True
    ) as line:
        line.execute("ALTER SYSTEM SET fsync = off")
        line.execute("SELECT pg_reload_conf()")


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
    """Tests of a program that is not here do not run, and the summary says so; in CI they fail instead."""
    missing = {"browser": not CHROMIUM and NO_CHROMIUM, "office": not printing.converter() and NO_OFFICE}
    if os.environ.get("CI"):
        return
    for item in items:
        for marker, why in missing.items():
            if why and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=why))
                not_run[why] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not_run:
        terminalreporter.section("NOT RUN", yellow=True)
    for why, count in not_run.items():
        terminalreporter.line(f"{count} tests did not run. {why}.")
