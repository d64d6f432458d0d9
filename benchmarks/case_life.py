"""How many cases live their whole life through HTTP, in a city that has a million?

Question  Report, accept, dispatch, sign, feed back, pass, read and search: eight requests by four people.
          How many lives and requests a second, and how long does one request in twenty take at least? Then
          the life as eGov DIGIT measured it, create → assign → resolve → search in four requests (accept
          and dispatch go together, and so do sign and feed back), and in batches: 50 cases a request.
Data      Cases of the past month in 2,916 grids, one in 40 open, made from a seed: 100,000, then 1,000,000.
Server    granian with WSGI, as `wangge run` starts it, with the worker for jobs; PostgreSQL and the clients
          (a thread and a connection each) on the same machine.
Peer      eGov DIGIT on 16 virtual processors: 37 lives a second up to 100,000 cases, 6.3 at 1,006,743.
Limit     The same server, clients and machine asking for /api/health, which looks into the database and does
          nothing else.
CPU       Of clients, web, worker and PostgreSQL, a request: this holds on a busy machine too.
Memory    The proportional set size (PSS) of all processes of the house after the run.
Command   python -m benchmarks.case_life [--cases 100000 1000000] [--seconds 30] [--clients 4] [--workers 1]
          [--keep] [--small]
          --keep copies the filled city aside; the next run with --keep begins with the copy.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.databases import filled_database  # isort: split

import shapely
from django.db import connection
from django.test import Client

from benchmarks.filling import (
    AT,
    CITY,
    PHOTO,
    ROADS,
    SEEN,
    TOWNS,
    address_of,
    fill,
    make_department,
    make_person,
    make_rules,
    text_of,
)
from benchmarks.house import cpu_s, memory_mb, server
from wangge.accounts.models import User
from wangge.accounts.queries import get_actors
from wangge.accounts.rules import Role
from wangge.cases.queries import verify_chains
from wangge.config import partitions
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.kernel.models import StoredFile
from wangge.territory.models import Grid

RESULT = Path(__file__).parent / "results" / "case_life.json"
SIDE = 54  # grids a side of the city
WEST, SOUTH, STEP = 113.6, 22.7, 0.01
PEER = {100_000: 37.0, 1_000_000: 6.3}  # lives a second
AT_ONCE = 50
VERIFIED = 100_000  # up to so many cases every chain is walked at the end
TOKEN = "b" * 32
Times = dict[str, list[float]]


class Caller:
    """One client: a connection, and the sessions of the four people."""

    def __init__(self, port: int, sessions: dict[str, str], times: Times) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._sessions, self._times = sessions, times

    def close(self) -> None:
        self._http.close()

    def call(self, who: str, what: str, path: str, body: Any = None) -> Any:
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
        return json.loads(text)

    def live(self, rng: random.Random) -> None:
        """Lead one case from its report to its end, read it, and search."""
        case = str(new_id())
        self.call("member", "report", "/cases/report", _report(case, rng))
        for version, (who, action) in enumerate(ROAD, start=1):
            self.call(who, action, "/cases/step", _step(case, action, version))
        assert self.call("desk", "read", f"/cases/{case}")["status"] == "closed"
        self.search(rng)

    def live_as_digit(self, rng: random.Random) -> None:
        """Create, assign, resolve, search: four requests."""
        case = str(new_id())
        self.call("member", "create", "/cases/report", _report(case, rng))
        for what, first in (("assign", 1), ("resolve", 3)):
            pair = [_step(case, ROAD[n - 1][1], n) for n in (first, first + 1)]
            _all_done(self.call(ROAD[first - 1][0], what, "/cases/steps", pair))
        self.search(rng)

    def live_in_batches(self, rng: random.Random) -> None:
        """Lead 50 cases from report to end, a request a step for all of them; then search once for each."""
        cases = [str(new_id()) for _ in range(AT_ONCE)]
        _all_done(self.call("member", "report", "/cases/reports", [_report(case, rng) for case in cases]))
        for version, (who, action) in enumerate(ROAD, start=1):
            steps = [_step(case, action, version) for case in cases]
            _all_done(self.call(who, action, "/cases/steps", steps))
        for _ in cases:
            self.search(rng)

    def search(self, rng: random.Random) -> None:
        """Look for what somebody has on the phone: a piece of an address, or of a text."""
        town, road = rng.choice(TOWNS), rng.choice(ROADS) + rng.choice(ROADS)
        number = rng.randrange(1, 400)
        words = rng.choice([f"{road}路", f"{town}{road}", f"{road}街{number}号", rng.choice(SEEN)])
        self.call("desk", "search", f"/cases?{urlencode({'q': words, 'limit': 10})}")


ROAD = [
    *[("desk", "accept"), ("desk", "dispatch"), ("handler", "sign"), ("handler", "feed_back")],
    ("chief", "pass"),
]


def _all_done(fates: Any) -> None:
    assert all(fate["outcome"] == "applied" for fate in fates), fates


def _report(case: str, rng: random.Random) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    lon, lat = (low + rng.random() * SIDE * STEP for low in (WEST, SOUTH))
    told = {"matter_code": "H301", "text": text_of(rng), "address": address_of(rng), "photos": [PHOTO]}
    return {"id": case, "at": at, "lon": lon, "lat": lat, **told}


def _step(case: str, action: str, version: int) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    photos = [PHOTO] if action == "feed_back" else []
    step = {"id": str(new_id()), "case_id": case, "action": action, "at": at, "base_version": version}
    seen = {"reason": "现场核实"} if action == "pass" else {}
    return {**step, **seen, "photos": photos}


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


def drive(
    port: int, sessions: dict[str, str], seconds: float, clients: int, job: Callable[[Caller, int], None]
) -> Times:
    """Let every client do the job again and again; return how long each request took."""
    found: list[Times] = [defaultdict(list) for _ in range(clients)]
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        caller = Caller(port, sessions, found[number])
        while time.perf_counter() < until:
            job(caller, number)
        caller.close()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))
    merged: Times = defaultdict(list)
    for times in found:
        for what, taken in times.items():
            merged[what] += taken
    return merged


LIVES: dict[str, tuple[Callable[[Caller, random.Random], None], str, int]] = {
    "single": (Caller.live, "read", 1),  # how it is led, the request that ends it, how many it leads
    "as_digit": (Caller.live_as_digit, "search", 1),
    "batched": (Caller.live_in_batches, "pass", AT_ONCE),
}


@contextmanager
def full_city(cases: int, *, keep: bool) -> Iterator[tuple[dict[str, Actor], float]]:
    """Have a city with so many cases; yields its people, and how long it took to fill, 0 for a copy."""
    with filled_database(f"bench_life_{cases}", lambda: _fill_city(cases), keep=keep) as filled:
        partitions.make_ahead(datetime.now(UTC).date())
        yield filled or (_people_again(), 0.0)


def _fill_city(cases: int) -> tuple[dict[str, Actor], float]:
    people = make_city()
    start = time.perf_counter()
    fill(cases, people["member"], open_every=40)
    return people, time.perf_counter() - start


def _people_again() -> dict[str, Actor]:
    names = dict(User.objects.values_list("username", "pk"))
    actors = get_actors(list(names.values()), AT.date())
    return {name: actors[pk] for name, pk in names.items()}


def measure(cases: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure each kind of life in a city of so many cases."""
    with full_city(cases, keep=options.keep) as (people, filled_s):
        sessions = {name: log_in(person) for name, person in people.items()}
        rngs = [random.Random(n) for n in range(options.clients)]
        found: dict[str, Any] = {}
        with server(clients=options.clients, workers=options.workers) as (port, house):
            for kind, (lead, last, count) in LIVES.items():

                def live(caller: Caller, number: int, lead: Any = lead) -> None:
                    lead(caller, rngs[number])

                drive(port, sessions, min(2.0, options.seconds), options.clients, live)  # warm
                before, start = cpu_s(house), time.perf_counter()
                times = drive(port, sessions, options.seconds, options.clients, live)
                took_s, after = time.perf_counter() - start, cpu_s(house)
                asked = sum(map(len, times.values()))
                found[kind] = {
                    **told(times, last, count, took_s, cases),
                    "cpu_ms_a_request": {
                        name: round((after[name] - before[name]) / asked * 1e3, 2) for name in after
                    },
                }
            start = time.perf_counter()
            health = drive(port, sessions, options.seconds / 4, options.clients, ask)
            limit = len(health["health"]) / (time.perf_counter() - start)
            memory = memory_mb(house)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        broken = sum(1 for _ in verify_chains()) if cases <= VERIFIED else None
    return {
        "postgresql": version,
        "filled_in_s": round(filled_s) if filled_s else "a copy",
        **found,
        "limit: /api/health a second": round(limit),
        "memory_mb_pss": memory,
        "broken_chains": broken,
    }


