"""kill -9 of a web worker, a job worker and PostgreSQL under load: nothing that was acknowledged is lost."""

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
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import psutil
import psycopg
import pytest

from wangge.config import embedded
from wangge.kernel import clock
from wangge.twin.behaviour import behaviour
from wangge.twin.http_door import Account, HttpDoor
from wangge.twin.ledger import Ledger, read_ledger
from wangge.twin.live import play_rounds
from wangge.twin.play import Play

T = TypeVar("T")
SMALL_CITY = """
from wangge.config import ready
from wangge.config import database, demo
from wangge.matters.models import Matter
from wangge.twin.city import CitySpec
with database.up_to_date():
    demo.make(spec=CitySpec(streets=1, communities=3, venues_a_grid=150), history_days=0)
    Matter.objects.update(fix_days=365, fix_hours=None)
"""  # every deadline runs into a year that no calendar knows: so every report defers a job, on any day
DEPARTMENTS = ("police", "fire", "street")
COMMAND = [sys.executable, "-m", "wangge.config.command"]
STARTS_WITHIN_S, RECOVERS_WITHIN_S = 60, 30

# Every job that was put into the queue, and every one that a worker took out of it when it was done.
WATCH_JOBS = """
CREATE TABLE watched_jobs (id bigint, what text);
CREATE FUNCTION watch_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO watched_jobs VALUES (coalesce(NEW.id, OLD.id), TG_OP); RETURN NULL;
END $$;
CREATE TRIGGER watch_jobs AFTER INSERT OR DELETE ON procrastinate_jobs
    FOR EACH ROW EXECUTE FUNCTION watch_job();
"""


@dataclass
class House:
    """A `wangge run` of its own home."""

    home: Path
    url: str
    process: subprocess.Popen[bytes]
    seen: dict[int, psutil.Process] = field(default_factory=dict)

    def connect(self) -> psycopg.Connection[Any]:
        where = embedded.django_database(None, self.home)
        return psycopg.connect(
            host=where["HOST"], dbname=where["NAME"], user=where["USER"], connect_timeout=5, autocommit=True
        )

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(sql).fetchall()

    def processes(self) -> list[psutil.Process]:
        found = psutil.Process(self.process.pid).children(recursive=True)
        self.seen.update({one.pid: one for one in found})
        return found

    def web_worker(self) -> psutil.Process:
        def is_worker(one: psutil.Process) -> bool:
            line = " ".join(one.cmdline())
            above = one.parent().cmdline()
            return "granian" in above and "wsgi" in above and "resource_tracker" not in line

        return self._first(is_worker)

    def web_process(self) -> psutil.Process:
        return self._first(lambda one: "wsgi" in one.cmdline() and one.ppid() == self.process.pid)

    def job_worker(self) -> psutil.Process:
        return self._first(lambda one: "wangge.config.worker" in one.cmdline())

    def postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.home / "postgres" / "postmaster.pid").read_text().split()[0]))

    def _first(self, wanted: Callable[[psutil.Process], bool]) -> psutil.Process:
        def look() -> psutil.Process | None:
            for one in self.processes():
                try:
                    if wanted(one):
                        return one
                except psutil.NoSuchProcess:
                    continue
            return None

        return wait_for(look, RECOVERS_WITHIN_S)


def wait_for(look: Callable[[], T | None], seconds: float) -> T:
    """Return what `look` finds, asked again and again for so long."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        found = look()
        if found:
            return found
        time.sleep(0.05)  # between two looks; the result does not hang on it
    raise AssertionError(f"not within {seconds} s")


def environment(home: Path) -> dict[str, str]:
    """The environment of a house of its own, whatever the tests were started with."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("WANGGE_")}
    return {**kept, "WANGGE_HOME": str(home)}


