"""The embedded server: who may use it, who stops it, what a crash leaves behind."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

import psutil
import psycopg
import pytest

from wangge.config import embedded, postgres_place
from wangge.config.postgres_place import DatabaseUnusable

pytestmark = pytest.mark.slow


@pytest.fixture
def home(open_folder: Path) -> Iterator[Path]:
    home = open_folder / "home"
    yield home
    embedded.leave(home)
    embedded.stop(home)


def ask(home: Path) -> int:
    with psycopg.connect(f"host={embedded.socket_dir(home)} user=postgres dbname=wangge") as connection:
        row = connection.execute("SELECT 42").fetchone()
        assert row is not None
        return int(row[0])


def test_the_last_one_out_stops_the_server(home: Path) -> None:
    with embedded.in_use(home):
        assert ask(home) == 42

    assert not embedded.is_running(home)


def use(home: Path, is_in: Event, may_leave: Event) -> None:
    with embedded.in_use(home):
        is_in.set()
        may_leave.wait(60)


def test_a_server_that_another_process_uses_goes_on(home: Path) -> None:
    context = multiprocessing.get_context("spawn")
    is_in, may_leave = context.Event(), context.Event()
    other = context.Process(target=use, args=(home, is_in, may_leave))
    other.start()
    assert is_in.wait(60)

    with embedded.in_use(home):
        pass

    assert embedded.is_running(home)
    may_leave.set()
    other.join(60)
    assert not embedded.is_running(home)


def test_after_kill_9_it_starts_again_with_what_was_committed(home: Path) -> None:
    embedded.start(home)
    with psycopg.connect(f"host={embedded.socket_dir(home)} user=postgres dbname=wangge") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pid = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])

    psutil.Process(pid).kill()
    embedded.start(home)

    with psycopg.connect(f"host={embedded.socket_dir(home)} user=postgres dbname=wangge") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_pid_file_whose_number_another_program_carries_is_no_server(home: Path) -> None:
    with embedded.in_use(home):
        pass
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")

    assert not embedded.is_running(home)
    with embedded.in_use(home):
        assert ask(home) == 42


def test_data_of_another_major_version_is_refused_with_the_remedy(home: Path) -> None:
    with embedded.in_use(home):
        pass
    (home / "postgres" / "PG_VERSION").write_text("15\n")

    with pytest.raises(DatabaseUnusable, match=r"made by PostgreSQL 15.*wangge backup"):
        embedded.start(home)


def test_a_start_that_broke_off_is_begun_again(home: Path) -> None:
    (home / "postgres.new").mkdir(parents=True)
    (home / "postgres.new" / "half").write_text("")

    with embedded.in_use(home):
        assert ask(home) == 42


def test_only_the_account_of_the_server_enters_the_folder_of_the_socket(home: Path) -> None:
    with embedded.in_use(home):
        status = embedded.socket_dir(home).stat()

        assert status.st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server an account of its own")
def test_root_with_a_closed_home_puts_the_data_where_the_account_reaches_it(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_place, "SHELTER", open_folder / "shelter")
    (open_folder / "shelter").mkdir(mode=0o755)
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"

    with embedded.in_use(home):
        assert ask(home) == 42

    assert (home / "postgres").is_symlink()
    assert closed.stat().st_mode & 0o777 == 0o700