def ask(caller: Caller, number: int) -> None:
    caller.call("desk", "health", "/health")


def told(times: Times, last: str, count: int, took_s: float, cases: int) -> dict[str, Any]:
    """Return what a run is told by."""
    lives = len(times[last]) * count / took_s
    return {
        "lives_a_second": round(lives, 1),
        "ratio_to_digit": round(lives / PEER[cases], 1) if cases in PEER else None,
        "requests_a_second": round(sum(map(len, times.values())) / took_s),
        "p95_ms": {
            "all": p95([one for taken in times.values() for one in taken]),
            **{what: p95(taken) for what, taken in times.items()},
        },
    }


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure and return the figures."""
    sizes = {f"{cases} cases": measure(cases, options) for cases in options.cases}
    return {
        "question": "the life of a case through HTTP",
        "command": f"python -m benchmarks.case_life --cases {' '.join(map(str, options.cases))}",
        "data": {"grids": SIDE * SIDE, "clients": options.clients, "seconds": options.seconds},
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "web processes": options.workers,
            "load": round(os.getloadavg()[0], 1),
        },
        **sizes,
        "peer: eGov DIGIT on 16 processors, lives a second": {str(size): rate for size, rate in PEER.items()},
        "aim": "at least 126 lives a second at one million, 20 times DIGIT's",
    }


def p95(taken: list[float]) -> float:
    return round(sorted(taken)[int(len(taken) * 0.95)] * 1000, 1)


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=30.0, help="of each kind of life")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--workers", type=int, default=1, help="web processes")
    parser.add_argument("--keep", action="store_true", help="begin with the city of the last run")
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    options = parser.parse_args()
    if options.small:
        options.cases, options.seconds = [5_000], 4.0
    figures = run(options)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