@pytest.fixture
def home() -> Iterator[Path]:
    """A short-lived home that the account of PostgreSQL may enter when we are root."""
    made = Path(tempfile.mkdtemp(prefix="wangge-kill-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    """A house with a small city; every process of it is gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    subprocess.run([sys.executable, "-c", SMALL_CITY], env=environment(home), check=True)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*COMMAND, "run", "--port", str(port)],
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    made = House(home, f"http://127.0.0.1:{port}", process)
    try:
        wait_for(lambda: _is_up(made), STARTS_WITHIN_S)
        yield made
        made.processes()
        process.send_signal(signal.SIGINT)
        process.wait(40)
    finally:
        left = [one for one in made.seen.values() if one.is_running()]
        for one in left:
            one.kill()
        process.kill()
        process.wait()
        psutil.wait_procs(left, timeout=10)
    assert not left, f"outlived the house: {left}"


def _is_up(house: House) -> bool:
    assert house.process.poll() is None, (house.home / "log").read_text()
    try:
        return httpx.get(f"{house.url}/api/health", timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _people(home: Path) -> tuple[list[Account], str]:
    """Whom the test needs: one desk, members with more work than is killed for, a citizen, three clerks."""
    kept = json.loads((home / "demo-accounts.json").read_text(encoding="utf-8"))
    few = {"grid_member": 12, "citizen": 1, "dispatcher": 1, "supervisor": 1, "grid_chief": 1}
    chosen = []
    for one in kept["accounts"]:
        is_clerk = one["department_kind"] in DEPARTMENTS and one["username"].endswith("-1")
        if is_clerk or few.get(one["role"], 0) > 0:
            few[one["role"]] = few.get(one["role"], 0) - 1
            chosen.append(Account(username=one["username"], role=one["role"]))
    return chosen, kept["password"]


class Driver(threading.Thread):
    """The people, acting through HTTP until told that the house has been hurt enough."""

    def __init__(self, house: House, ledger: Path) -> None:
        super().__init__()
        accounts, password = _people(house.home)
        self.ledger = ledger
        self.enough = threading.Event()
        self.play: Play | None = None
        self.error: BaseException | None = None
        self._door = HttpDoor(house.url, accounts, password, Ledger(ledger))

    @property
    def retries(self) -> int:
        return self._door.retries

    def acknowledged(self) -> int:
        return self.ledger.read_bytes().count(b"\n")

    def run(self) -> None:
        habits = behaviour()
        often = habits.visits.find_share.model_copy(update={"value": 0.7})
        habits = habits.model_copy(update={"visits": habits.visits.model_copy(update={"find_share": often})})
        try:
            with self._door as door:
                self.play = play_rounds(
                    door,
                    habits,
                    seed=7,
                    rounds=5_000,  # more than it ever comes to: `enough` ends it
                    now=clock.now,
                    today=clock.today,
                    goes_on=lambda: not self.enough.is_set(),
                )
        except BaseException as error:
            self.error = error

    def goes_on(self, more: int) -> None:
        """Wait until `more` commands have been acknowledged from here on."""
        goal = self.acknowledged() + more

        def look() -> bool:
            assert self.error is None, repr(self.error)
            return self.acknowledged() >= goal

        wait_for(look, RECOVERS_WITHIN_S)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_kill_9(house: House, tmp_path: Path) -> None:
    before = {row[0] for row in house.ask("SELECT command_id FROM kernel_receipt")}
    with house.connect() as connection:
        connection.execute(WATCH_JOBS)
    jobs_before = {row[0] for row in house.ask("SELECT id FROM procrastinate_jobs")}
    driver = Driver(house, tmp_path / "ledger")
    driver.start()
    try:
        driver.goes_on(20)
        worker, job, database = house.web_worker, house.job_worker, house.postmaster
        for hurt in (worker, job, database, house.web_process, database):
            hurt().kill()
            driver.goes_on(25)
    finally:
        driver.enough.set()
        driver.join(60)
    assert driver.error is None, repr(driver.error)
    assert driver.retries > 0
    _check_receipts(house, driver.ledger, before)
    _check_jobs(house, jobs_before)
    _check_chains(house)


def _check_receipts(house: House, ledger: Path, before: set[UUID]) -> None:
    """Each acknowledged id is in the database once; everything there was acknowledged in the end."""
    acknowledged = {c for c, outcome in read_ledger(ledger).items() if outcome in {"applied", "repeated"}}
    of_findings = {row[0] for row in house.ask("SELECT id FROM cases_case WHERE order_id IS NOT NULL")}
    by_now = {row[0] for row in house.ask("SELECT command_id FROM kernel_receipt")}
    assert len(acknowledged) > 100
    assert by_now - before - of_findings == acknowledged - of_findings
    events = {row[0] for row in house.ask("SELECT id FROM cases_caseevent")}
    visits = {row[0] for row in house.ask("SELECT id FROM orders_visit")}
    assert acknowledged <= events | visits


def _check_jobs(house: House, before: set[int]) -> None:
    """Each job that was deferred is done, or still in the queue."""
    watched = house.ask("SELECT id, what FROM watched_jobs")
    deferred = {job for job, what in watched if what == "INSERT"}
    done = {job for job, what in watched if what == "DELETE"}
    waiting = dict(house.ask("SELECT id, status::text FROM procrastinate_jobs"))
    assert deferred
    assert (deferred | before) - done == set(waiting)
    assert set(waiting.values()) <= {"todo", "doing"}


def _check_chains(house: House) -> None:
    proved = subprocess.run(
        [*COMMAND, "verify", "--json"],
        env=environment(house.home),
        capture_output=True,
        check=False,
    )
    found = json.loads(proved.stdout)
    assert proved.returncode == 0, found
    assert found["checked"]["cases"] > 0
