"""How many cases live their whole life through HTTP?

Question  Report, accept, dispatch, sign, feed back, pass and read a case: seven requests by four people. How
          many lives and requests a second, and how long does one request in twenty take at least?
Data      100,000 cases of the past month in 2,916 grids, every other one closed, made from a seed.
Server    granian with WSGI, one worker process, as `wangge run` starts it; PostgreSQL and the clients (a
          thread and a connection each) on the same machine.
Limit     The same server, clients and machine asking for /api/health, which looks into the database and does
          nothing else.
Command   python -m benchmarks.case_life [--small]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.plan_orders import clean_database  # isort: split

import shapely
from django.db import connection
from django.test import Client

from benchmarks.filling import AT, CITY, PHOTO, fill, make_department, make_person, make_rules
from wangge.accounts.models import User
from wangge.accounts.rules import Role
from wangge.cases.queries import verify_chains
from wangge.config import embedded, partitions
from wangge.config.settings import WANGGE_HOME
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.kernel.models import StoredFile
from wangge.territory.models import Grid

RESULT = Path(__file__).parent / "results" / "case_life.json"
SIDE = 54  # grids a side of the city
WEST, SOUTH, STEP = 113.6, 22.7, 0.01
CLIENTS = 4
TOKEN = "b" * 32
Times = dict[str, list[float]]


class Caller:
    """One client: a connection, and the sessions of the four people."""

    def __init__(self, port: int, sessions: dict[str, str], times: Times) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._sessions, self._times = sessions, times

    def close(self) -> None:
        self._http.close()

    def call(self, who: str, what: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {
            "Cookie": f"sessionid={self._sessions[who]}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/json",
        }
        content = json.dumps(body) if body is not None else None
        start = time.perf_counter()
        self._http.request("POST" if content else "GET", f"/api{path}", content, headers)
        answer = self._http.getresponse()
        text = answer.read()
        self._times[what].append(time.perf_counter() - start)
        if answer.status != 200:
            raise RuntimeError(f"{what}: {answer.status} {text[:500]!r}")
        told: dict[str, Any] = json.loads(text)
        return told

    def live(self, rng: random.Random) -> None:
        """Lead one case from its report to its end, and read it."""
        case = str(new_id())
        lon, lat = (low + rng.random() * SIDE * STEP for low in (WEST, SOUTH))
        self.call("member", "report", "/cases/report", _report(case, lon, lat))
        steps = [("desk", "accept"), ("desk", "dispatch"), ("handler", "sign"), ("handler", "feed_back")]
        for version, (who, action) in enumerate([*steps, ("chief", "pass")], start=1):
            self.call(who, action, "/cases/step", _step(case, action, version))
        assert self.call("desk", "read", f"/cases/{case}")["status"] == "closed"


def _report(case: str, lon: float, lat: float) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    told = {"matter_code": "H301", "text": "灭火器过期", "photos": [PHOTO]}
    return {"id": case, "at": at, "lon": lon, "lat": lat, **told}


def _step(case: str, action: str, version: int) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    photos = [PHOTO] if action == "feed_back" else []
    step = {"id": str(new_id()), "case_id": case, "action": action, "at": at, "base_version": version}
    return {**step, "photos": photos}


@contextmanager
def server() -> Iterator[int]:
    """Serve the bench's database as `wangge run` does; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = connection.settings_dict
    url = f"postgresql:///{where['NAME']}?host={embedded.socket_dir(WANGGE_HOME)}&user={where['USER']}"
    options = (
        f"--interface wsgi --host 127.0.0.1 --port {port} --workers 1 --blocking-threads {CLIENTS}"
        " --no-ws --log-level warning"
    )
    with TemporaryDirectory() as files:
        environment = {
            **os.environ,
            "WANGGE_HOME": str(WANGGE_HOME),
            "WANGGE_DATABASE_URL": url,
            "WANGGE_FILES": files,
        }
        command = [sys.executable, "-m", "granian", *options.split(), "wangge.config.wsgi:application"]
        process = subprocess.Popen(command, env=environment)
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


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


