"""How long does a city's year take when it is lived again through its services?

Question  The twin's people do every order of a year, send what they found, and desks, departments and
          verifiers bring the cases to their end: how many orders a second, and how much memory?
Data      The made-up city, as many grids as asked for, its places by grid as many as Dongguan's year needs.
          All writes go through the services that the API calls, in the batches it takes: planning a month at
          a time, results by phone, reports and steps by person, sent every 28 days. Events are chained, every
          command has its receipt and audit row.
Aim       A Dongguan year, 6.57 million orders, in 30 minutes on 2 cores: 3,650 orders a second.
Shared    Photos are a dozen files that are named again and again: 740,000 photos would measure JPEG.
Command   python -m benchmarks.replay_year [--grids 96] [--months 12] [--workers 2]
          [--every 28] [--small]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import clean_database  # isort: split

import psutil
from django.conf import settings
from django.db import connection, connections

from wangge.cases.queries import count_chained, verify_chains
from wangge.config import demo
from wangge.orders.services import close_missed
from wangge.twin.behaviour import behaviour
from wangge.twin.city import CitySpec
from wangge.twin.days import first_of_next_month
from wangge.twin.doors import ServicesDoor, in_a_hurry
from wangge.twin.replaying import plan_months, replay
from wangge.twin.services import make_city
from wangge.twin.simulation import get_ready
from wangge.twin.worktime import at_time

RESULT = Path(__file__).parent / "results" / "replay_year.json"
SEED = 11
PACK = "dongguan"
STARTS_ON = date(2025, 1, 1)
PLACES_A_GRID = 190  # so that a grid's year has about 2,240 orders, as 6.57 million of 2,934 grids
GRIDS_A_STREET = 12  # three communities of four
STREET = 4  # codes of a street's path: city, district, street
YEAR, AIM_S = 6_570_000, 1_800


def ends_on(months: int) -> date:
    last = STARTS_ON
    for _ in range(months):
        last = first_of_next_month(last)
    return last


def live(database: str, paths: list[str], months: int, every: int, files: str) -> dict[str, Any]:
    """Live the year of some streets in a process of its own; return what was sent and the peak of memory."""
    settings.WANGGE_FILES = files
    connections["default"].settings_dict["NAME"] = database
    door, counts, refused = ServicesDoor(), 0, dict[str, int]()
    with in_a_hurry():
        for path in paths:
            play = replay(
                door,
                behaviour(),
                path=path,
                seed=SEED,
                starts_on=STARTS_ON,
                ends_on=ends_on(months),
                every_days=every,
            )
            counts += play.counts.applied
            for code, count in play.counts.refused.items():
                refused[code] = refused.get(code, 0) + count
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"commands": counts, "refused": refused, "peak_mb": round(peak_mb)}


def figures() -> dict[str, Any]:
    """Read from the database what came of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE status = 'done'),"
            " count(*) FILTER (WHERE outcome = 'inspected'),"
            " count(*) FILTER (WHERE outcome = 'inspected' AND findings > 0) FROM orders_order"
        )
        orders, done, inspected, found = cursor.fetchone()
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE closed_at IS NOT NULL) FROM cases_case")
        cases, ended = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM cases_caseevent")
        events = cursor.fetchone()[0]
    return {
        "orders": orders,
        "done": done,
        "with findings, of 100 inspected": round(100 * found / inspected, 1),
        "cases": cases,
        "disposed, of 100 cases": round(100 * ended / cases, 1),
        "events": events,
        "chains": {"checked": count_chained(""), "broken": sum(1 for _ in verify_chains(""))},
    }


def memory_mb() -> float:
    """Return the PSS of PostgreSQL with all its children, in MB."""
    postmaster = psutil.Process(connection.connection.info.backend_pid).parent()
    assert postmaster
    whole = 0
    for one in (postmaster, *postmaster.children(recursive=True)):
        try:
            whole += one.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return round(whole / 1e6, 1)


def run(*, grids: int, months: int, workers: int, every: int) -> dict[str, Any]:
    """Measure and return the figures."""
    streets = max(1, grids // GRIDS_A_STREET)
    spec = CitySpec(streets=streets, venues_a_grid=PLACES_A_GRID)
    load = os.getloadavg()[0]
    with clean_database(), TemporaryDirectory() as files:
        settings.WANGGE_FILES = files
        installer = demo.pack_installer(PACK)
        founded = at_time(STARTS_ON - timedelta(days=30), 0)
        made = make_city(spec, seed=SEED, at=founded, password=None, install_pack=installer)
        get_ready(STARTS_ON, installer, is_copy=True)
        start = time.perf_counter()
        with in_a_hurry():
            plan_months(ServicesDoor(), STARTS_ON, months)
        planned = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        paths = sorted(
            {"".join(f"{code}." for code in grid.path.split(".")[:STREET]) for grid in made.city.grids}
        )
        database = connection.settings_dict["NAME"]
        shares = [paths[n::workers] for n in range(workers) if paths[n::workers]]
        jobs = [(database, share, months, every, files) for share in shares]
        if workers == 1:
            told = [live(*jobs[0])]
        else:
            with get_context("spawn").Pool(len(jobs)) as pool:
                told = pool.starmap(live, jobs)
        close_missed(at=at_time(ends_on(months), 0.1))
        took = time.perf_counter() - start
        found = figures()
        postgres_mb = memory_mb()
    refused: dict[str, int] = {}
    for one in told:
        for code, count in one["refused"].items():
            refused[code] = refused.get(code, 0) + count
    rate = found["done"] / took
    return {
        "question": "a city's year lived again through its services",
        "command": f"python -m benchmarks.replay_year --grids {grids} --months {months} --workers {workers}"
        f" --every {every}",
        "load_before": round(load, 1),
        "grids": streets * GRIDS_A_STREET,
        **found,
        "commands refused": refused,
        "seconds": {"planning": round(planned - start, 1), "all": round(took, 1)},
        "orders_a_second": round(rate),
        "a Dongguan year would take, minutes": round(YEAR / rate / 60, 1),
        "times the aim of 30 minutes": round(YEAR / rate / AIM_S, 2),
        "memory_mb": {
            "a process of the twin": max(one["peak_mb"] for one in told),
            "postgresql": postgres_mb,
        },
    }


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--grids", type=int, default=96)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=int, default=28, help="days between what a phone or desk sends")
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    options = parser.parse_args()
    if options.small:
        options.grids, options.months = 24, 1
    found = run(grids=options.grids, months=options.months, workers=options.workers, every=options.every)
    text = json.dumps(found, ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