def make_city() -> dict[str, Actor]:
    """Make grids, people, a stored photo and rules."""
    Grid.objects.bulk_create(_square(number, *divmod(number, SIDE)) for number in range(SIDE * SIDE))
    make_rules()
    people = {
        "member": make_person("member", Role.GRID_MEMBER),
        "desk": make_person("desk", Role.DISPATCHER),
        "handler": make_person("handler", Role.DEPARTMENT_HANDLER, department=make_department()),
        "chief": make_person("chief", Role.GRID_CHIEF),
    }
    StoredFile.objects.create(
        sha256=PHOTO,
        size_bytes=1,
        media_type="image/jpeg",
        created_at=AT,
        created_by=people["member"].user_id,
    )
    partitions.make_ahead(datetime.now(UTC).date())
    return people


def _square(number: int, n: int, m: int) -> Grid:
    west, south, east, north = (
        round(low + step * STEP, 6) for low, step in ((WEST, n), (SOUTH, m), (WEST, n + 1), (SOUTH, m + 1))
    )
    return Grid(
        id=new_id(),
        path=f"{CITY}{number:04}.",
        code=f"{number:04}",
        layer="comprehensive",
        tier="grid",
        name=f"grid {number}",
        shape_wkb=shapely.to_wkb(shapely.box(west, south, east, north)),
        min_lon=west,
        min_lat=south,
        max_lon=east,
        max_lat=north,
        area_m2=1.1e6,
        valid_from=AT.replace(year=2024),
    )


def log_in(person: Actor) -> str:
    client = Client()
    client.force_login(User.objects.get(pk=person.user_id))
    return str(client.cookies["sessionid"].value)


def drive(port: int, sessions: dict[str, str], seconds: float, job: Callable[[Caller, int], None]) -> Times:
    """Let every client do the job again and again; return how long each request took."""
    found: list[Times] = [defaultdict(list) for _ in range(CLIENTS)]
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        caller = Caller(port, sessions, found[number])
        while time.perf_counter() < until:
            job(caller, number)
        caller.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))
    merged: Times = defaultdict(list)
    for times in found:
        for what, taken in times.items():
            merged[what] += taken
    return merged


def run(*, small: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    cases, seconds = (5_000, 4.0) if small else (100_000, 30.0)
    with clean_database():
        people = make_city()
        fill(cases, people["member"])
        sessions = {name: log_in(person) for name, person in people.items()}
        rngs = [random.Random(n) for n in range(CLIENTS)]

        def live(caller: Caller, number: int) -> None:
            caller.live(rngs[number])

        def ask(caller: Caller, number: int) -> None:
            caller.call("desk", "health", "/health")

        with server() as port:
            drive(port, sessions, 2.0, live)  # warm
            start = time.perf_counter()
            times = drive(port, sessions, seconds, live)
            took_s = time.perf_counter() - start
            health = drive(port, sessions, seconds / 4, ask)
        broken = len(list(verify_chains()))
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    requests = sum(map(len, times.values()))
    return {
        "question": "the life of a case through HTTP",
        "command": "python -m benchmarks.case_life" + (" --small" if small else ""),
        "data": {"cases": cases, "grids": SIDE * SIDE, "clients": CLIENTS, "seconds": seconds},
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "postgresql": version,
            "load": round(os.getloadavg()[0], 1),
        },
        "lives_a_second": round(len(times["read"]) / took_s, 1),
        "requests_a_second": round(requests / took_s),
        "limit: /api/health a second": round(len(health["health"]) / (seconds / 4)),
        "share_of_limit": round(requests / took_s / (len(health["health"]) / (seconds / 4)), 2),
        "p95_ms": {
            "all": p95([one for taken in times.values() for one in taken]),
            **{what: p95(taken) for what, taken in times.items()},
        },
        "broken_chains": broken,
    }


def p95(taken: list[float]) -> float:
    return round(sorted(taken)[int(len(taken) * 0.95)] * 1000, 1)


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    options = parser.parse_args()
    figures = run(small=options.small)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
